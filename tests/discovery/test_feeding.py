"""The index follows the tables, and comes back whatever happens to it."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.factories import directory
from tests.patience import eventually, take_all, turn

from chalandise.config.worker import PAUSE_SECONDS, Loop
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.discovery import reader, store
from chalandise.discovery import rebuild as rebuilding
from chalandise.discovery.criteria import Search
from chalandise.discovery.feeder import Feeder
from chalandise.discovery.queries import generation, index_health
from chalandise.discovery.rebuild import rebuild
from chalandise.discovery.search import find_establishments
from chalandise.journal.actions import emit
from chalandise.journal.models import ReaderPlace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Wait until nobody holds up the outbox."""
    with turn():
        yield


@pytest.fixture
def feeder(index_folder: Path) -> Iterator[Feeder]:
    made = Feeder()
    yield made
    made.close()


def announce(*establishments: Establishment) -> None:
    with transaction.atomic():
        ids = [one.pk for one in establishments]
        emit(EstablishmentsChanged(ids), at=datetime.now(UTC))


def found(cast: Cast, words: str) -> set[int]:
    reader.forget()
    results = find_establishments(Search.on(cast.lot, words=words))
    assert not results.is_degraded
    return set(results.ids)


def test_a_change_shows_hidden_sheets_go_and_the_generation_moves(
    cast: Cast, feeder: Feeder
) -> None:
    feeder.step()
    before = generation()
    assert found(cast, "chanvre") == {cast.bakery.pk}
    Establishment.objects.filter(pk=cast.bakery.pk).update(name="La Mie Câline du Quercy")
    new = directory.establishment("Brasserie Neuve")
    announce(cast.bakery, new)
    take_all(feeder)
    assert found(cast, "chanvre") == set()
    assert found(cast, "calin quercy") == {cast.bakery.pk}
    assert found(cast, "brasserie") == {new.pk}
    assert generation() != before
    Establishment.objects.filter(pk=new.pk).update(status=ListingState.HIDDEN)
    announce(new)
    take_all(feeder)
    assert found(cast, "brasserie") == set()


def test_a_change_shows_from_the_worker_by_itself(cast: Cast, feeder: Feeder) -> None:
    """Nobody calls the feeder or drops the reader; how long it takes is for benches to say."""
    feeder.step()
    loop = Loop("search", feeder.step)
    loop.start()
    try:
        new = directory.establishment("Savonnerie du Causse")
        announce(new)

        def shows() -> bool:
            found = find_establishments(Search.on(cast.lot, words="savonnerie causse"))
            return found.ids == (new.pk,)

        assert eventually(shows)
    finally:
        loop.stop()
        loop.join(timeout=10)
    # No time is measured: only what is set, the worker's pause and a reader's, is held to a second.
    assert PAUSE_SECONDS + reader.INTERVAL_SECONDS <= 1


def test_a_rebuild_loses_nothing_that_changes_meanwhile(
    cast: Cast, feeder: Feeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeder.step()
    fill = rebuilding._prove

    def change_then_prove(build: str, count: int) -> None:
        Establishment.objects.filter(pk=cast.bakery.pk).update(name="Le Four Tardif")
        announce(cast.bakery)
        feeder.step()  # the live index takes it, and its reader moves on
        fill(build, count)

    monkeypatch.setattr(rebuilding, "_prove", change_then_prove)
    assert rebuild() == 3
    assert found(cast, "tardif") == set()  # the new index was read before
    take_all(feeder)
    assert found(cast, "tardif") == {cast.bakery.pk}


def test_old_builds_and_their_places_go(cast: Cast, feeder: Feeder) -> None:
    for _ in range(4):
        rebuild()
    assert len(store.builds()) == 2  # the live one, and the one before
    assert list(
        ReaderPlace.objects.filter(name__startswith="search:").values_list("name", flat=True)
    ) == [f"search:{store.live_build()}"]


def damage_pointer(folder: Path) -> None:
    (folder.parent / "current").write_bytes(b"\xff\x00nonsense")


def remove_pointer(folder: Path) -> None:
    (folder.parent / "current").unlink()


def cut_meta(folder: Path) -> None:
    (folder / "meta.json").write_text("{")


def spoil_segments(folder: Path) -> None:
    for path in folder.iterdir():
        if path.suffix in {".idx", ".term", ".fast", ".store"}:
            with path.open("r+b") as segment:  # in place: others have it mapped
                segment.write(os.urandom(path.stat().st_size))


def empty_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def another_release(folder: Path) -> None:
    (folder.parent / "current").write_text("v0-20200101000000-abcdef")


@pytest.mark.parametrize(
    "damage",
    [damage_pointer, remove_pointer, cut_meta, spoil_segments, empty_folder, another_release],
)
def test_a_damaged_index_comes_back_while_pages_go_on(
    cast: Cast, feeder: Feeder, damage: Callable[[Path], None]
) -> None:
    feeder.step()
    assert found(cast, "chanvre") == {cast.bakery.pk}
    damage(store.folder_of(store.live_build()))
    reader.drop()
    reader.forget()
    meanwhile = find_establishments(Search.on(cast.lot, words="chanvre"))
    assert meanwhile.is_degraded
    assert meanwhile.ids == (cast.bakery.pk,)
    assert index_health() == "missing"
    feeder.step()
    assert index_health() == "ok"
    assert found(cast, "chanvre") == {cast.bakery.pk}


def test_damage_met_while_answering_is_reported_to_the_worker(cast: Cast, feeder: Feeder) -> None:
    feeder.step()
    snapshot = reader.get_snapshot()
    with pytest.raises(reader.IndexAwayError), reader.Answering(snapshot):
        raise ValueError("a page of the file cannot be read")
    assert store.is_suspect(snapshot.build)
    feeder.step()
    assert store.live_build() != snapshot.build
    assert found(cast, "chanvre") == {cast.bakery.pk}


def test_one_process_writes_and_one_rebuilds(cast: Cast, feeder: Feeder) -> None:
    feeder.step()
    second = Feeder()
    announce(cast.bakery)
    assert second.step() == 0
    take_all(feeder)
    with store.only_one("rebuild"), pytest.raises(store.BusyError):
        rebuild()
    feeder.close()
    announce(cast.bakery)
    take_all(second)
    second.close()


def test_a_rebuild_that_fails_leaves_the_live_index_alone(
    cast: Cast, feeder: Feeder, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeder.step()
    live = store.live_build()

    def fail(build: str, count: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(rebuilding, "_prove", fail)
    with pytest.raises(OSError, match="no space"):
        rebuild()
    assert store.live_build() == live
    assert store.builds() == [live]
    assert not store.is_rebuilding()
    assert found(cast, "chanvre") == {cast.bakery.pk}
