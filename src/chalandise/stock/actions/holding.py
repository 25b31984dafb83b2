"""Goods kept for a holder: held for a while, made firm, given back, handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from chalandise.catalogue.quantities import require_quantity
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import failpoint
from chalandise.stock.errors import (
    HolderSpentError,
    HoldLostError,
    OutOfStockError,
    Shortage,
)
from chalandise.stock.joining import one_transaction
from chalandise.stock.keeping import Keeping
from chalandise.stock.models import StockReservation
from chalandise.stock.queries import kept_parts, lock_levels
from chalandise.stock.states import MovementReason, ReservationState

OFFERS_EXPIRED_AT_ONCE = 200
# What is promised stays off the shelf, so nobody has to hear of it.
_FIRM_UP = """
    WITH mine AS MATERIALIZED (
        SELECT r.id, r.offer_id, r.quantity, r.state = 'held' AND r.expires_at > %(at)s AS stands
        FROM stock_stockreservation r
        WHERE r.holder = ANY(%(holders)s::uuid[]) AND r.state IN ('held', 'released')
    ), promised AS (
        UPDATE stock_stockreservation r SET state = 'firm', expires_at = NULL
        FROM mine m
        WHERE r.id = m.id AND (SELECT bool_and(stands) FROM mine)
    ), counted AS (
        UPDATE stock_stocklevel l
        SET reserved = l.reserved - n.quantity, allocated = l.allocated + n.quantity
        FROM (SELECT offer_id, sum(quantity)::int AS quantity FROM mine GROUP BY offer_id) AS n
        WHERE l.offer_id = n.offer_id AND (SELECT bool_and(stands) FROM mine)
    )
    SELECT count(*) FROM mine WHERE NOT stands
"""
_SPENT = {ReservationState.FIRM, ReservationState.CONSUMED}


def hold_stock(wanted: Mapping[UUID, Mapping[int, int]], *, until: datetime, at: datetime) -> None:
    """Keep goods for holders until a moment; what they held before is replaced.

    Offers without stock are ignored, gift baskets take from their parts. Three statements, whatever
    the cart.

    Args:
        wanted: for each holder, how many of each offer.
        until: when the holds end by themselves.
        at: now.

    Raises:
        OutOfStockError: not enough of something; nothing is changed.
        HolderSpentError: a holder's goods are promised already; nothing is changed.
        BadQuantityError: not a quantity; nothing is changed.
        StockBusyError: too many people at once; the transaction is lost.
    """
    asked = {offer_id for offers in wanted.values() for offer_id in offers}
    for offers in wanted.values():
        for quantity in offers.values():
            require_quantity(quantity)
    with one_transaction():
        keeping = Keeping(behind=asked, holders=wanted, at=at)
        shortages: list[Shortage] = []
        for holder, offers in wanted.items():
            shortages += _hold(keeping, holder, offers, until=until)
        if shortages:
            raise OutOfStockError(shortages)
        keeping.save()


def _hold(
    keeping: Keeping,
    holder: UUID,
    offers: Mapping[int, int],
    *,
    until: datetime,
) -> list[Shortage]:
    """Keep one holder's goods in memory and tell what lacks."""
    _take_back(keeping, holder)
    need: dict[int, int] = {}
    shortages = []
    for offer_id, asked in sorted(offers.items()):
        taken = keeping.parts.get(offer_id)
        possible = 0 if taken is None else _possible(keeping, taken, need, asked)
        if possible < asked:
            shortages.append(Shortage(offer_id, asked, max(possible, 0)))
        for part, count in taken or ():
            need[part] = need.get(part, 0) + asked * count
    for row in keeping.rows_of(holder):
        if row.offer_id not in need:
            keeping.drop(row)
    if not shortages:
        for part, quantity in sorted(need.items()):
            keeping.keep(holder, part, quantity, until=until)
    return shortages


def _take_back(keeping: Keeping, holder: UUID) -> None:
    """Put back on the shelf, in memory, what a holder holds now."""
    for row in keeping.rows_of(holder):
        if row.state in _SPENT:
            raise HolderSpentError(holder)
        if row.state == ReservationState.HELD:
            keeping.give_back(row)


