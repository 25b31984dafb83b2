"""The year of each seller, as DAC7 wants it told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from chalandise.catalogue.models import Product, SellerProfile, SoleTrader
from chalandise.catalogue.states import ProductState
from chalandise.organisations.models import Organisation
from chalandise.settlements.invoicing.document import Party
from chalandise.settlements.models import DueDiligence, SalesChain, SalesRecord
from chalandise.settlements.periods import quarter_of
from chalandise.settlements.queries.facts import party_of_profile, party_of_seller
from chalandise.settlements.states import DiligenceState
from chalandise.settlements.tax.dac7 import Activity, Person, Quarters, Seller, without_negatives

KEPT_YEARS = 10
"""How long after the year of a sale its seller's identity is kept (directive (EU) 2021/514, annex V, IV B)."""
UNTOUCHED = timedelta(days=365)


def seller_of(organisation: Organisation, *, year: int) -> Seller:
    """Return one seller's year, out of their profile and their journal of sales; two queries."""
    party, person = declared_of(organisation)
    records = SalesRecord.objects.filter(
        organisation=organisation,
        happened_on__range=(date(year, 1, 1), date(year, 12, 31)),
    ).order_by("number")
    goods, services = _activities(records)
    return Seller(organisation.pk, party, goods, services, person)


def declared_of(organisation: Organisation) -> tuple[Party, Person | None]:
    """Return a seller as the tax office is told of them; one query.

    The address of a natural person is where they live, that of a company its seat (annex V, I C 8).
    """
    profiles = SellerProfile.objects.select_related("sole_trader")
    profile = profiles.filter(organisation=organisation).first()
    party = party_of_profile(profile, organisation)
    trader: SoleTrader | None = getattr(profile, "sole_trader", None)
    if trader is None:
        return party, None
    if trader.home_address:
        home = party_of_seller({"address": trader.home_address}, fallback="")
        party = replace(party, lines=home.lines, postal_code=home.postal_code, town=home.town)
    return party, Person(trader.first_name, trader.last_name, trader.born_on)


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


def people_to_forget(*, at: datetime) -> list[int]:
    """Return the organisations of sole traders whose identity nobody may want any longer.

    Nothing on the shelf, a profile untouched for a year, and no sale in the years that are kept.
    """
    since = date(at.year - KEPT_YEARS, 1, 1)
    shelf = Product.objects.filter(
        establishment__organisation=OuterRef("profile__organisation"), state=ProductState.PUBLISHED
    )
    sold = SalesRecord.objects.filter(
        organisation=OuterRef("profile__organisation"), happened_on__gte=since
    )
    idle = SoleTrader.objects.filter(profile__updated_at__lt=at - UNTOUCHED)
    unwanted = idle.filter(~Exists(shelf), ~Exists(sold)).order_by("pk")
    return list(unwanted.values_list("profile__organisation", flat=True))


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
