"""What a weight-priced line costs once it was on the scales. Pure.

The line was ordered by an estimate: two pieces of about 400 g at 9.60 € each. Its price follows the
weight; above the tolerance the customer is asked first (§7 of the law notes).

>>> price_of(960, 400, 850)
2040
>>> most_grams(2, 400, 10)
880
"""

from __future__ import annotations

from chalandise.kernel.money import round_half_up


def price_of(unit_price_cents: int, estimate_grams: int, grams: int) -> int:
    """Return the price of ``grams`` where the estimated weight costs ``unit_price_cents``."""
    return round_half_up(unit_price_cents * grams, estimate_grams)


def most_grams(quantity: int, estimate_grams: int, tolerance_percent: int) -> int:
    """Return the heaviest that may be served without asking."""
    return quantity * estimate_grams * (100 + tolerance_percent) // 100
