"""Files that mean harm, or mean nothing (faults 69, 70, 71)."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import import_products
from chalandise.catalogue.errors import ImportRefusedError
from chalandise.catalogue.importing.tables import MOST_BYTES, MOST_ROWS, read_table
from chalandise.catalogue.models import Product

NOW = moment("2026-11-18 10:30")
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"/>'
)


def archive(**parts: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", parts.pop("types", TYPES))
        made.writestr("xl/workbook.xml", parts.pop("book", "<workbook/>"))
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def plain_workbook() -> bytes:
    stream = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nom", "Prix"])
    sheet.append(["Pain", 2])
    book.save(stream)
    return stream.getvalue()


def inflating() -> bytes:
    return archive(**{"xl/worksheets/sheet1.xml": b"0" * 40_000_000})


def enormous() -> bytes:
    """Sixteen megabytes packed sixteen times: more than we would ever unpack."""
    return archive(**{f"xl/{i}.xml": bytes(16_000_000) for i in range(16)})


def overlapping() -> bytes:
    """Many entries that claim the same bytes, as in the bomb « better zip bomb »."""
    content = bytearray(archive(**{f"xl/{i}.xml": b"x" * 50 for i in range(3)}))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    offset = content[first + 42 : first + 46]
    content[second + 42 : second + 46] = offset
    return bytes(content)


def crowded() -> bytes:
    return archive(**{f"xl/{i}.xml": b"" for i in range(600)})


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
LEAKS = '<!DOCTYPE l [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


def rewritten(part: str, doctype: str = "", *, encoding: str = "utf-8", name: str = "") -> bytes:
    """Write one part of a true workbook anew: with an entity, in an encoding, under a name."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain_workbook())) as plain,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in plain.namelist():
            text = plain.read(entry).decode()
            if entry != part:
                made.writestr(entry, text.replace(part, name or part))
                continue
            if doctype:
                text = text.replace("</", "&b;</", 1)
            declared = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{text}'
            made.writestr(name or part, declared.encode(encoding))
    return stream.getvalue()


def lying() -> bytes:
    """An entry that says it is small and is not."""
    content = bytearray(inflating())
    central = content.rindex(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 10)
    return bytes(content)


def empty_archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("../../outside.txt", "slip")
    return stream.getvalue()


def far_away() -> bytes:
    """One cell at the very bottom of the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"] = "Nom", "Prix"
    sheet["A1048576"] = "Pain"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("make", "reasons"),
    [
        (inflating, {"bomb"}),
        (enormous, {"bomb"}),
        (overlapping, {"bomb"}),
        (crowded, {"bomb"}),
        (lying, {"bomb", "not_a_workbook"}),
        (empty_archive, {"not_a_workbook"}),
        (lambda: archive(), {"not_a_workbook"}),
        (lambda: b"PK\x03\x04" + b"\x00" * 100, {"not_a_workbook"}),
        (lambda: plain_workbook()[:-200], {"not_a_workbook"}),
        (far_away, {"too_many_rows"}),
    ],
)
def test_fault_70_71_a_bomb_is_refused_before_it_goes_off(
    make: Callable[[], bytes], reasons: set[str]
) -> None:
    begun = time.monotonic()
    with pytest.raises(ImportRefusedError) as refused:
        read_table(make())
    assert refused.value.reason in reasons
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    "content",
    [
        rewritten("[Content_Types].xml", LEAKS),
        rewritten("xl/workbook.xml", LAUGHS),
        rewritten("xl/styles.xml", f"<!--{'x' * 9000}-->{LAUGHS}"),
        rewritten(SHEET, LEAKS, encoding="utf-16"),
        rewritten(SHEET, LAUGHS, name="xl/worksheets/sheet1.bin"),
    ],
    ids=["leak", "laughs", "late", "utf16", "another_extension"],
)
def test_fault_71_no_part_of_a_workbook_declares_an_entity(content: bytes) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read_table(content)
    assert refused.value.reason == "bomb"


def test_a_plain_workbook_is_no_bomb() -> None:
    """Nor is one whose sheet is in another encoding and has another name: entities alone are."""
    renamed = rewritten(SHEET, encoding="utf-16", name="xl/worksheets/sheet1.bin")
    for content in (plain_workbook(), renamed):
        table = read_table(content)
        assert (table.header, table.rows) == (["Nom", "Prix"], [(2, ["Pain", "2"])])


def test_the_reader_has_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that passes the first look and needs much is stopped by the limits of its process."""
    row = '<row r="1"><c t="inlineStr"><is><t>' + "é" * 30_000 + "</t></is></c></row>"
    sheet = f"<worksheet><sheetData>{row * 3}</sheetData></worksheet>"
    with pytest.raises(ImportRefusedError):
        read_table(archive(**{"xl/worksheets/sheet1.xml": sheet}))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_header"),
        (b"\n\n;;;\n", "no_header"),
        (b"x" * (MOST_BYTES + 1), "too_heavy"),
        (b"Nom;Prix\nPain\x00;2\n", "not_text"),
        (b"Nom;Prix\n" + b"Pain;2\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b";".join([b"x"] * 1_000_000), "too_many_columns"),
        (b"Nom;Prix\n" + b"x" * 5_000_000 + b";2\n", "cell_too_long"),
        (b"Nom;Prix\n" + b"x" * 40_000 + b";2\n", "cell_too_long"),
        (b'Nom;Prix\n"' + b"sans fin;2\n" * 20_000, "cell_too_long"),
        (b"\xff\xfe\x00\xd8\x00", "not_text"),
    ],
)
def test_a_file_beyond_measure_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read_table(content)
    assert refused.value.reason == reason


def test_the_same_heading_twice_is_not_guessed(cast: Cast) -> None:
    catalogue.categories()
    with pytest.raises(ImportRefusedError) as refused:
        import_products(cast.bakery, b"Nom;Prix;Prix\nPain;2;3\n", by=catalogue.BY, at=NOW)
    assert (refused.value.reason, refused.value.detail) == ("same_header_twice", "Prix")


CELLS = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30
) | st.sampled_from(
    [
        "=1+1",
        "@SUM(A1)",
        "-2",
        "+33",
        "1e9",
        "١",
        "NaN",
        "0",
        "<script>x</script>",
        '"',
        "'",
        "12,5",
    ]
)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=6), st.sampled_from(["utf-8", "utf-16"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fault_69_any_rows_are_reported_and_never_break(
    cast: Cast, rows: list[list[str]], encoding: str
) -> None:
    catalogue.categories()
    lines = ["Nom;Prix;Stock;EAN", *(";".join(row) for row in rows)]
    content = "\n".join(lines).encode(encoding)
    try:
        report = import_products(cast.bakery, content, by=catalogue.BY, at=NOW, is_dry_run=True)
    except ImportRefusedError:
        return
    assert not report.is_applied
    for row in report.rows:
        assert (row.outcome == "refused") == bool(row.problems)
    assert not Product.objects.exists()


REASONS = {
    "no_header",
    "not_text",
    "not_a_workbook",
    "too_many_columns",
    "cell_too_long",
}


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"Nom;Prix\n"]))
def test_any_bytes_are_a_table_or_refused(content: bytes, start: bytes) -> None:
    reasons = set()
    try:
        read_table(start + content)
    except ImportRefusedError as refused:
        reasons.add(refused.reason)
    assert reasons <= REASONS