def _possible(
    keeping: Keeping, taken: tuple[tuple[int, int], ...], need: Mapping[int, int], asked: int
) -> int:
    """Return how many could be had beside what the same holder needs already."""
    return min(
        ((keeping.left(part) - need.get(part, 0)) // count for part, count in taken),
        default=asked,
    )


def firm_up(holders: Iterable[UUID], *, at: datetime) -> None:
    """Promise what holders hold; a second call changes nothing.

    A hold that ended or was given back is taken again where enough is left (fault 9). Two statements
    where all stand.

    Raises:
        HoldLostError: what a holder held is gone; nothing is changed for any of them.
        StockBusyError: too many people at once; the transaction is lost.
    """
    wanted = list(holders)
    with one_transaction():
        if _stood(wanted, at):
            return
        keeping = Keeping(holders=wanted, at=at)
        for holder in wanted:
            lost = []
            for row in keeping.rows_of(holder):
                if row.state == ReservationState.RELEASED:
                    left = max(keeping.left(row.offer_id), 0)
                    if left < row.quantity:
                        lost.append(Shortage(row.offer_id, row.quantity, left))
                        continue
                if row.state in (ReservationState.HELD, ReservationState.RELEASED):
                    keeping.keep(holder, row.offer_id, row.quantity, until=None)
            if lost:
                raise HoldLostError(holder, lost)
        keeping.save()


def _stood(holders: list[UUID], at: datetime) -> bool:
    """Promise what holders hold if none of it has ended; tell so, with nothing changed otherwise."""
    lock_levels((), holders=holders)
    failpoint("stock.levels.read")
    with connection.cursor() as cursor:
        cursor.execute(_FIRM_UP, {"holders": holders, "at": at})
        (ended,) = cursor.fetchone()
    failpoint("stock.levels.written")
    return not ended


def release_stock(holders: Iterable[UUID], *, at: datetime) -> None:
    """Give back whatever holders hold, promised or not; a second call changes nothing.

    Raises:
        StockBusyError: too many people at once; the transaction is lost.
    """
    wanted = list(holders)
    with one_transaction():
        keeping = Keeping(holders=wanted, at=at)
        for holder in wanted:
            for row in keeping.rows_of(holder):
                if row.state in (ReservationState.HELD, ReservationState.FIRM):
                    keeping.give_back(row)
        keeping.save()


def lose_stock(
    holder: UUID,
    quantities: Mapping[int, int],
    *,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> None:
    """Give back what a holder holds, and take off the shelf what nobody can sell any more.

    Args:
        holder: whose goods; a second call changes nothing.
        quantities: how many of which offer are lost; gift baskets stand for their parts. The rest
            goes back to the shelf.
        by: who says so.
        at: when.
        reference: what a reader of the movements should see, such as an order's number.

    Raises:
        StockBusyError: too many people at once; the transaction is lost.
    """
    with one_transaction():
        lost = _expanded(quantities)
        keeping = Keeping(holders=[holder], at=at)
        for row in keeping.rows_of(holder):
            if row.state not in (ReservationState.HELD, ReservationState.FIRM):
                continue
            keeping.give_back(row)
            gone = min(lost.get(row.offer_id, 0), row.quantity, max(keeping.left(row.offer_id), 0))
            keeping.move(row.offer_id, -gone, MovementReason.LOSS, by=by, reference=reference)
        keeping.save()


def lose_some(
    holder: UUID,
    quantities: Mapping[int, int],
    *,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> None:
    """Take out of what is promised to a holder what nobody can sell any more; the rest stays promised.

    Args:
        holder: whose goods.
        quantities: how many of which offer are lost; gift baskets stand for their parts.
        by: who says so.
        at: when.
        reference: what a reader of the movements should see, such as a withdrawal's number.

    Raises:
        StockBusyError: too many people at once; the transaction is lost.
    """
    with one_transaction():
        lost = _expanded(quantities)
        keeping = Keeping(holders=[holder], at=at)
        for row in keeping.rows_of(holder):
            if row.state == ReservationState.FIRM:
                keeping.lose(row, lost.get(row.offer_id, 0), by=by, reference=reference)
        keeping.save()


def consume_stock(
    holder: UUID,
    quantities: Mapping[int, int] | None = None,
    *,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> None:
    """Let go of what was handed over; a second call changes nothing.

    Args:
        holder: whose goods.
        quantities: how many of each offer left the shop, where it is not everything: what was kept
            beyond goes back to the shelf. Gift baskets stand for their parts.
        by: who handed over.
        at: when.
        reference: what a reader of the movements should see, such as an order's number.

    Raises:
        StockBusyError: too many people at once; the transaction is lost.
    """
    with one_transaction():
        left_shop = None if quantities is None else _expanded(quantities)
        keeping = Keeping(holders=[holder], at=at)
        for row in keeping.rows_of(holder):
            if row.state == ReservationState.CONSUMED:
                continue
            quantity = row.quantity if left_shop is None else left_shop.get(row.offer_id, 0)
            keeping.hand_over(row, quantity, by=by, reference=reference)
        keeping.save()


def expire_holds(*, at: datetime) -> int:
    """Give back the holds that have ended, some offers at a time; return how many."""
    count = 0
    while True:
        ended = StockReservation.objects.filter(state=ReservationState.HELD, expires_at__lte=at)
        offers = list(
            ended.order_by("offer_id")
            .values_list("offer_id", flat=True)
            .distinct()[:OFFERS_EXPIRED_AT_ONCE]
        )
        if not offers:
            return count
        with one_transaction():
            keeping = Keeping(offers, at=at)
            keeping.save()
            count += keeping.given_back
            if not keeping.given_back:  # an offer without level: nothing to give back to
                ended.filter(offer__in=offers).update(state=ReservationState.RELEASED)


def _expanded(quantities: Mapping[int, int]) -> dict[int, int]:
    """Return how many of each counted offer stand behind offers and baskets."""
    found: dict[int, int] = {}
    for offer_id, taken in kept_parts(quantities).items():
        for part, count in taken:
            found[part] = found.get(part, 0) + count * quantities[offer_id]
    return found
