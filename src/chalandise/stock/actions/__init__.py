"""Writes about stock: what is kept for whom, and what is on hand."""

from chalandise.stock.actions.counting import (
    count_many,
    count_stock,
    keep_stock,
    receive_stock,
    return_stock,
    sell_in_shop,
    stop_keeping_stock,
    write_off,
)
from chalandise.stock.actions.holding import (
    consume_stock,
    expire_holds,
    firm_up,
    hold_stock,
    lose_some,
    lose_stock,
    release_stock,
)
from chalandise.stock.actions.importing import import_shelf

__all__ = [
    "consume_stock",
    "count_many",
    "count_stock",
    "expire_holds",
    "firm_up",
    "hold_stock",
    "import_shelf",
    "keep_stock",
    "lose_some",
    "lose_stock",
    "receive_stock",
    "release_stock",
    "return_stock",
    "sell_in_shop",
    "stop_keeping_stock",
    "write_off",
]
