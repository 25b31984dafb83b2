"""The figures of the home page: what waits, how fresh the sheets are, where they stand on the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.states import ProductState
from chalandise.directory.models import Claim, ErrorReport, Establishment
from chalandise.directory.states import ClaimChannel, ClaimState, Level, ReportState
from chalandise.federation.models import ImportRun
from chalandise.federation.states import RunState
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter

FRESH = timedelta(days=365)


@dataclass(frozen=True)
class Rung:
    """One step of the ladder and how many shops stand on it."""

    label: object
    count: int


@dataclass(frozen=True)
class Figures:
    """How a portal is doing."""

    shown_count: int
    fresh_count: int
    ladder: tuple[Rung, ...]

    @property
    def fresh_share(self) -> int:
        """Sheets whose hours were verified within a year, in percent."""
        return round(100 * self.fresh_count / self.shown_count) if self.shown_count else 0


def figures_of(portal: Portal, *, at: datetime) -> Figures:
    """Count the published sheets of a portal by step and by freshness; one query and the scope."""
    rows = (
        Establishment.objects.on(portal)
        .published()
        .order_by()
        .annotate(step=_step())
        .values("step")
        .annotate(count=Count("pk"), fresh=Count("pk", filter=Q(hours_verified_at__gte=at - FRESH)))
    )
    counts = {row["step"]: (row["count"], row["fresh"]) for row in rows}
    return Figures(
        shown_count=sum(count for count, _fresh in counts.values()),
        fresh_count=sum(fresh for _count, fresh in counts.values()),
        ladder=tuple(Rung(level.label, counts.get(level, (0, 0))[0]) for level in Level),
    )


def _step() -> Case:
    """Return the step of a sheet: the two highest follow from what is on the shelf.

    The directory, on a lower floor, knows those below; each rests on the one before it.
    """
    on_shelf = Product.objects.published().filter(establishment=OuterRef("pk"))
    out_of_step = Offer.objects.filter(
        variant__product__establishment=OuterRef("pk"),
        variant__product__state=ProductState.PUBLISHED,
        keeps_stock=False,
    )
    sells = Q(Exists(on_shelf), level=Level.RESERVATIONS)
    return Case(
        When(sells & ~Exists(out_of_step), then=Value(Level.STOCK.value)),
        When(sells, then=Value(Level.ONLINE.value)),
        default=F("level"),
        output_field=IntegerField(),
    )


def waiting_claims(portal: Portal) -> QuerySet[Claim]:
    """Return the claims that nobody has decided, the oldest first."""
    return (
        Claim.objects.filter(
            scope_filter(portal, prefix="establishment__commune"), state=ClaimState.PENDING
        )
        .select_related("establishment__commune", "establishment__category")
        .order_by("requested_at", "pk")
    )


def claims_awaiting_letter(portal: Portal) -> QuerySet[Claim]:
    """Return the claims whose code was not printed yet."""
    return waiting_claims(portal).filter(channel=ClaimChannel.LETTER, letter_printed_at=None)


def open_reports(portal: Portal) -> QuerySet[ErrorReport]:
    """Return the error reports to handle, the oldest first."""
    return (
        ErrorReport.objects.filter(
            scope_filter(portal, prefix="establishment__commune"), state=ReportState.OPEN
        )
        .select_related("establishment__commune", "establishment__category")
        .order_by("sent_at", "pk")
    )


def failed_mails(portal_ids: list[int]) -> QuerySet[Message]:
    """Return the e-mails that were given up, the latest first."""
    return Message.objects.filter(portal_id__in=portal_ids, state=MessageState.FAILED).order_by(
        "-pk"
    )


def runs_of(portal_ids: list[int]) -> QuerySet[ImportRun]:
    """Return the imports of some portals, the latest first."""
    return (
        ImportRun.objects.filter(source__portal_id__in=portal_ids)
        .select_related("source__portal")
        .order_by("-started_at", "-pk")
    )


def waiting_runs(portal_ids: list[int]) -> QuerySet[ImportRun]:
    """Return the imports that stopped and ask."""
    return runs_of(portal_ids).filter(state__in=[RunState.WAITING, RunState.FAILED])
