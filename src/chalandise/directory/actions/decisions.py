"""Telling why, and hearing who disagrees (DSA, articles 17 and 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from chalandise.directory.events import ComplaintAnswered, DecisionTaken
from chalandise.directory.models import Decision, ErrorReport, Establishment
from chalandise.directory.states import DecisionGround, DecisionKind
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.portals.models import Portal

CONTESTED_WITHIN = timedelta(days=184)  # six months at least, whichever months they are


@dataclass(frozen=True)
class Reasons:
    """Why something was decided.

    Attributes:
        text: the facts that led to it.
        ground: on which ground, None where nothing was taken away.
        report: the notice that it answers, None where the operator looked by itself.
    """

    text: str
    ground: DecisionGround | None = None
    report: ErrorReport | None = None


@transaction.atomic
def explain_decision(
    establishment: Establishment,
    kind: DecisionKind,
    reasons: Reasons,
    *,
    portal: Portal,
    by: Actor,
    at: datetime,
) -> Decision:
    """Write down what was decided and why; whoever it concerns is told by an event.

    Args:
        establishment: whose sheet.
        kind: what was decided.
        reasons: why.
        portal: in whose name.
        by: who decided; never a machine alone.
        at: when.
    """
    decision = Decision.objects.create(
        establishment=establishment,
        portal=portal,
        report=reasons.report,
        kind=kind,
        ground=reasons.ground or "",
        reason=reasons.text.strip()[:2000],
        decided_at=at,
        decided_by=by.label[:200],
    )
    detail = {"decision": decision.pk, "kind": str(kind)}
    record(establishment, "decision_explained", by=by, at=at, detail=detail)
    emit(DecisionTaken(decision.pk), at=at)
    return decision


@transaction.atomic
def contest_decision(
    decision: Decision, *, complaint: str, email: str, by: Actor, at: datetime
) -> None:
    """Take down a complaint against a decision, once and within six months.

    Raises:
        StaleStateError: it was contested already, or too long ago.
    """
    open_ones = Decision.objects.filter(
        pk=decision.pk, contested_at=None, decided_at__gte=at - CONTESTED_WITHIN
    )
    if not open_ones.update(
        complaint=complaint.strip()[:4000], complaint_email=email, contested_at=at
    ):
        raise StaleStateError(str(decision), "contested")
    detail = {"decision": decision.pk}
    record(decision.establishment, "decision_contested", by=by, at=at, detail=detail)


@transaction.atomic
def answer_complaint(
    decision: Decision, *, answer: str, is_reversed: bool, by: Actor, at: datetime
) -> None:
    """Answer a complaint with reasons; what is to be shown again the agent shows on the sheet.

    Raises:
        StaleStateError: there is none, or somebody answered first.
    """
    waiting = Decision.objects.filter(pk=decision.pk, contested_at__isnull=False, answered_at=None)
    if not waiting.update(
        answer=answer.strip()[:4000],
        is_reversed=is_reversed,
        answered_at=at,
        answered_by=by.label[:200],
    ):
        raise StaleStateError(str(decision), "answered")
    detail = {"decision": decision.pk, "is_reversed": is_reversed}
    record(decision.establishment, "complaint_answered", by=by, at=at, detail=detail)
    emit(ComplaintAnswered(decision.pk), at=at)


def may_contest(decision: Decision, *, at: datetime) -> bool:
    """Tell whether a complaint is still taken."""
    return decision.contested_at is None and at <= decision.decided_at + CONTESTED_WITHIN
