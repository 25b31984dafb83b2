"""How much is in it, as people write it: « 250 g », « 75 cl », « 6 pièces »; pure Python."""

from __future__ import annotations

import re
from decimal import Decimal

from chalandise.catalogue.fields import read_decimal
from chalandise.catalogue.states import NetUnit
from chalandise.kernel.text import fold

_MEASURE = re.compile(
    r"(?P<number>[0-9][0-9.,\s\u00a0\u202f]*)\s*(?P<unit>[a-z²2]+)?", re.IGNORECASE
)
_UNITS = {
    "g": NetUnit.GRAM,
    "gr": NetUnit.GRAM,
    "gramme": NetUnit.GRAM,
    "kg": NetUnit.KILOGRAM,
    "ml": NetUnit.MILLILITRE,
    "cl": NetUnit.CENTILITRE,
    "l": NetUnit.LITRE,
    "litre": NetUnit.LITRE,
    "m": NetUnit.METRE,
    "m2": NetUnit.SQUARE_METRE,
    "m²": NetUnit.SQUARE_METRE,
    "piece": NetUnit.PIECE,
    "pc": NetUnit.PIECE,
    "u": NetUnit.PIECE,
    "unite": NetUnit.PIECE,
}


def read_measure(text: str) -> tuple[Decimal | None, str]:
    """Return a quantity and its unit (`NetUnit`); ``(None, "")`` for anything else."""
    found = _MEASURE.fullmatch(fold(text))
    unit = _UNITS.get((found["unit"] or "").rstrip("s") if found else "")
    if found is None or unit is None:
        return None, ""
    try:
        number = read_decimal(found["number"])
    except ValueError:
        return None, ""
    return (number, unit) if number else (None, "")
