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


@dataclass(frozen=True)
class Tariff:
    """What a shop asks for each kind of way, before anybody's basket.

    Attributes:
        has_counter: whether things can be fetched at the shop's own counter, which is free.
        point_cents: the cheapest of its pooled points; None without one.
        rounds: rate and least order, in cents, of each zone it brings things to.
        parcels: rate of each way it sends things.
    """

    has_counter: bool
    point_cents: int | None
    rounds: tuple[tuple[Mapping[str, Any], int], ...]
    parcels: tuple[Mapping[str, Any], ...]


def tariffs_of(establishment_ids: Collection[int]) -> dict[int, Tariff]:
    """Return what shops ask for getting things: one statement.

    Slots and addresses are not looked at: they are asked for when somebody orders.
    """
    rows = ask(_FEES, [list(establishment_ids)]) if establishment_ids else []
    return {
        shop: Tariff(
            has_counter,
            point,
            tuple((rate, least) for rate, least in zones or ()),
            tuple(rates or ()),
        )
        for shop, has_counter, point, zones, rates in rows
    }


def least_fees(tariff: Tariff, *, subtotal_cents: int, weight_grams: int) -> LeastFees:
    """Return what each way costs at least for a basket, whoever the customer is."""
    rounds = [
        fee_of(rate, subtotal_cents=subtotal_cents)
        for rate, least in tariff.rounds
        if subtotal_cents >= least
    ]
    parcels = [
        fee_of(rate, subtotal_cents=subtotal_cents, weight_grams=weight_grams)
        for rate in tariff.parcels
    ]
    too_dear = bool(tariff.rounds) and not rounds
    return LeastFees(
        counter_cents=0 if tariff.has_counter else None,
        point_cents=tariff.point_cents,
        round_cents=_least(rounds),
        round_from_cents=min(least for _rate, least in tariff.rounds) if too_dear else None,
        parcel_cents=_least(parcels),
    )


def _least(fees: Collection[int | None]) -> int | None:
    return min((fee for fee in fees if fee is not None), default=None)
