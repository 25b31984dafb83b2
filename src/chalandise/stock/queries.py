"""Reads about stock, and the one lock that every change of it takes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from chalandise.directory.queries.statements import ask
from chalandise.stock.errors import StockBusyError
from chalandise.stock.models import StockMovement
from chalandise.stock.states import MovementReason

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
    SELECT f.id AS offer_id, coalesce(p.id, f.id) AS part_id, coalesce(b.quantity, 1) AS quantity,
        coalesce(p.keeps_stock, f.keeps_stock) AS is_kept
    FROM catalogue_offer f
    LEFT JOIN catalogue_basketpart b ON b.basket_id = f.id
    LEFT JOIN catalogue_offer p ON p.id = b.offer_id
    WHERE f.id = ANY(%(behind)s::bigint[])
"""
Parts = tuple[tuple[int, int], ...]
"""The offers whose stock an offer takes, and how many of each."""


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


@dataclass(frozen=True)
class Locked:
    """Levels that are locked until the transaction ends.

    Attributes:
        levels: by offer.
        parts: for each offer asked about that is known, the offers whose stock it takes and how
            many of each: itself, the parts of a gift basket, nothing where no stock is kept.
    """

    levels: dict[int, Level]
    parts: dict[int, Parts]


def lock_levels(
    offer_ids: Iterable[int], *, behind: Iterable[int] = (), holders: Iterable[UUID] = ()
) -> Locked:
    """Lock the levels of offers, of what others take, and of what holders hold, by their keys.

    One statement and one order, so that two carts that hold the same things the other way round
    wait for each other and never deadlock (fault 2).

    Args:
        offer_ids: offers that keep a stock of their own.
        behind: offers of any kind: what they take is locked, and told.
        holders: whose reservations tell what else is locked.

    Raises:
        StockBusyError: somebody else held one of them for three seconds; the transaction is lost.
    """
    statement = f"""
        WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %(patience)s, true)),
        taken AS MATERIALIZED ({_TAKEN}),
        locked AS MATERIALIZED (
            SELECT l.offer_id, l.on_hand, l.reserved, l.allocated
            FROM patience, stock_stocklevel l
            WHERE l.offer_id IN (
                SELECT unnest(%(offers)s::bigint[])
                UNION SELECT t.part_id FROM taken t WHERE t.is_kept
                UNION
                SELECT r.offer_id FROM stock_stockreservation r
                WHERE r.holder = ANY(%(holders)s::uuid[])
            )
            {ROW_LOCK}
        )
        SELECT t.offer_id, t.part_id, t.quantity, t.is_kept,
            l.offer_id, l.on_hand, l.reserved, l.allocated
        FROM taken t FULL JOIN locked l ON l.offer_id = t.part_id
    """  # noqa: S608 - constants of ours
    values: dict[str, Any] = {
        "patience": LOCK_TIMEOUT,
        "offers": sorted(offer_ids),
        "behind": list(behind),
        "holders": list(holders),
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StockBusyError from error
        raise
    levels = {row[4]: Level(*row[4:]) for row in rows if row[4] is not None}
    return Locked(levels, _parts(row[:4] for row in rows if row[0] is not None))


def reservations_under(
    levels: Mapping[int, Level], *, holders: Iterable[UUID] = (), at: datetime
) -> list[Held]:
    """Return what holders hold of locked offers, and every hold of these that has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, {"offers": list(levels), "holders": list(holders), "at": at})
        return [Held(*row) for row in cursor.fetchall()]


def kept_parts(offer_ids: Iterable[int]) -> dict[int, Parts]:
    """Return, for each known offer, the offers whose stock it takes; see `Locked`."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, {"behind": list(offer_ids)})
        return _parts(cursor.fetchall())


def _parts(rows: Iterable[tuple[int, int, int, bool]]) -> dict[int, Parts]:
    found: dict[int, list[tuple[int, int]]] = {}
    for offer_id, part_id, quantity, is_kept in rows:
        taken = found.setdefault(offer_id, [])
        if is_kept:
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


def lost_under(reference: str, offer_ids: Iterable[int]) -> set[int]:
    """Return the offers of which something was lost in the name of an order; one statement."""
    lost = StockMovement.objects.filter(
        offer__in=list(offer_ids), reason=MovementReason.LOSS, reference=reference
    )
    return set(lost.values_list("offer", flat=True))
