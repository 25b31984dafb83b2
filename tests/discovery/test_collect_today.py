"""« À retirer aujourd’hui »: what logistics would still let a customer collect, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, logistics

from chalandise.discovery import reader
from chalandise.discovery.changes import Changed, product_ids_of
from chalandise.discovery.feeder import LOOK_EVERY, Feeder
from chalandise.discovery.product_criteria import ProductSearch
from chalandise.discovery.products import find_products
from chalandise.journal.actions import emit
from chalandise.journal.models import OutboxEvent
from chalandise.logistics.actions import hold_slots, release_slots
from chalandise.logistics.events import WaysChanged
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import SlotChoice
from chalandise.stock.actions import keep_stock

pytestmark = pytest.mark.django_db
Build = Callable[[], int]
Freeze = Callable[[str], datetime]


def today(cast: Cast) -> set[int]:
    reader.forget()
    from_now = datetime.now(tz=moment("2026-11-18 09:00").tzinfo)
    return set(find_products(ProductSearch.on(cast.lot, collect_at=from_now)).ids)


@pytest.fixture
def feeder(index_folder: Path) -> Iterator[Feeder]:
    made = Feeder()
    yield made
    made.close()


def test_only_what_a_slot_of_today_is_left_for(cast: Cast, build: Build, freeze: Freeze) -> None:
    freeze("2026-11-18 09:00")
    logistics.counter(cast.bakery)
    loaf = catalogue.product(cast.bakery, "Pain aux noix", price_cents=450)
    gone = catalogue.product(cast.bakery, "Brioche", price_cents=450)
    keep_stock(gone.variants.get().offer, 0, by=logistics.BY, at=moment("2026-11-18 08:00"))
    catalogue.product(cast.bookshop, "Légendes du Quercy", price_cents=1250, category="livres")
    build()
    assert today(cast) == {loaf.pk}  # the bookshop says « retrait » but has no counter
    freeze("2026-11-18 18:15")
    assert today(cast) == set()  # too late for the last slot
    freeze("2026-11-19 09:00")
    assert today(cast) == {loaf.pk}  # without another rebuild


def test_a_day_that_fills_or_frees_is_seen_within_a_minute(
    cast: Cast, build: Build, freeze: Freeze, feeder: Feeder
) -> None:
    now = freeze("2026-11-18 17:00")
    point = logistics.counter(cast.bakery, capacity=1, lead_minutes=30)
    loaf = catalogue.product(cast.bakery, "Pain aux noix", price_cents=450)
    build()
    feeder.step()
    assert today(cast) == {loaf.pk}
    (day,) = slots_of(point.way_key, cast.bakery, at=now, days=1)
    holders = [uuid4() for _slot in day.slots]
    wishes = {
        holder: SlotChoice(point.way_key, cast.bakery.pk, slot.starts_at)
        for holder, slot in zip(holders, day.slots, strict=True)
    }
    hold_slots(wishes, until=now + timedelta(minutes=20), at=now)
    feeder._looked_at = now - LOOK_EVERY
    feeder.step()
    assert today(cast) == set()
    release_slots(holders, at=now)
    feeder._looked_at = now - LOOK_EVERY
    feeder.step()
    assert today(cast) == {loaf.pk}


def test_a_shop_whose_ways_change_has_its_shelf_read_again(cast: Cast) -> None:
    loaf = catalogue.product(cast.bakery, "Pain aux noix", price_cents=450)
    with transaction.atomic():
        emit(WaysChanged(cast.bakery.pk), at=moment("2026-11-18 09:00"))
    changed = Changed.told_by(list(OutboxEvent.objects.filter(kind="logistics.ways_changed")))
    assert (changed.shelves, changed.establishments) == ({cast.bakery.pk}, set())
    assert product_ids_of(changed) == {loaf.pk}
