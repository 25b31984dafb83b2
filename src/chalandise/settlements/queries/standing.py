"""What stands of a sale after its refunds."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.settlements.models import SalesRecord
from chalandise.settlements.states import RecordKind
from chalandise.settlements.taxes import Key, standing_of

MOST_SUPPLEMENTS = 9


def references_of(number: str) -> list[str]:
    """Return the references a merchant order may be sold under: its number, then supplements."""
    return [number, *(f"{number}/{place}" for place in range(2, MOST_SUPPLEMENTS + 1))]


@dataclass(frozen=True)
class OrderStanding:
    """What stands of one merchant order.

    Attributes:
        standing: gross by kind and rate.
        commission_cents: what of the commission stands.
        commission_bp: the rate it was sold at.
        is_to_business: whether a firm bought it.
    """

    standing: dict[Key, int]
    commission_cents: int
    commission_bp: int
    is_to_business: bool = False


def standing_of_order(reference: str) -> OrderStanding | None:
    """Return what stands of a merchant order; None if it was never recorded as sold."""
    records = list(SalesRecord.objects.filter(reference=reference).order_by("pk"))
    if not any(record.kind == RecordKind.SALE for record in records):
        return None
    standing = standing_of(
        (one["kind"], one["rate_bp"], one["gross_cents"])
        for record in records
        for one in record.taxes
    )
    return OrderStanding(
        standing={key: cents for key, cents in standing.items() if cents},
        commission_cents=sum(record.commission_cents for record in records),
        commission_bp=records[0].commission_bp,
        is_to_business=records[0].is_to_business,
    )
