"""What a file leaves out: when a run asks before it hides, and what a refused row keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cast import Cast
from tests.federation.test_imports import register, rows_of, run_csv, run_sirene, table

from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.federation.errors import RunWaitsError
from chalandise.federation.models import ImportRun
from chalandise.federation.wording import sentence_for

pytestmark = pytest.mark.django_db

NAMES = [f"Maison {letter}ulien" for letter in "ABCDEFGHIJ"]
HEADING = "id;Nom;Adresse;CP;Ville\n"


def numbered(path: Path, *rows: str) -> Path:
    path.write_text(HEADING + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def ten_rows() -> list[str]:
    return [f"{n};{name};{n} rue Neuve;46000;Cahors" for n, name in enumerate(NAMES)]


def hidden() -> set[str]:
    rows = Establishment.objects.filter(status=ListingState.HIDDEN)
    return set(rows.values_list("name", flat=True))


def test_a_file_replaced_by_another_asks_however_many_shops_it_brings(
    cast: Cast, tmp_path: Path
) -> None:
    run_csv(cast, table(tmp_path / "t.csv", *NAMES))
    others = [f"Échoppe {chr(97 + n % 26)}{chr(98 + n // 26)}ndrin" for n in range(50)]
    path = tmp_path / "t.csv"
    rows = "".join(f"{name};{n} quai Bas;46000;Cahors\n" for n, name in enumerate(others, 100))
    path.write_text("Nom;Adresse;CP;Ville\n" + rows, encoding="utf-8")
    for is_dry_run in (True, False):
        with pytest.raises(RunWaitsError) as caught:
            run_csv(cast, path, is_dry_run=is_dry_run, batch_size=20)
        assert (caught.value.removed_count, caught.value.known_count) == (10, 10)
    assert hidden() == set()
    with pytest.raises(RunWaitsError) as caught:  # the same question when it is taken up again
        run_csv(cast, path)
    assert (caught.value.removed_count, caught.value.known_count) == (10, 10)
    assert ImportRun.objects.count() == 2


def test_a_closure_counts_as_said_by_the_register(cast: Cast, tmp_path: Path) -> None:
    rows = rows_of(6)
    run_sirene(cast, register(tmp_path / "s.csv", *rows))
    rows[0]["etatAdministratifEtablissement"] = "F"
    rows[1]["statutDiffusionEtablissement"] = "P"
    path = register(tmp_path / "s.csv", *rows[:5])
    for is_dry_run in (True, False):
        assert run_sirene(cast, path, is_dry_run=is_dry_run).counts["removed"] == 1


@pytest.mark.parametrize(
    "bad",
    ["3;Maison Dulien;3 rue Neuve;;Nulle-Part", "3;;3 rue Neuve;46000;Cahors"],
    ids=["no_commune", "no_name"],
)
def test_a_known_shop_whose_row_is_refused_is_not_hidden(
    cast: Cast, tmp_path: Path, bad: str
) -> None:
    rows = ten_rows()
    run_csv(cast, numbered(tmp_path / "t.csv", *rows))
    rows[3] = bad
    path = numbered(tmp_path / "t.csv", *rows[:9])
    for is_dry_run in (True, False):
        summary = run_csv(cast, path, is_dry_run=is_dry_run)
        assert (summary.counts["refused"], summary.counts["removed"]) == (1, 1)
    assert hidden() == {NAMES[9]}


@pytest.mark.parametrize(
    "bad", ["3;Maison;Dulien;3 rue Neuve;46000;Cahors", ";;3 rue Neuve;46000;Cahors"]
)
def test_a_refused_row_that_names_nobody_is_asked_about(
    cast: Cast, tmp_path: Path, bad: str
) -> None:
    rows = ten_rows()
    run_csv(cast, numbered(tmp_path / "t.csv", *rows))
    rows[3] = bad
    path = numbered(tmp_path / "t.csv", *rows)
    for is_dry_run in (True, False):
        with pytest.raises(RunWaitsError) as caught:
            run_csv(cast, path, is_dry_run=is_dry_run)
        assert (caught.value.removed_count, caught.value.known_count) == (1, 10)
    assert "1 ligne refusée ne dit pas" in sentence_for(caught.value)
    assert hidden() == set()
    assert run_csv(cast, path, accepts_removals=True).counts["removed"] == 1
    assert hidden() == {NAMES[3]}


def test_a_refused_row_named_by_what_it_says_is_asked_about_too(cast: Cast, tmp_path: Path) -> None:
    """Without an identifier, a row in another spelling is another row: nobody can tell."""
    path = table(tmp_path / "t.csv", *NAMES)
    run_csv(cast, path)
    path.write_text(path.read_text("utf-8").replace("10 rue Neuve;46000;Cahors", "10 rue Neuve;;X"))
    with pytest.raises(RunWaitsError):
        run_csv(cast, path)
    assert hidden() == set()


def test_a_refused_row_alone_stops_nothing(cast: Cast, tmp_path: Path) -> None:
    path = numbered(tmp_path / "t.csv", *ten_rows())
    run_csv(cast, path)
    path = numbered(tmp_path / "t.csv", *ten_rows(), "10;Maison;Kulien;rue;46000;Cahors")
    assert run_csv(cast, path).counts["removed"] == 0
