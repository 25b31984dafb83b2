"""The arithmetic of one change of stock: read under the lock, changed in memory, written at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from chalandise.journal.actions import emit_all
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import failpoint
from chalandise.stock.events import LevelChanged
from chalandise.stock.models import StockMovement
from chalandise.stock.queries import (
    FEW_LEFT,
    Held,
    Level,
    lock_levels,
    reservations_under,
)
from chalandise.stock.states import MovementReason, ReservationState

_WRITE = """
    WITH dropped AS (
        DELETE FROM stock_stockreservation WHERE id = ANY(%(dropped)s::bigint[])
    ), moved AS (
        UPDATE stock_stockreservation r
        SET quantity = m.quantity, state = m.state, expires_at = m.expires_at
        FROM unnest(%(ids)s::bigint[], %(quantities)s::int[], %(states)s::text[],
                    %(expiries)s::timestamptz[]) AS m (id, quantity, state, expires_at)
        WHERE r.id = m.id AND r.state <> 'consumed'
    ), added AS (
        INSERT INTO stock_stockreservation (holder, offer_id, quantity, state, expires_at)
        SELECT * FROM unnest(%(holders)s::uuid[], %(offers)s::bigint[], %(counts)s::int[],
                             %(kinds)s::text[], %(ends)s::timestamptz[])
    )
    UPDATE stock_stocklevel l
    SET on_hand = l.on_hand + n.on_hand, reserved = l.reserved + n.reserved,
        allocated = l.allocated + n.allocated
    FROM unnest(%(levels)s::bigint[], %(on_hands)s::int[], %(reserveds)s::int[],
                %(allocateds)s::int[]) AS n (offer_id, on_hand, reserved, allocated)
    WHERE l.offer_id = n.offer_id
