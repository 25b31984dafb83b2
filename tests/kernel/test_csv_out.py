"""Tables that a spreadsheet opens and never runs (fault 68)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.csv_out import BOM, Number, csv_line, csv_lines, harmless

SIGNS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+33565000001",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝cmd",
        "＋1",
        "－1",
        "＠x",
        "  =HYPERLINK(0)",
        "\u00a0=1",
    ],
)
def test_a_formula_is_only_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "Au Pain de Chanvre", "12 rue - bis", "05 65 00 00 01", "a=b"]
)
def test_ordinary_text_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_no_cell_of_a_line_begins_like_a_formula(cells: list[str]) -> None:
    clean = [cell.replace("\x00", "").replace("\r", " ").replace("\n", " ") for cell in cells]
    (read,) = csv.reader(io.StringIO(csv_line(clean)), delimiter=";") if any(clean) else ([""],)
    assert not any(cell.lstrip(" \u00a0").startswith(tuple(SIGNS)) for cell in read)


def test_a_table_begins_with_what_tells_a_spreadsheet_its_letters() -> None:
    lines = list(csv_lines(["Nom", "Téléphone"], [["É", "+33"]]))
    assert lines[0] == f"{BOM}Nom;Téléphone\r\n"
    assert lines[1] == "É;'+33\r\n"


def test_a_number_of_ours_stays_a_number() -> None:
    assert csv_line([Number("-12,50"), "-12,50", Number("3")]) == "-12,50;'-12,50;3\r\n"


@pytest.mark.parametrize(
    "text", ["", "-", "+3", "1+1", "=1", "-2+3", "1.5", "٣", "1,", "0x1", "1\n"]
)
def test_only_a_number_is_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        Number(text)
