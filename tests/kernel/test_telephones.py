"""Telephone numbers as they are dialled from France, and as a cell of a table holds them."""

from __future__ import annotations

import pytest

from chalandise.kernel.csv_out import harmless
from chalandise.kernel.telephones import dialled, tabled


@pytest.mark.parametrize(
    ("number", "said", "cell"),
    [
        ("+33565000001", "05 65 00 00 01", "05 65 00 00 01"),
        ("+33805004600", "0 805 00 46 00", "0 805 00 46 00"),
        ("+590590000001", "0590 00 00 01", "0590 00 00 01"),
        ("+442079460000", "+44 20 7946 0000", "00 44 20 7946 0000"),
        ("", "", ""),
        ("à la mairie", "à la mairie", "à la mairie"),
    ],
)
def test_a_number_is_dialled_and_its_cell_is_no_formula(number: str, said: str, cell: str) -> None:
    assert (dialled(number), tabled(number)) == (said, cell)
    assert harmless(cell) == cell