"""


class Keeping:
    """Locked levels and what is held of them; `save` writes every change in one statement.

    Holds that have ended are given back upon reading, so that availability never depends on the
    sweeper. Nothing is written before `save`: whoever finds a shortage just leaves.

    Args:
        offer_ids: the offers to lock, besides those that ``holders`` hold.
        behind: offers of any kind, to lock what they take; ``parts`` tells what that is.
        holders: whose reservations to read.
        at: now.
    """

    def __init__(
        self,
        offer_ids: Iterable[int] = (),
        *,
        behind: Iterable[int] = (),
        holders: Iterable[UUID] = (),
        at: datetime,
    ) -> None:
        holders = list(holders)
        self._at = at
        locked = lock_levels(offer_ids, behind=behind, holders=holders)
        self.levels, self.parts = locked.levels, locked.parts
        self._before = {pk: replace(level) for pk, level in self.levels.items()}
        self._rows = {
            row.id: row for row in reservations_under(self.levels, holders=holders, at=at)
        }
        self._was = dict(self._rows)
        failpoint("stock.levels.read")
        self._dropped: list[int] = []
        self._added: dict[tuple[UUID, int], Held] = {}
        self._movements: list[StockMovement] = []
        self.given_back = 0
        for row in list(self._rows.values()):
            if row.state == ReservationState.HELD and row.expires_at and row.expires_at <= at:
                self.give_back(row)
                self.given_back += 1

    def rows_of(self, holder: UUID) -> list[Held]:
        """Return what a holder has, given back or not, by offer."""
        rows = [row for row in self._rows.values() if row.holder == holder]
        return sorted(rows, key=lambda row: row.offer_id)

    def left(self, offer_id: int) -> int:
        """Return how many can be had; none of an offer that was never counted."""
        level = self.levels.get(offer_id)
        return level.left if level else 0

    def give_back(self, row: Held) -> None:
        """Return to the shelf what a row keeps."""
        self._count(row, -1)
        self._rows[row.id] = replace(row, state=ReservationState.RELEASED)

    def drop(self, row: Held) -> None:
        """Forget a row: its holder wants this no more."""
        self._count(row, -1)
        del self._rows[row.id]
        self._dropped.append(row.id)

    def keep(self, holder: UUID, offer_id: int, quantity: int, *, until: datetime | None) -> None:
        """Keep a quantity for a holder, for a while or, without ``until``, for good."""
        state = ReservationState.HELD if until else ReservationState.FIRM
        here = next((row for row in self.rows_of(holder) if row.offer_id == offer_id), None)
        new = Held(here.id if here else 0, holder, offer_id, quantity, state, until)
        if here is not None:
            self._count(here, -1)
            self._rows[here.id] = new
        else:
            self._added[holder, offer_id] = new
        self._count(new, +1)

    def hand_over(self, row: Held, quantity: int, *, by: Actor, reference: str) -> None:
        """Let a quantity leave the shop; what the row kept beyond it goes back to the shelf."""
        self._count(row, -1)
        taken = min(quantity, row.quantity, max(self.left(row.offer_id), 0))
        if not taken:
            self._rows[row.id] = replace(row, state=ReservationState.RELEASED)
            return
        self._rows[row.id] = replace(
            row, state=ReservationState.CONSUMED, quantity=taken, expires_at=None
        )
        self.move(row.offer_id, -taken, MovementReason.ORDER, by=by, reference=reference)

    def lose(self, row: Held, quantity: int, *, by: Actor, reference: str) -> None:
        """Take out of what a row keeps what is lost; a row of which nothing is left has ended."""
        gone = min(quantity, row.quantity)
        if not gone:
            return
        self._count(row, -1)
        is_all = gone == row.quantity
        rest = (
            replace(row, state=ReservationState.RELEASED)
            if is_all
            else replace(row, quantity=row.quantity - gone)
        )
        self._rows[row.id] = rest
        self._count(rest, +1)
        self.move(row.offer_id, -gone, MovementReason.LOSS, by=by, reference=reference)

    def move(
        self, offer_id: int, delta: int, reason: MovementReason, *, by: Actor, reference: str = ""
    ) -> None:
        """Change what is on hand, and write down why."""
        if not delta:
            return
        self.levels[offer_id].on_hand += delta
        self._movements.append(
            StockMovement(
                offer_id=offer_id,
                delta=delta,
                reason=reason,
                reference=reference[:80],
                moved_by=by.label[:200],
                moved_at=self._at,
            )
        )

    def save(self) -> None:
        """Write what changed: one statement, one more for movements, two where a level flips."""
        moved = [row for row in self._rows.values() if row != self._was[row.id]]
        levels = [one for pk, one in self.levels.items() if one != self._before[pk]]
        added = list(self._added.values())
        if moved or levels or added or self._dropped:
            self._write(moved, added, levels)
            failpoint("stock.levels.written")
        if self._movements:
            StockMovement.objects.bulk_create(self._movements)
        flips = [one for one in levels if _flips(self._of(one).left, one.left)]
        emit_all([LevelChanged(one.offer_id, one.left) for one in flips], at=self._at)

    def _write(self, moved: list[Held], added: list[Held], levels: list[Level]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                _WRITE,
                {
                    "dropped": self._dropped,
                    "ids": [row.id for row in moved],
                    "quantities": [row.quantity for row in moved],
                    "states": [str(row.state) for row in moved],
                    "expiries": [row.expires_at for row in moved],
                    "holders": [row.holder for row in added],
                    "offers": [row.offer_id for row in added],
                    "counts": [row.quantity for row in added],
                    "kinds": [str(row.state) for row in added],
                    "ends": [row.expires_at for row in added],
                    "levels": [one.offer_id for one in levels],
                    # differences, so that the constraints judge what really stands in the row
                    "on_hands": [one.on_hand - self._of(one).on_hand for one in levels],
                    "reserveds": [one.reserved - self._of(one).reserved for one in levels],
                    "allocateds": [one.allocated - self._of(one).allocated for one in levels],
                },
            )

    def _of(self, level: Level) -> Level:
        return self._before[level.offer_id]

    def _count(self, row: Held, sign: int) -> None:
        """Add or take what a row keeps, on the side of its level where its state counts."""
        level = self.levels[row.offer_id]
        if row.state == ReservationState.HELD:
            level.reserved += sign * row.quantity
        elif row.state == ReservationState.FIRM:
            level.allocated += sign * row.quantity


def _flips(before: int, after: int) -> bool:
    return (before <= 0) != (after <= 0) or (before <= FEW_LEFT) != (after <= FEW_LEFT)
