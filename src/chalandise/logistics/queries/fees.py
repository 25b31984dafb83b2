"""What getting things costs at least, before anybody said where they live."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chalandise.directory.queries.statements import ask
from chalandise.logistics.rates import fee_of

_FEES = """
SELECT
    shop,
    EXISTS (
        SELECT 1 FROM logistics_pickuppoint p WHERE p.establishment_id = shop AND p.is_active
    ),
    (
        SELECT min(s.fee_cents) FROM logistics_pointservice s
        JOIN logistics_pickuppoint p ON p.id = s.point_id AND p.is_active
        WHERE s.establishment_id = shop AND s.is_active
    ),
    (
        SELECT json_agg(json_build_array(z.rate, z.minimum_order_cents))
        FROM logistics_deliveryzone z WHERE z.establishment_id = shop AND z.is_active
    ),
    (
        SELECT json_agg(r.rate)
        FROM logistics_shippingrate r WHERE r.establishment_id = shop AND r.is_active
    )
FROM unnest($1::bigint[]) AS shop
"""


@dataclass(frozen=True)
class LeastFees:
    """The least that each kind of way costs at one shop, in cents; None where there is none.

    Attributes:
        counter_cents: at the shop's own counter.
        point_cents: at a pooled point.
        round_cents: brought by a round that takes so small an order.
        round_from_cents: the least order of the round that takes the smallest, where none takes this.
        parcel_cents: sent.
    """

    counter_cents: int | None = None
    point_cents: int | None = None
    round_cents: int | None = None
    round_from_cents: int | None = None
    parcel_cents: int | None = None

    @property
    def least_cents(self) -> int:
        """The cheapest way that can be had now; nothing where there is none."""
        ways = (self.counter_cents, self.point_cents, self.round_cents, self.parcel_cents)
        return min((one for one in ways if one is not None), default=0)

    @property
    def has_way(self) -> bool:
        """Whether the things can be had at all as the order stands."""
        return self != LeastFees(round_from_cents=self.round_from_cents)


def least_fees(
    establishment_ids: Collection[int],
    *,
    subtotals: Mapping[int, int],
    weights: Mapping[int, int],
) -> dict[int, LeastFees]:
    """Return what each way costs at least, whoever the customer is: one statement.

    Slots and addresses are not looked at: they are asked for when somebody orders.
    """
    rows = ask(_FEES, [list(establishment_ids)]) if establishment_ids else []
    return {
        shop: _fees(subtotals.get(shop, 0), weights.get(shop, 0), *ways) for shop, *ways in rows
    }


def _fees(
    subtotal: int,
    weight: int,
    has_counter: bool,  # noqa: FBT001 - a column
    point: int | None,
    zones: list[tuple[dict[str, Any], int]] | None,
    rates: list[dict[str, Any]] | None,
) -> LeastFees:
    rounds = [
        fee_of(rate, subtotal_cents=subtotal) for rate, least in zones or () if subtotal >= least
    ]
    parcels = [fee_of(rate, subtotal_cents=subtotal, weight_grams=weight) for rate in rates or ()]
    return LeastFees(
        counter_cents=0 if has_counter else None,
        point_cents=point,
        round_cents=_least(rounds),
        round_from_cents=None if rounds or not zones else min(least for _rate, least in zones),
        parcel_cents=_least(parcels),
    )


def _least(fees: Collection[int | None]) -> int | None:
    return min((fee for fee in fees if fee is not None), default=None)
