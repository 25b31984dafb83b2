"""Tables as communes send them (fault 69): delimiters, encodings, headings, giants."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.directory.cleaning import Remark
from chalandise.federation.errors import (
    EmptyFileError,
    LimitExceededError,
    MissingColumnsError,
    UnmappedFieldError,
)
from chalandise.federation.readers.columns import guess_columns, heading_key, unique_headings
from chalandise.federation.readers.files import FileLimits
from chalandise.federation.readers.records import RawRecord, RecordKind, Refusal
from chalandise.federation.readers.tabular import inspect_table, read_table

TEXT = "Nom;Adresse;CP;Ville;Téléphone\nCafé de l’Été;12 rue du Port;46000;Cahors;05 36 49 00 12\n"


def table(
    path: Path, given: dict[str, str] | None = None, **options: Any
) -> tuple[list[RawRecord], Counter[str]]:
    tally: Counter[str] = Counter()
    layout = inspect_table(path)
    return list(
        read_table(path, mapping=layout.mapping(given or {}), tally=tally, **options)
    ), tally


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "mac_roman"]
)
def test_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = TEXT
    if encoding == "mac_roman":
        text += "".join(
            f"Pâtisserie {i} réglisse;{i} allée des Chênes;46000;Cahors;\n" for i in range(40)
        )
    path = write(tmp_path / "t.csv", text, encoding)
    records, _ = table(path)
    assert records[0].facts.name == "Café de l’Été"
    assert records[0].facts.city == "Cahors"
    assert records[0].facts.phone == "+33536490012"


def test_a_stray_windows_byte_does_not_spoil_a_utf8_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"Épicerie n{i};rue Été;46000;Cahors;\n" for i in range(20)).encode()
    path.write_bytes(TEXT.encode() + rows + "Fournil doré;;46000;Cahors;\n".encode("cp1252"))
    records, _ = table(path)
    assert records[0].facts.name == "Café de l’Été"
    assert records[-1].facts.name == "Fournil doré"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_any_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path / "t.csv", TEXT.replace(";", delimiter))
    [record], _ = table(path)
    assert record.facts.street == "12 rue du Port"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(tmp_path: Path, end: str) -> None:
    path = write(tmp_path / "t.csv", TEXT.replace("\n", end))
    [record], _ = table(path)
    assert record.facts.phone == "+33536490012"


def test_nul_bytes_are_dropped(tmp_path: Path) -> None:
    [record], _ = table(write(tmp_path / "t.csv", TEXT.replace("Port", "Po\x00rt")))
    assert record.facts.street == "12 rue du Port"


def test_repeated_and_missing_headings_lose_no_cell(tmp_path: Path) -> None:
    assert unique_headings(["Nom", "", "Nom", " Nom "]) == [
        "Nom",
        "colonne 2",
        "Nom (2)",
        "Nom (3)",
    ]
    path = write(tmp_path / "t.csv", "nom;nom;;ville\nUn;Deux;Trois;Cahors\n")
    [record], _ = table(path)
    assert record.facts.name == "Un"
    assert record.raw == {"nom": "Un", "nom (2)": "Deux", "colonne 3": "Trois", "ville": "Cahors"}


def test_cells_with_quotes_delimiters_and_line_ends_are_whole(tmp_path: Path) -> None:
    text = 'Nom;Adresse;CP\n"Le ""Bon"" Pain";"12 rue du Port;\nBâtiment A";46000\n'
    [record], _ = table(write(tmp_path / "t.csv", text))
    assert record.facts.name == 'Le "Bon" Pain'
    assert record.facts.street == "12 rue du Port; Bâtiment A"
    assert record.line == 3


def test_spreadsheet_damage_is_repaired_or_said(tmp_path: Path) -> None:
    text = (
        "Nom;SIRET;CP;Tél\n"
        "Un;73282932000074;9500;536490012\n"
        "Deux;7,32829E+13;46000;05 36 49\n"
        "Trois;732829320;46000;05 36 49 00 12 / 06 39 98 00 12\n"
    )
    records, _ = table(write(tmp_path / "t.csv", text))
    assert records[0].facts.siret == "73282932000074"
    assert (records[0].facts.postal_code, records[0].facts.phone) == ("09500", "+33536490012")
    said = [{(p.field, p.note.remark) for p in record.problems} for record in records]
    assert said[0] == {
        ("postal_code", Remark.POSTAL_CODE_ZERO_RESTORED),
        ("phone", Remark.PHONE_ZERO_RESTORED),
    }
    assert said[1] == {("siret", Remark.NUMBER_DIGITS_LOST), ("phone", Remark.PHONE_TRUNCATED)}
    assert said[2] == {("siret", Remark.SIREN_AS_SIRET), ("phone", Remark.SECOND_PHONE)}
    assert records[2].facts.other_phones == ("+33639980012",)


def test_decimal_commas_are_positions_all_the_same(tmp_path: Path) -> None:
    text = "Nom;Latitude;Longitude\nUn;44,4475;1,441\n"
    [record], _ = table(write(tmp_path / "t.csv", text))
    assert (record.facts.latitude, record.facts.longitude) == (44.4475, 1.441)


def test_a_row_with_too_many_cells_and_one_without_a_name_are_refused_by_line(
    tmp_path: Path,
) -> None:
    text = TEXT + "Deux;rue;46000;Cahors;;de trop\n;rue;46000;Cahors;\n\nQuatre;;;;\n"
    records, _ = table(write(tmp_path / "t.csv", text))
    assert [(r.line, r.kind, r.refusal) for r in records] == [
        (2, RecordKind.PRESENT, None),
        (3, RecordKind.REFUSED, Refusal.MALFORMED),
        (4, RecordKind.REFUSED, Refusal.NO_NAME),
        (6, RecordKind.PRESENT, None),
    ]


def test_the_same_row_twice_is_one_place(tmp_path: Path) -> None:
    records, _ = table(write(tmp_path / "t.csv", TEXT + TEXT.splitlines()[1] + "\n"))
    assert [r.refusal for r in records] == [None, Refusal.DUPLICATE]


def test_giants_are_refused_before_they_are_swallowed(tmp_path: Path) -> None:
    limits = FileLimits(line_length=10_000, cell_length=1_000, columns=50, size=100_000)
    cases = {
        "cell": TEXT + "x" * 5_000 + ";;;;\n",
        "line": TEXT + "x" * 20_000 + "\n",
        "columns": ";".join(f"c{i}" for i in range(60)) + "\n1\n",
        "file": TEXT + "Un;rue;46000;Cahors;\n" * 8_000,
    }
    for subject, text in cases.items():
        path = write(tmp_path / f"{subject}.csv", text)
        with pytest.raises(LimitExceededError) as caught:
            list(read_table(path, mapping={"name": "Nom"}, tally=Counter(), limits=limits))
        assert caught.value.subject == subject


def test_an_empty_table_is_said_to_be_empty(tmp_path: Path) -> None:
    for text in ("", "Nom;Ville\n", "\n\n"):
        with pytest.raises(EmptyFileError):
            inspect_table(write(tmp_path / "t.csv", text))


def test_a_table_whose_names_are_not_recognised_asks_for_them(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Quoi;Où\nUn;Cahors\n")
    with pytest.raises(UnmappedFieldError) as caught:
        table(path)
    assert (caught.value.field, caught.value.columns) == ("name", ("Quoi", "Où"))
    [record], _ = table(path, {"name": "Quoi", "city": "Où"})
    assert (record.facts.name, record.facts.city) == ("Un", "Cahors")


def test_a_mapping_to_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingColumnsError) as caught:
        table(write(tmp_path / "t.csv", TEXT), {"name": "Enseigne"})
    assert caught.value.missing == ("Enseigne",)


def test_given_values_stand_in_for_missing_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Nom\nUn\n")
    [record], _ = table(path, defaults={"city": "Cahors", "category": "librairie"})
    assert (record.facts.city, record.facts.category_key) == ("Cahors", "librairie")


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["NOM_DU_COMMERCE", "Code Postal", "commune"],
         {"name": "NOM_DU_COMMERCE", "postal_code": "Code Postal", "city": "commune"}),
        (["Raison sociale", "Adresse mail", "N° SIRET"],
         {"name": "Raison sociale", "email": "Adresse mail", "siret": "N° SIRET"}),
        (["enseigne", "horaires d'ouverture", "Site Web", "Tél."],
         {"name": "enseigne", "hours": "horaires d'ouverture", "website": "Site Web",
          "phone": "Tél."}),
        (["libelleCommune", "nomEnseigne"], {"city": "libelleCommune", "name": "nomEnseigne"}),
    ],
)  # fmt: skip
def test_headings_are_recognised(headings: list[str], expected: dict[str, str]) -> None:
    assert {g.field: g.column for g in guess_columns(headings, []) if g.is_used} == expected


def test_cells_speak_when_headings_do_not() -> None:
    sample = [{"A": "05 36 49 00 12", "B": "46000", "C": "bonjour@exemple.fr"}] * 5
    guesses = {g.field: g for g in guess_columns(["A", "B", "C"], sample)}
    assert {f: g.column for f, g in guesses.items()} == {
        "phone": "A",
        "postal_code": "B",
        "email": "C",
    }
    assert all(g.is_used and g.confidence < 0.9 for g in guesses.values())


def test_heading_keys_are_plain_words() -> None:
    assert heading_key("N° de Téléphone*") == "n de telephone"


def test_weekly_json_of_public_offices_becomes_hours(tmp_path: Path) -> None:
    week = '[["lundi","vendredi",[["09:00:00","12:00:00"],["14:00:00","17:30:00"]]]]'
    path = write(
        tmp_path / "t.csv",
        f"nom;horaires\nUn;'{week}'\n".replace("'", '"').replace(
            week.replace("'", '"'), week.replace('"', '""')
        ),
    )
    [record], _ = table(path)
    assert record.facts.hours == (("visit", "Mo-Fr 09:00-12:00,14:00-17:30"),)


@given(st.binary(max_size=400))
def test_any_bytes_give_records_or_a_named_error(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "t.csv"
    path.write_bytes(b"nom;ville\n" + content)
    try:
        records, _ = table(path)
    except (EmptyFileError, LimitExceededError, UnmappedFieldError):
        return
    assert all(r.line > 0 for r in records)
