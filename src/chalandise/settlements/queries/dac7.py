"""The year of each seller, as DAC7 wants it told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from chalandise.catalogue.models import Product
from chalandise.catalogue.states import ProductState
from chalandise.organisations.models import Organisation
from chalandise.settlements.invoicing.document import Party
from chalandise.settlements.models import DueDiligence, SalesChain, SalesRecord
from chalandise.settlements.periods import quarter_of
from chalandise.settlements.states import DiligenceState
from chalandise.settlements.tax.dac7 import Activity, Quarters, Seller, without_negatives


def seller_of(organisation_id: int, party: Party, *, year: int) -> Seller:
    """Return one seller's year, out of their journal of sales."""
    records = SalesRecord.objects.filter(
        organisation_id=organisation_id,
        happened_on__range=(date(year, 1, 1), date(year, 12, 31)),
    ).order_by("number")
    goods, services = _activities(records)
    return Seller(organisation_id, party, goods, services)


def organisations_that_sold(*, year: int) -> list[int]:
    """Return the merchants with at least one record in a year."""
    records = SalesRecord.objects.filter(happened_on__range=(date(year, 1, 1), date(year, 12, 31)))
    return sorted(set(records.values_list("organisation_id", flat=True)))


def sellers_to_check() -> QuerySet[Organisation]:
    """Return who sells here: something on the shelf, or something sold."""
    shelf = Product.objects.filter(
        establishment__organisation=OuterRef("pk"), state=ProductState.PUBLISHED
    )
    sold = SalesChain.objects.filter(pk=OuterRef("pk"), last_number__gt=0)
    return Organisation.objects.filter(Exists(shelf) | Exists(sold)).order_by("pk")


def open_diligence(organisation_id: int) -> DueDiligence | None:
    """Return what is asked of a seller and not given yet."""
    asked = DueDiligence.objects.filter(organisation=organisation_id)
    return asked.exclude(state=DiligenceState.GIVEN).first()


def diligence_of(organisations: Iterable[int]) -> QuerySet[DueDiligence]:
    """Return what is asked of these sellers and not given, the longest asked first."""
    asked = DueDiligence.objects.filter(organisation__in=list(organisations))
    open_ones = asked.filter(~Q(state=DiligenceState.GIVEN))
    return open_ones.select_related("organisation").order_by("asked_at", "pk")


def _activities(records: Iterable[SalesRecord]) -> tuple[Activity, Activity]:
    paid = {kind: [0, 0, 0, 0] for kind in ("goods", "service")}
    fees = {kind: [0, 0, 0, 0] for kind in ("goods", "service")}
    stands: defaultdict[tuple[str, str], int] = defaultdict(int)
    sold_in: dict[tuple[str, str], int] = {}
    for record in records:
        quarter = quarter_of(record.happened_on) - 1
        largest = max(record.taxes, key=lambda one: abs(one["gross_cents"]), default=None)
        for one in record.taxes:
            kind = str(one["kind"])
            paid[kind][quarter] += one["gross_cents"]
            stands[record.reference, kind] += one["gross_cents"]
            if record.gross_cents > 0:
                sold_in[record.reference, kind] = quarter
        if largest is not None:
            fees[largest["kind"]][quarter] += record.commission_cents
            paid[largest["kind"]][quarter] -= record.commission_cents
    counts = {kind: [0, 0, 0, 0] for kind in ("goods", "service")}
    for (reference, kind), quarter in sold_in.items():
        if stands[reference, kind] > 0:
            counts[kind][quarter] += 1
    goods, services = (
        Activity(
            paid_cents=without_negatives(_quarters(paid[kind])),
            counts=_quarters(counts[kind]),
            fees_cents=without_negatives(_quarters(fees[kind])),
        )
        for kind in ("goods", "service")
    )
    return goods, services


def _quarters(values: list[int]) -> Quarters:
    first, second, third, fourth = values
    return (first, second, third, fourth)
