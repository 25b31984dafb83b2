"""Writes about products, one file per subject."""

from chalandise.catalogue.actions.prices import call_off_promotion, change_price, start_promotion
from chalandise.catalogue.actions.shelf import (
    NewProduct,
    publish_product,
    put_on_shelf,
    set_availability,
    set_keeps_stock,
    withdraw_product,
)

__all__ = [
    "NewProduct",
    "call_off_promotion",
    "change_price",
    "publish_product",
    "put_on_shelf",
    "set_availability",
    "set_keeps_stock",
    "start_promotion",
    "withdraw_product",
]
