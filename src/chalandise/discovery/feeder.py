"""Feeds the live index from the outbox; the worker calls `Feeder.step` twice a second."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.utils import timezone

from chalandise.discovery import reader, store
from chalandise.discovery.changes import Changed, product_ids_of, products_repriced
from chalandise.discovery.documents import Gatherer
from chalandise.discovery.product_documents import ProductGatherer
from chalandise.discovery.rebuild import outbox_reader, rebuild
from chalandise.discovery.writer import Writer
from chalandise.journal.models import OutboxEvent
from chalandise.logistics.queries.same_day import FullSlots, booked_slots, full_slots, shops_at

logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 100
LOOK_EVERY = timedelta(seconds=60)
"""How often the index looks for promotions that began or ended, and slots that filled or freed."""
SLOTS_AHEAD = timedelta(days=2)


class Feeder:
    """The one process that writes the live index."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._is_holding = False
        self._build = ""
        self._writer: Writer | None = None
        self._products: Writer | None = None
        self._looked_at: datetime | None = None
        self._full: FullSlots | None = None

    def step(self) -> int:
        """Index what changed; rebuild an index that is missing, damaged or of another release.

        Returns:
            How many events were handled; 0 lets the worker rest.
        """
        if not self._may_write():
            return 0
        reader.forget()
        snapshot = reader.find_snapshot()
        if snapshot is None:
            self._rebuild()
            return 0
        try:
            self._open(snapshot.build)
            self._follow_time(snapshot.build)
            return outbox_reader(snapshot.build).read(self._index, limit=EVENTS_AT_ONCE)
        except BaseException:
            self._let_go()  # whatever they held is written again from the outbox
            raise

    def close(self) -> None:
        """Give up writing, so that another process may."""
        self._let_go()
        self._is_holding = False
        self._held.close()

    def _let_go(self) -> None:
        self._writer = self._products = None

    def _may_write(self) -> bool:
        if not self._is_holding:
            try:
                self._held.enter_context(store.only_one("writer"))
            except store.BusyError:
                return False
            self._is_holding = True
        return True

    def _rebuild(self) -> None:
        self._let_go()
        logger.info("the search index is missing or cannot be read: rebuilding it")
        try:
            count = rebuild()
        except store.BusyError:
            return  # somebody is already at it
        logger.info("the search index holds %d establishments", count)

    def _open(self, build: str) -> None:
        if self._writer is None or self._build != build:
            self._let_go()  # of the build before
            self._writer = Writer(store.folder_of(build))
            self._products = Writer(store.products_of(build))
            self._build = build
            self._looked_at = self._full = None

    def _follow_time(self, build: str) -> None:
        """Write again what costs more or less, or can be collected today or not, since the last look.

        No event says that time has passed, and none that a slot filled: bookings stay cheap.
        """
        now = timezone.now()
        since = self._looked_at or store.last_written(build) - LOOK_EVERY
        if self._looked_at is not None and now - since < LOOK_EVERY:
            return
        full = full_slots(now, now + SLOTS_AHEAD)
        # At first nobody knows what this index was told: then whatever has bookings is told again.
        told = self._full
        moved = booked_slots(now, now + SLOTS_AHEAD) if told is None else full ^ told
        shelves = shops_at({point for point, starts_at in moved if starts_at >= now})
        ids = products_repriced(since, now) | product_ids_of(Changed(shelves=shelves))
        if ids:
            self._write_products(ids, Gatherer())
            reader.forget()
        self._looked_at, self._full = now, full

    def _index(self, rows: Sequence[OutboxEvent]) -> None:
        changed = Changed.told_by(rows)
        if self._writer is None or self._products is None or not changed:
            return
        gatherer = Gatherer()
        if changed.establishments:
            self._writer.remove(changed.establishments)
            self._writer.add(gatherer.published(changed.establishments))
            self._writer.commit()
        products = product_ids_of(changed)
        if products:
            self._write_products(products, gatherer)
        reader.forget()

    def _write_products(self, ids: set[int], gatherer: Gatherer) -> None:
        if self._products is not None:
            self._products.remove(ids)
            self._products.add(ProductGatherer(gatherer).published(ids))
            self._products.commit()
