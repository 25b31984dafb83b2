"""What sellers without VAT sold in a year, beside their thresholds."""

from __future__ import annotations

from datetime import date

from django.db import connection

from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.states import VatRegime
from chalandise.directory.models import Establishment
from chalandise.settlements.tax.franchise import Nearness, Turnover, nearness_of

_TURNOVERS = """
    SELECT r.organisation_id,
        sum((one->>'gross_cents')::bigint),
        coalesce(sum((one->>'gross_cents')::bigint) FILTER (WHERE one->>'kind' = 'service'), 0)
    FROM settlements_salesrecord r
    CROSS JOIN LATERAL jsonb_array_elements(r.taxes) one
    WHERE r.happened_on BETWEEN %s AND %s AND r.organisation_id = ANY(%s::bigint[])
    GROUP BY r.organisation_id
"""


def sellers_under_franchise() -> list[int]:
    """Return the merchants who collect no VAT."""
    under = SellerProfile.objects.filter(vat_regime=VatRegime.FRANCHISE)
    return list(under.order_by("organisation_id").values_list("organisation_id", flat=True))


def turnovers_of(organisations: list[int], *, year: int) -> dict[int, Turnover]:
    """Return what each sold here in a year, refunds taken off; one statement."""
    with connection.cursor() as cursor:
        days = [date(year, 1, 1), date(year, 12, 31)]
        cursor.execute(_TURNOVERS, [*days, organisations])
        return {pk: Turnover(int(sold), int(part)) for pk, sold, part in cursor.fetchall()}


def near_thresholds(shop: Establishment, *, on: date) -> list[Nearness]:
    """Return how near the merchant of a shop is to collecting VAT; nothing for who does already."""
    pk = shop.organisation_id
    under = SellerProfile.objects.filter(organisation=pk, vat_regime=VatRegime.FRANCHISE)
    if pk is None or not under.exists():
        return []
    turnover = turnovers_of([pk], year=on.year).get(pk, Turnover(0, 0))
    return nearness_of(turnover, departement=shop.commune.departement_code, on=on)


def shops_of(organisations: list[int]) -> dict[int, Establishment]:
    """Return the first shop of each merchant: its place decides the thresholds."""
    shops = Establishment.objects.filter(organisation__in=organisations).select_related("commune")
    found: dict[int, Establishment] = {}
    for shop in shops.order_by("-pk"):
        if shop.organisation_id is not None:
            found[shop.organisation_id] = shop
    return found
