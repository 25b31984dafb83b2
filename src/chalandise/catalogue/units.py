"""The price of a kilogram, a litre, a metre: what the arrêté of 16 November 1999 shows; pure Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chalandise.catalogue.states import NetUnit
from chalandise.kernel.money import round_half_up

_THOUSANDTHS = 1000
_SCALES: dict[str, tuple[str, int]] = {
    # unit of the label: (unit of the price, how many of the former make one of the latter)
    NetUnit.GRAM: ("kg", 1000),
    NetUnit.KILOGRAM: ("kg", 1),
    NetUnit.MILLILITRE: ("L", 1000),
    NetUnit.CENTILITRE: ("L", 100),
    NetUnit.LITRE: ("L", 1),
    NetUnit.METRE: ("m", 1),
    NetUnit.SQUARE_METRE: ("m2", 1),
    NetUnit.PIECE: ("piece", 1),
}


@dataclass(frozen=True)
class UnitPrice:
    """What one unit costs: ``UnitPrice(1250, "kg")``."""

    cents: int
    unit: str


def unit_price(price_cents: int, quantity: Decimal | None, unit: str) -> UnitPrice | None:
    """Return the price of one kilogram, litre, metre or piece; None where it says nothing new.

    250 g at 3.20 € are ``UnitPrice(1280, "kg")``.
    """
    scale = _SCALES.get(unit)
    if quantity is None or quantity <= 0 or scale is None:
        return None
    if unit == NetUnit.PIECE and quantity == 1:
        return None
    label, how_many = scale
    thousandths = int(quantity * _THOUSANDTHS)
    if not thousandths:
        return None
    return UnitPrice(round_half_up(price_cents * how_many * _THOUSANDTHS, thousandths), label)


def price_of_weight(price_per_kilogram_cents: int, grams: int) -> int:
    """Return what ``grams`` cost, rounded half up to the cent."""
    return round_half_up(price_per_kilogram_cents * grams, 1000)
