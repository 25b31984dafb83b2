"""What an import keeps in memory: a batch, and what it compares it with; never all there is.

Counted in traced bytes between batches, never in time.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.federation.test_imports import AT, BY, run_osm, sirets
from tests.federation.test_readers import NODE, overpass, sirene_row, write_sirene

from chalandise.directory.classification import load_activities
from chalandise.directory.models import Establishment
from chalandise.federation.actions.imports import ImportOrder, import_file
from chalandise.federation.actions.runs import Summary
from chalandise.federation.queries import CommuneFinder, linked_among
from chalandise.federation.readers import sirene as reader
from chalandise.federation.readers.records import Facts, RawRecord, Tally
from chalandise.federation.states import SourceFormat
from chalandise.territories.models import TerritoryContour

KIB = 1024


@pytest.fixture(autouse=True)
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def _far_away(path: Path, count: int) -> Path:
    """A register whose rows lie in Paris, but for the first."""
    row = sirene_row(codeCommuneEtablissement="75104", libelleCommuneEtablissement="PARIS")
    return write_sirene(path, sirene_row(), *[row] * count)


def _peak_of_reading(path: Path) -> tuple[int, int]:
    """Return the most bytes held at once while a register is read, and how many rows were kept."""
    tally: Tally = Tally()
    records = reader.read_sirene(
        path,
        activities=load_activities().codes,
        tally=tally,
        wants_commune=lambda code: code == "46042",
    )
    gc.collect()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    kept = sum(1 for _record in records)
    return tracemalloc.get_traced_memory()[1] - before, kept


def test_a_register_ten_times_as_long_is_read_in_the_same_memory(tmp_path: Path) -> None:
    _peak_of_reading(_far_away(tmp_path / "warm.csv", 10))  # patterns and tables, once
    short, one = _peak_of_reading(_far_away(tmp_path / "short.csv", 2_000))
    long, same = _peak_of_reading(_far_away(tmp_path / "long.csv", 20_000))
    assert (one, same) == (1, 1)
    assert long < short + 256 * KIB


def _import(cast: Cast, path: Path, rows: int) -> list[int]:
    """Import a register in batches of twenty; return the bytes held after the second and the last."""
    held: list[int] = []

    def read(finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return reader.read_sirene(
            path,
            activities=load_activities().codes,
            tally=tally,
            wants_commune=finder.covers_code,
        )

    def weigh(summary: Summary) -> None:
        if summary.read_count in (40, rows):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])

    order = ImportOrder(
        cast.lot,
        path,
        SourceFormat.SIRENE,
        read,
        reader.LABEL,
        batch_size=20,
    )
    import_file(order, by=BY, at=AT, progress=weigh)
    return held


@pytest.mark.django_db
def test_rows_that_are_kept_are_not_kept_in_memory(cast: Cast, tmp_path: Path) -> None:
    """A hundred more sheets are made, and no more is held.

    It was 130 KiB more while the connection remembered the statements of each batch.
    """
    rows = [
        sirene_row(
            siret=number,
            siren=number[:9],
            nic=number[9:],
            enseigne1Etablissement=f"BOUTIQUE {number[3:8]}",
            numeroVoieEtablissement=str(rank),
        )
        for rank, number in enumerate(sirets(140), 1)
    ]
    made = Establishment.objects.count()
    held = _import(cast, write_sirene(tmp_path / "stock.csv", *rows), 140)
    assert Establishment.objects.count() == made + 140
    early, late = held
    assert late - early < 32 * KIB


@pytest.mark.django_db
def test_who_is_spoken_of_is_asked_of_the_database(cast: Cast) -> None:
    from_nowhere = cast.lot.sources.create(key="sirene", name="Sirene", format="sirene")
    assert linked_among(from_nowhere, []) == set()
    assert linked_among(from_nowhere, [cast.bakery.pk]) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_two_rows_of_a_source_are_never_one_place_batches_apart(
    cast: Cast, tmp_path: Path, *, is_dry_run: bool
) -> None:
    where = {"addr:housenumber": "1", "addr:street": "Rue du Marché", "addr:postcode": "46000"}
    tags = {"shop": "bakery", "name": cast.bakery.name, **where}
    rows = [{**NODE, "id": one, "lon": 1.4419, "tags": tags} for one in (1, 2)]
    path = overpass(tmp_path / "lot.json", *rows)
    done = run_osm(cast, path, batch_size=1, is_dry_run=is_dry_run)
    assert done.counts["matched"] == 1
    assert done.read_count == 2


@pytest.mark.django_db
def test_outlines_are_read_again_rather_than_all_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalandise.federation.queries._OUTLINES_KEPT", 1)
    for west, place in ((1.0, cast.bakery.commune), (2.0, cast.bookshop.commune)):
        ring = [[west, 44], [west + 0.5, 44], [west + 0.5, 45], [west, 45], [west, 44]]
        TerritoryContour.objects.create(
            territory=place,
            geometry={"type": "Polygon", "coordinates": [ring]},
            west=west, south=44, east=west + 0.5, north=45,
        )  # fmt: skip
    finder = CommuneFinder(cast.lot)
    spots = [Facts(latitude=44.5, longitude=west + 0.2) for west in (1.0, 2.0, 1.0, 2.0)]
    found = [finder.find(spot)[0] for spot in spots]
    assert found == [cast.bakery.commune, cast.bookshop.commune] * 2
    assert len(finder._outlines) == 1


def _word(rank: int) -> str:
    return "".join(chr(97 + int(figure)) for figure in f"{rank:06}")


def _fill(cast: Cast, ranks: range) -> None:
    """Make the sheets of a first register, without the register."""
    Establishment.objects.bulk_create(
        Establishment(
            slug=f"maison-{rank}",
            name=f"Maison {_word(rank)}",
            commune=cast.bakery.commune,
            street=f"{rank % 90 + 1} Rue {_word(rank)[::-1]}",
            category=cast.bakery.category,
            latitude=44.4 + rank % 97 / 1000,
            longitude=1.4 + rank % 91 / 1000,
        )
        for rank in ranks
    )


def _peak_of_matching(cast: Cast, path: Path, ranks: range) -> int:
    """Import an extract that names some of these sheets; return the most bytes held at once."""
    rows = [
        {
            "type": "node",
            "id": rank + 1,
            "lat": 44.4 + rank % 97 / 1000,
            "lon": 1.4 + rank % 91 / 1000,
            "tags": {
                "shop": "bakery",
                "name": f"MAISON {_word(rank)}",
                "addr:housenumber": str(rank % 90 + 1),
                "addr:street": f"rue {_word(rank)[::-1]}",
                "addr:postcode": "46000",
            },
        }
        for rank in ranks
    ]
    overpass(path, *rows)
    del rows
    gc.collect()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    done = run_osm(cast, path, batch_size=20, source_key=f"osm-{ranks.start}")
    assert (done.counts["matched"], done.read_count) == (len(ranks), len(ranks))
    return tracemalloc.get_traced_memory()[1] - before


@pytest.mark.django_db
def test_a_larger_directory_and_a_longer_file_are_matched_in_the_same_memory(
    cast: Cast, tmp_path: Path
) -> None:
    """Three times the sheets, three times the rows; nothing is left to the garbage collector."""
    path = tmp_path / "lot.json"
    _fill(cast, range(1_100))
    _peak_of_matching(cast, path, range(20))  # patterns and tables, once
    gc.disable()
    try:
        short = _peak_of_matching(cast, path, range(20, 60))
        _fill(cast, range(1_100, 3_300))
        long = _peak_of_matching(cast, path, range(60, 180))
    finally:
        gc.enable()
    assert long < short + 256 * KIB
