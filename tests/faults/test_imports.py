"""Hostile files at the command's own door (69 to 71); the readers' own tests are in `tests/federation`."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cast import Cast

from chalandise.directory.models import Establishment
from chalandise.federation.cli import directory

SOURCE = Path(__file__).resolve().parents[2] / "src" / "chalandise"
HEAD = "nom;adresse;code postal;ville;type;siteweb;téléphone\n"
ROW = "Le Bon Pain;2 rue du Marché;46000;Cahors;boulangerie;;\n"


def bring(path: Path, *options: str) -> Result:
    """Import a file as an operator does."""
    return CliRunner().invoke(directory, ["import", "csv", str(path), "--portal", "lot", *options])


def _zip(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = (HEAD + ROW).encode()
FILES = {
    "bomb.zip": _zip(("a.csv", HEAD.encode() + b";" * (48 * 1024**2))),
    "bomb.gz": gzip.compress(GOOD + (b";" * 400 + b"\n") * 120_000),
    "nested.zip": _zip(("a.csv", _zip(("b.csv", GOOD)))),
    "slip.zip": _zip(("../../../slip.csv", GOOD), ("b.csv", GOOD)),
    "many.zip": _zip(*[(f"{number}.csv", GOOD) for number in range(80)]),
    "book.xlsx": _zip(("xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")),
    "book.ods": _zip(("mimetype", b"x"), ("content.xml", b"<x/>")),
    "broken.zip": b"PK\x03\x04" + b"x" * 99,
    "document.csv": b"%PDF-1.7",
    "empty.csv": b"",
    "columns.csv": (";".join(f"c{number}" for number in range(5000)) + "\n").encode(),
    "cell.csv": HEAD.encode() + b'"' + b"x" * (3 * 1024**2) + b'";;;;;;\n',
    "line.csv": b"x" * (6 * 1024**2),
    "nul.csv": b"\x00" * 4096,
    "deep.json": b"[" * 200_000,
    "page.html": b"<html><script>alert(1)</script></html>",
    "feed.xml": b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><l>&x;</l>",
}


@pytest.mark.parametrize("name", FILES)
def test_fault_69_70_a_hostile_file_is_refused_in_a_sentence_and_leaves_nothing(
    cast: Cast, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    before = Establishment.objects.count()
    done = bring(path)
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    assert "root:" not in done.output
    assert len(done.output.splitlines()) < 25
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert Establishment.objects.count() == before
    assert not list(tmp_path.parent.glob("slip.csv"))


def test_fault_69_hostile_cells_become_plain_sheets_or_told_refusals(
    cast: Cast, tmp_path: Path
) -> None:
    rows = [
        ['=cmd|"/C calc"!A0', "1 rue X", "46000", "Cahors", "boulangerie", "", ""],
        ["<script>alert(1)</script>Fleurs", "1 rue X", "46000", "Cahors", "fleuriste", "", ""],
        ["Pain\x00 Noir", "2 rue X", "46000", "Cahors", "boulangerie", "javascript:alert(1)", ""],
        ["Pain\u202e Blanc", "3 rue X", "46000", "Cahors", "boulangerie", "http://127.0.0.1/", ""],
        ["Trop" * 900, "4 rue X", "46000", "Cahors", "boulangerie", "", "1" * 400],
        ["Hors de chez nous", "5 rue X", "82000", "Montauban", "boulangerie", "", ""],
        ["", "6 rue X", "46000", "Cahors", "boulangerie", "", ""],
        ["@SUM(1+1)", "7 rue X", "'; DROP TABLE x;--", "Cahors", "boulangerie", "", ""],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    path = tmp_path / "commerces.csv"
    path.write_text(HEAD + text.getvalue(), encoding="utf-8")
    done = bring(path)
    assert done.exit_code == 0, done.output
    made = Establishment.objects.exclude(
        pk__in=[cast.bakery.pk, cast.bookshop.pk, cast.foreign_shop.pk]
    )
    assert made.count() >= 4
    for shop in made:
        said = f"{shop.name}{shop.street}{shop.website}{shop.phone}"
        assert not re.search("[<>\x00\u202e]|script:|127\\.0|alert", said), said
        assert shop.commune_id == "commune-46042"
        assert len(shop.name) <= 160
    report = Path(done.output.split("Rapport\u202f: ")[1].splitlines()[0])
    cells = [
        cell
        for line in csv.reader(io.StringIO(report.read_text("utf-8-sig")), delimiter=";")
        for cell in line
    ]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}], cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_fault_69_the_same_town_whatever_the_encoding_and_line_ends(
    cast: Cast, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "commerces.csv"
    text = HEAD + "Chez Zoé & Noël;2 rue de l’Élan;46000;Cahors;boulangerie;;\n"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert bring(path).exit_code == 0
    made = Establishment.objects.get(name="Chez Zoé & Noël")
    assert made.street == "2 rue de l’Élan"


def _imports(*names: str) -> set[tuple[Path, str]]:
    """Return which files import something whose name begins so."""
    found: set[tuple[Path, str]] = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        if not any(name in text for name in names):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {(path, alias.name) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {(path, f"{node.module}.{alias.name}") for alias in node.names}
    return {(path, name) for path, name in found if name.startswith(names)}


WRITERS = {"facturx.py": "lxml.etree", "dac7.py": "lxml.etree"}
READERS = {"workbook.py": "defusedxml.DefusedXmlException"}


def test_fault_71_one_place_of_ours_reads_xml_and_none_reads_what_can_run() -> None:
    """Merchants' workbooks are read by `openpyxl`, told to read through `defusedxml` alone.

    What it refuses: `tests/catalogue/test_hostile_files.py`. Invoices and tax files are XML that we
    write, element by element; nothing in them parses. No pickle and no YAML is read anywhere.
    """
    unsafe = ("xml", "lxml", "defusedxml", "pickle", "shelve", "marshal", "yaml", "dill")
    found = _imports(*unsafe)
    assert {(path.name, name) for path, name in found} == {*WRITERS.items(), *READERS.items()}
    readers = _imports("openpyxl", "pandas", "xlrd", "odf", "docx", "gpxpy", "feedparser")
    assert {path.name for path, _ in readers} == set(READERS)
    for path in (path for path, _ in found if path.name in WRITERS):
        assert not re.search(r"etree\.(parse|fromstring|XML|HTML|iterparse)", path.read_text())


def test_fault_62_no_template_writes_text_unescaped() -> None:
    faults = []
    for path in SOURCE.rglob("templates/**/*.html"):
        text = path.read_text()
        faults += [f"{path.name}: {one}" for one in re.findall(r"\|\s*safe\b|autoescape off", text)]
        faults += [f"{path.name}: {one}" for one in re.findall(r"\son[a-z]+=\"|javascript:", text)]
    assert not faults
