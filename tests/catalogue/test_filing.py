"""A product filed elsewhere takes what its new category proposes, and keeps what somebody decided."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import edit_many, edit_offer, edit_product
from chalandise.catalogue.actions.editing import RowEdit
from chalandise.catalogue.models import Product
from chalandise.catalogue.states import ProductState

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY


def facts_of(product: Product) -> tuple[bool, str, str]:
    product.refresh_from_db()
    codes = {one.offer.vat_code for one in product.variants.select_related("offer")}
    assert len(codes) == 1
    return product.is_perishable, product.withdrawal_exception, codes.pop()


@pytest.fixture
def bauble(cast: Cast) -> Product:
    """A glass « boule », which its name files with loaves."""
    made = catalogue.product(
        cast.bakery, "Boule de Noël en verre", category="", state=ProductState.DRAFT
    )
    assert made.category_id == "pains"
    catalogue.variant(made, "Grande", price_cents=900)
    return made


def test_what_was_taken_for_bread_loses_all_that_bread_proposed(bauble: Product) -> None:
    assert facts_of(bauble) == (True, "perishable", "reduced")
    edit_product(bauble, {"category": "decoration"}, by=BY, at=NOW)
    assert facts_of(bauble) == (False, "", "standard")
    edit_product(bauble, {"category": "pains"}, by=BY, at=NOW)
    assert facts_of(bauble) == (True, "perishable", "reduced")


def test_the_table_files_anew_as_the_form_does(cast: Cast, bauble: Product) -> None:
    offer = catalogue.offer_of(bauble)
    edit_many(cast.bakery, {offer.pk: RowEdit(category="decoration")}, by=BY, at=NOW)
    assert facts_of(bauble) == (False, "", "standard")


def test_what_somebody_decided_stays(bauble: Product) -> None:
    for one in bauble.variants.select_related("offer"):
        edit_offer(one.offer, {"vat_code": "intermediate"}, by=BY, at=NOW)
    bauble.refresh_from_db()
    decided = {"withdrawal_exception": "made_to_order", "is_perishable": False}
    edit_product(bauble, decided, by=BY, at=NOW)
    edit_product(bauble, {"category": "decoration"}, by=BY, at=NOW)
    assert facts_of(bauble) == (False, "made_to_order", "intermediate")


def test_what_is_said_with_the_new_category_wins(bauble: Product) -> None:
    said = {"withdrawal_exception": "made_to_order", "category": "decoration"}
    edit_product(bauble, said, by=BY, at=NOW)
    assert facts_of(bauble) == (False, "made_to_order", "standard")


def test_an_age_goes_with_the_category_that_asked_for_it(cast: Cast) -> None:
    made = catalogue.product(cast.bakery, "Confit de vin", category="vins", state="draft")
    assert made.minimum_age == 18
    edit_product(made, {"category": "confitures"}, by=BY, at=NOW)
    made.refresh_from_db()
    assert made.minimum_age == 0
