"""What the yearly report counts, from rows and from the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils.translation import gettext as _

from chalandise.catalogue.models import Product
from chalandise.directory.models import Decision, ErrorReport, Establishment
from chalandise.directory.states import DecisionKind, ReportKind, ReportState
from chalandise.journal.models import Entry
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter

FIRST_YEAR = 2026
_CLOCK = ZoneInfo("Europe/Paris")
_REMOVED = (DecisionKind.HIDDEN, DecisionKind.CLOSED)


@dataclass(frozen=True)
class Line:
    """One figure of the report.

    Attributes:
        article: which letter of the regulation asks for it.
        label: what is counted.
        value: how many, or how long, as it is read.
    """

    article: str
    label: str
    value: str


def report_of(portal: Portal, year: int) -> list[Line]:
    """Return the report of a portal, whatever it did in the year: nine statements and the scopes."""
    begins, ends = (datetime(one, 1, 1, tzinfo=_CLOCK).astimezone(UTC) for one in (year, year + 1))
    return [
        *_notices(portal, begins, ends),
        *_decisions(portal, begins, ends),
        *_complaints(portal, begins, ends),
        *_measures(portal, begins, ends),
        Line(
            "15(1)(a)", _("Orders of authorities (written down in the recalls)"), _("see recalls")
        ),
        Line("15(1)(e)", _("Automated means used for moderation"), _("none")),
    ]


def _notices(portal: Portal, begins: datetime, ends: datetime) -> list[Line]:
    here = ErrorReport.objects.filter(scope_filter(portal, prefix="establishment__commune"))
    sent = here.filter(sent_at__gte=begins, sent_at__lt=ends)
    kinds = dict(sent.order_by().values_list("kind").annotate(Count("pk")))
    handled = sent.filter(handled_at__isnull=False).values_list("state", "sent_at", "handled_at")
    rows = list(handled)
    times = [handled_at - sent_at for _state, sent_at, handled_at in rows if handled_at]
    states = [state for state, _sent_at, _handled_at in rows]
    return [
        Line("15(1)(b)", _("Notices received"), str(sum(kinds.values()))),
        *(
            Line(
                "15(1)(b)", _("of which: %(kind)s") % {"kind": kind.label}, str(kinds.get(kind, 0))
            )
            for kind in ReportKind
        ),
        Line("15(1)(b)", _("Notices followed by an action"), _count(states, ReportState.FIXED)),
        Line("15(1)(b)", _("Notices without an action"), _count(states, ReportState.DISMISSED)),
        Line("15(1)(b)", _("Notices handled by automated means only"), "0"),
        Line("15(1)(b)", _("Median time to handle a notice"), _said(times)),
    ]


def _decisions(portal: Portal, begins: datetime, ends: datetime) -> list[Line]:
    here = Decision.objects.filter(scope_filter(portal, prefix="establishment__commune"))
    taken = here.filter(decided_at__gte=begins, decided_at__lt=ends, kind__in=_REMOVED)
    counts = dict(taken.order_by().values_list("kind").annotate(Count("pk")))
    return [
        Line(
            "15(1)(c)", _("Sheets hidden by the operator, with reasons sent"), _of(counts, "hidden")
        ),
        Line(
            "15(1)(c)", _("Sheets closed by the operator, with reasons sent"), _of(counts, "closed")
        ),
    ]


def _complaints(portal: Portal, begins: datetime, ends: datetime) -> list[Line]:
    here = Decision.objects.filter(scope_filter(portal, prefix="establishment__commune"))
    sent = here.filter(contested_at__gte=begins, contested_at__lt=ends)
    rows = list(sent.values_list("contested_at", "answered_at", "is_reversed"))
    times = [answered - at for at, answered, _is_reversed in rows if at and answered]
    reversed_count = sum(1 for _sent_at, _answered, is_reversed in rows if is_reversed)
    return [
        Line("15(1)(d)", _("Complaints against decisions"), str(len(rows))),
        Line(
            "15(1)(d)", _("Complaints after which the decision was taken back"), str(reversed_count)
        ),
        Line("15(1)(d)", _("Median time to answer a complaint"), _said(times)),
        Line("24(1)(a)", _("Disputes before out-of-court bodies"), _("to be added by hand")),
    ]


def _measures(portal: Portal, begins: datetime, ends: datetime) -> list[Line]:
    """Count what the journal says: it names its subjects by their keys."""
    shops = Establishment.objects.on(portal).exclude(organisation=None).order_by()
    sellers = set(shops.values_list("organisation", flat=True).distinct())
    year = Entry.objects.filter(happened_at__gte=begins, happened_at__lt=ends)
    held = _subjects(year.filter(verb="seller_held", subject__startswith=_name(Organisation)))
    withdrawn = _subjects(
        year.filter(
            verb="withdrawal_explained", actor_kind="agent", subject__startswith=_name(Product)
        )
    )
    products = Product.objects.on(portal).filter(pk__in=withdrawn).count()
    return [
        Line(
            "15(1)(c)", _("Products taken off the shelf by the operator (recalls)"), str(products)
        ),
        Line("24(1)(b)", _("Sellers suspended"), str(len(sellers & set(held)))),
    ]


def _name(model: type[Organisation] | type[Product]) -> str:
    return f"{model._meta.label_lower}:"


def _subjects(entries: object) -> list[int]:
    names = entries.values_list("subject", flat=True)  # type: ignore[attr-defined]
    return [int(one.rpartition(":")[2]) for one in names]


def _count(states: list[str], wanted: ReportState) -> str:
    return str(sum(1 for one in states if one == wanted))


def _of(counts: dict[str, int], kind: str) -> str:
    return str(counts.get(kind, 0))


def _said(times: list[timedelta]) -> str:
    """Say a median in the unit that reads best."""
    if not times:
        return _("none yet")
    hours = median(one.total_seconds() for one in times) / 3600
    if hours < 48:
        return _("%(count)s h") % {"count": round(hours)}
    return _("%(count)s days") % {"count": round(hours / 24)}
