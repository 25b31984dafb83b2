"""Reads about stock, and the one lock that every change of it takes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from chalandise.directory.queries.statements import ask
from chalandise.stock.errors import StockBusyError

LOCK_TIMEOUT = "3s"
ROW_LOCK = "ORDER BY l.offer_id FOR UPDATE OF l"
"""What takes the rows, in one order; tests replace it by nothing to show that it is needed."""

FEW_LEFT = 3
"""« Only three left » is said from here down, of real stock alone."""

_RESERVED = """
    SELECT r.id, r.holder, r.offer_id, r.quantity, r.state, r.expires_at
    FROM stock_stockreservation r
    WHERE r.offer_id = ANY(%(offers)s::bigint[]) AND (
        r.holder = ANY(%(holders)s::uuid[]) OR (r.state = 'held' AND r.expires_at <= %(at)s)
    )
    ORDER BY r.id
"""
_TAKEN = """
    SELECT f.id, f.keeps_stock, b.offer_id, b.quantity, p.keeps_stock
    FROM catalogue_offer f
    LEFT JOIN catalogue_basketpart b ON b.basket_id = f.id
    LEFT JOIN catalogue_offer p ON p.id = b.offer_id
    WHERE f.id = ANY(%s::bigint[])
"""


@dataclass
class Level:
    """A locked level, changed in memory until `Keeping.save` writes it."""

    offer_id: int
    on_hand: int
    reserved: int
    allocated: int

    @property
    def left(self) -> int:
        """How many can still be had."""
        return self.on_hand - self.reserved - self.allocated


@dataclass(frozen=True)
class Held:
    """A row of reservations as it was read under the lock."""

    id: int
    holder: UUID
    offer_id: int
    quantity: int
    state: str
    expires_at: datetime | None


def lock_levels(offer_ids: Iterable[int], *, holders: Iterable[UUID] = ()) -> dict[int, Level]:
    """Lock the levels of offers, and of what holders hold, in the order of their keys.

    One statement and one order, so that two carts that hold the same things the other way round
    wait for each other and never deadlock (fault 2).

    Raises:
        StockBusyError: somebody else held one of them for three seconds; the transaction is lost.
    """
    statement = f"""
        WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %s, true))
        SELECT l.offer_id, l.on_hand, l.reserved, l.allocated
        FROM patience, stock_stocklevel l
        WHERE l.offer_id IN (
            SELECT unnest(%s::bigint[])
            UNION SELECT r.offer_id FROM stock_stockreservation r WHERE r.holder = ANY(%s::uuid[])
        )
        {ROW_LOCK}
    """  # noqa: S608 - ROW_LOCK is ours
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, [LOCK_TIMEOUT, sorted(offer_ids), list(holders)])
            return {row[0]: Level(*row) for row in cursor.fetchall()}
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StockBusyError from error
        raise


def reservations_under(
    levels: Mapping[int, Level], *, holders: Iterable[UUID] = (), at: datetime
) -> list[Held]:
    """Return what holders hold of locked offers, and every hold of these that has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, {"offers": list(levels), "holders": list(holders), "at": at})
        return [Held(*row) for row in cursor.fetchall()]


def kept_parts(offer_ids: Iterable[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return, for each known offer, the offers whose stock it takes and how many of each.

    An offer without stock takes nothing, a plain one itself, a gift basket its parts.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [list(offer_ids)])
        rows = cursor.fetchall()
    found: dict[int, list[tuple[int, int]]] = {}
    for offer_id, keeps_stock, part_id, quantity, part_keeps in rows:
        taken = found.setdefault(offer_id, [])
        if part_id is None:
            taken.extend([(offer_id, 1)] if keeps_stock else [])
        elif part_keeps:
            taken.append((part_id, quantity))
    return {offer_id: tuple(sorted(taken)) for offer_id, taken in found.items()}


_LEFT = """
    SELECT f.id, b.offer_id, b.quantity, COALESCE(i.keeps_stock, f.keeps_stock),
        l.on_hand - l.reserved - l.allocated + COALESCE((
            SELECT SUM(h.quantity) FROM stock_stockreservation h
            WHERE h.offer_id = l.offer_id AND h.state = 'held' AND h.expires_at <= $2
        ), 0)
    FROM catalogue_offer f
    LEFT JOIN catalogue_basketpart b ON b.basket_id = f.id
    LEFT JOIN catalogue_offer i ON i.id = b.offer_id
    LEFT JOIN stock_stocklevel l ON l.offer_id = COALESCE(b.offer_id, f.id)
    WHERE f.id = ANY($1::bigint[])
"""  # holds are asked of the held alone: what was ever sold would be counted through otherwise


def left_of(offer_ids: Iterable[int], *, at: datetime) -> dict[int, int | None]:
    """Return how many of each offer can still be had; None where no stock is kept.

    A hold that has ended counts no more, whether or not the sweeper has passed (fault 43). One
    statement in plain SQL: every list and every cart asks.
    """
    asked = list(offer_ids)
    found: dict[int, int | None] = {}
    for offer_id, part_id, quantity, keeps_stock, on_shelf in ask(_LEFT, [asked, at]):
        if not keeps_stock:
            found.setdefault(offer_id, None)
            continue
        enough = (on_shelf or 0) // (1 if part_id is None else quantity)
        known = found.get(offer_id)
        found[offer_id] = enough if known is None else min(known, enough)
    return {one: found[one] for one in asked if one in found}
