"""What bringing new books costs at least (loi n° 81-766 of 10 August 1981, art. 1, as amended).

The law of 30 December 2021 (n° 2021-1901) forbids bringing new books for nothing; the arrêté of 4 April
2023, in force since 7 October 2023, sets the least price: 3 € with all taxes for less than 35 € of new
books, more than nothing from 35 €, so one cent. Whoever collects them in the bookshop pays nothing.
Second-hand books are free of it. What is brought costs what its publisher asks (article 1, fourth
paragraph): a new book that is sold for less is collected. Only a shop that sells books hands them over
for nothing: a pooled pickup point is none, so what is taken there is brought, at the same least price and
at the publisher's price. What waits in a gift basket counts like any other book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalandise.logistics.queries.fees import LeastFees
from chalandise.logistics.values import Way
from chalandise.ordering.states import WayKind

NEAR_FREE_FROM_CENTS = 35_00
LEAST_FEE_CENTS = 3_00
NEAR_FREE_CENTS = 1
BROUGHT = frozenset({WayKind.POINT.value, WayKind.DELIVERY.value, WayKind.SHIPPING.value})
"""Every way but the counter of the shop itself."""


@dataclass(frozen=True)
class Books:
    """The new books that one merchant sells of a cart.

    Attributes:
        cents: what they cost together.
        has_reduced: one costs less than its publisher asks.
    """

    cents: int = 0
    has_reduced: bool = False


NO_BOOKS = Books()


def least_fee(books_cents: int) -> int:
    """Return the least that bringing new books for a sum may cost; nothing without a book."""
    if books_cents <= 0:
        return 0
    return LEAST_FEE_CENTS if books_cents < NEAR_FREE_FROM_CENTS else NEAR_FREE_CENTS


def lawful_ways(ways: Sequence[Way], books: Books) -> list[Way]:
    """Return the ways that new books may take, at what the law asks where they are brought or sent."""
    least = least_fee(books.cents)
    return [
        replace(way, fee_cents=least) if way.kind in BROUGHT and way.fee_cents < least else way
        for way in ways
        if not (books.has_reduced and way.kind in BROUGHT)
    ]


def lawful_fees(fees: LeastFees, books: Books) -> LeastFees:
    """Return the least that ways cost with new books in what they take, as `lawful_ways` does."""
    if books.has_reduced:
        return LeastFees(counter_cents=fees.counter_cents)
    least = least_fee(books.cents)
    if not least:
        return fees
    return replace(
        fees,
        point_cents=_at_least(fees.point_cents, least),
        round_cents=_at_least(fees.round_cents, least),
        parcel_cents=_at_least(fees.parcel_cents, least),
    )


def _at_least(fee: int | None, least: int) -> int | None:
    return None if fee is None else max(fee, least)
