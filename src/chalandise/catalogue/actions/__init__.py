"""Writes about products, one file per subject."""

from chalandise.catalogue.actions.baskets import agree_to_basket, compose_basket, decline_basket
from chalandise.catalogue.actions.editing import RowEdit, edit_many, edit_offer, edit_product
from chalandise.catalogue.actions.finishing import Answers, finish_product
from chalandise.catalogue.actions.importing import import_products
from chalandise.catalogue.actions.photos import (
    add_photo,
    describe_photo,
    put_photo_first,
    remove_photo,
)
from chalandise.catalogue.actions.prices import (
    call_off_promotion,
    change_price,
    price_book,
    start_promotion,
)
from chalandise.catalogue.actions.sellers import accept_mandate, save_seller_profile
from chalandise.catalogue.actions.shelf import (
    NewProduct,
    begin_counting,
    publish_product,
    publish_ready,
    put_on_shelf,
    recall_products,
    set_availability,
    set_keeps_stock,
    withdraw_product,
)

__all__ = [
    "Answers",
    "NewProduct",
    "RowEdit",
    "accept_mandate",
    "add_photo",
    "agree_to_basket",
    "begin_counting",
    "call_off_promotion",
    "change_price",
    "compose_basket",
    "decline_basket",
    "describe_photo",
    "edit_many",
    "edit_offer",
    "edit_product",
    "finish_product",
    "import_products",
    "price_book",
    "publish_product",
    "publish_ready",
    "put_on_shelf",
    "put_photo_first",
    "recall_products",
    "remove_photo",
    "save_seller_profile",
    "set_availability",
    "set_keeps_stock",
    "start_promotion",
    "withdraw_product",
]
