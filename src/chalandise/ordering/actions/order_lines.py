"""Lines of an order: copies of what was planned and shown (invariant I11)."""

from __future__ import annotations

from typing import Any

from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.ordering.sharing import PlannedLine

_SAME_FIELDS = (
    "offer_id",
    "product_name",
    "variant_name",
    "product_slug",
    "photo_name",
    "quantity",
    "unit_price_cents",
    "total_cents",
    "reference_price_cents",
    "vat_code",
    "vat_rate_bp",
    "goods_kind",
    "withdrawal_exception",
    "is_alcohol",
    "minimum_age",
    "unit_price",
    "is_weight_priced",
    "estimate_grams",
    "price_per_kilo_cents",
    "tolerance_percent",
    "basket_key",
    "basket_name",
)


def new_line(part: MerchantOrder, line: PlannedLine, place: int) -> OrderLine:
    """Return the line of an order that a planned line becomes, not written yet."""
    values: dict[str, Any] = {name: getattr(line, name) for name in _SAME_FIELDS}
    allergens = None if line.allergens is None else list(line.allergens)
    return OrderLine(merchant_order=part, position=place, allergens=allergens, **values)
