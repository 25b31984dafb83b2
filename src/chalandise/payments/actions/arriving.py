"""Refunds on their way: asked after until the provider says that they arrived, or that they cannot.

A provider may take a refund and give the money back days later, or find then that it cannot (the
card's account is closed, the merchant's balance stayed too low). Its event says so, and where the
event is lost the watch asks, however old the payment is: often at first, once a day in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from chalandise.payments.actions.discrepancies import find_fault
from chalandise.payments.actions.looking import list_refunds, look_up_refund
from chalandise.payments.actions.refunding import FIRST_LOOK, confirm_refund, refuse_refund
from chalandise.payments.actions.troubles import TROUBLES, note_trouble
from chalandise.payments.errors import FinalProviderError
from chalandise.payments.models import Payment, Refund
from chalandise.payments.ports import ProviderEvent, ProviderRefund, RefundFound
from chalandise.payments.states import DiscrepancyKind, RefundState

LONGEST_PAUSE = timedelta(days=1)
PATIENCE = 4  # a refund that is four days old is asked after once a day


def follow_refunds(refund_ids: Sequence[int], *, at: datetime) -> int:
    """Ask after refunds on their way; return how many ended. One in trouble stops no other."""
    ended = 0
    for refund_id in refund_ids:
        refund = Refund.objects.select_related("payment__merchant_order").get(pk=refund_id)
        try:
            ended += follow_refund(refund, at=at) != RefundState.SENT
        except TROUBLES as error:
            note_trouble(error, refund.payment, at=at)
    return ended


def follow_refund(refund: Refund, *, at: datetime) -> RefundState:
    """Ask what became of a refund on its way, and take the answer.

    Raises:
        ProviderError: the provider cannot say now; it is asked again after a pause.
    """
    if refund.state != RefundState.SENT:
        return RefundState(refund.state)
    pause = min(max((at - refund.requested_at) / PATIENCE, FIRST_LOOK), LONGEST_PAUSE)
    Refund.objects.filter(pk=refund.pk, state=RefundState.SENT).update(next_try_at=at + pause)
    try:
        found = look_up_refund(refund, at=at)
    except FinalProviderError as error:
        _cannot_say(refund, DiscrepancyKind.REFUND_UNKNOWN, error.code, at=at)
        return RefundState.SENT
    _note(refund, found, at=at)
    refund.refresh_from_db()
    return RefundState(refund.state)


def refunds_told_of(
    event: ProviderEvent, payment: Payment, *, at: datetime
) -> list[tuple[Refund, ProviderRefund]]:
    """Ask for the refunds that an event may be about: those on their way, and those that it names.

    Raises:
        ProviderError: the provider cannot say now, or does not know.
    """
    named = Q(state=RefundState.DONE, provider_reference__in=event.references)
    ours = list(payment.refunds.filter(Q(state=RefundState.SENT) | named).order_by("pk"))
    if not ours:
        return []
    found = {one.reference: one for one in list_refunds(payment, at=at)}
    known = [one for one in ours if one.provider_reference in found]
    return [(one, found[one.provider_reference]) for one in known]


def note_refunds(told: Sequence[tuple[Refund, ProviderRefund]], *, at: datetime) -> None:
    """Take what the provider said of refunds."""
    for refund, found in told:
        _note(refund, found, at=at)


def _note(refund: Refund, found: ProviderRefund, *, at: datetime) -> None:
    if found.state is RefundFound.DONE:
        confirm_refund(refund, at=at)
    if found.state is not RefundFound.REFUSED:
        return
    code = found.reason or "failed"
    if refuse_refund(refund, code, at=at) == RefundState.DONE:
        # It had arrived, and the customer's bank sent it back: it is in the books, a person decides.
        _cannot_say(refund, DiscrepancyKind.REFUND_MISSING, code, at=at)


def _cannot_say(refund: Refund, kind: DiscrepancyKind, code: str, *, at: datetime) -> None:
    detail = {"refund": str(refund.public_id), "refund_cents": refund.amount_cents, "code": code}
    find_fault(refund.payment, kind, detail=detail, at=at)
