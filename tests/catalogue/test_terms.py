"""What higher rooms learn of an offer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import set_availability, start_promotion, withdraw_product
from chalandise.catalogue.queries import cards_of, terms_of

NOW = moment("2026-11-18 10:30")


def test_the_terms_of_a_loaf(cast: Cast) -> None:
    loaf = catalogue.offer(
        cast.bakery,
        "Pain de seigle",
        price_cents=320,
        new={"net_quantity": Decimal(250), "net_unit": "g", "weight_grams": 250},
    )
    terms = terms_of([loaf.pk, 10**9], at=NOW)
    assert set(terms) == {loaf.pk}
    one = terms[loaf.pk]
    assert (one.product_name, one.price_cents, one.vat_rate_bp) == ("Pain de seigle", 320, 550)
    assert (one.unit_price_cents, one.unit_price_unit) == (1280, "kg")
    assert one.organisation_id == cast.bakery.organisation_id
    assert one.allergens == ()
    assert one.is_orderable
    assert one.withdrawal_exception == "perishable"
    assert one.reference_price_cents is None


def test_a_seller_under_the_franchise_charges_no_tax(cast: Cast) -> None:
    loaf = catalogue.offer(cast.bakery)
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation, vat_regime="franchise", vat_number="")
    assert terms_of([loaf.pk], at=NOW)[loaf.pk].vat_rate_bp == 0
    assert terms_of([loaf.pk], at=NOW)[loaf.pk].is_orderable


def test_what_is_priced_by_weight_costs_its_estimate(cast: Cast) -> None:
    cheese = catalogue.offer(cast.bakery, price_cents=2490, new={"estimate_grams": 350})
    one = terms_of([cheese.pk], at=NOW)[cheese.pk]
    assert (one.price_cents, one.unit_price_cents, one.unit_price_unit) == (872, 2490, "kg")
    assert (one.estimate_grams, one.weight_grams) == (350, 350)


def test_what_cannot_be_ordered_says_so(cast: Cast) -> None:
    one, other, third = (catalogue.offer(cast.bakery) for _ in range(3))
    set_availability(one, is_available=False, by=catalogue.BY, at=NOW)
    withdraw_product(other.variant.product, by=catalogue.BY, at=NOW)
    found = terms_of([one.pk, other.pk, third.pk], at=NOW)
    assert [found[o.pk].is_orderable for o in (one, other, third)] == [False, False, True]
    assert third.variant.product.establishment.organisation is not None
    catalogue.seller(third.variant.product.establishment.organisation, mediator_name="")
    assert not terms_of([third.pk], at=NOW)[third.pk].is_orderable


def test_a_promotion_crosses_out_the_price_of_before(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, price_cents=2000, category="livres")
    start_promotion(
        book,
        price_cents=1500,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=3),
        by=catalogue.BY,
        at=NOW,
    )
    one = terms_of([book.pk], at=NOW)[book.pk]
    assert (one.price_cents, one.reference_price_cents) == (1500, 2000)
    after = terms_of([book.pk], at=NOW + timedelta(days=3))[book.pk]
    assert (after.price_cents, after.reference_price_cents) == (2000, None)


@pytest.mark.parametrize("number", [1, 9])
def test_terms_and_cards_cost_three_statements_at_most(cast: Cast, number: int) -> None:
    offers = [catalogue.offer(cast.bookshop, category="livres") for _ in range(number)]
    with CaptureQueriesContext(connection) as captured:
        terms_of([one.pk for one in offers], at=NOW)
    assert len(captured) == 1
    start_promotion(
        offers[0],
        price_cents=100,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
        by=catalogue.BY,
        at=NOW,
    )
    with CaptureQueriesContext(connection) as captured:
        terms_of([one.pk for one in offers], at=NOW)
    assert len(captured) == 3
    with CaptureQueriesContext(connection) as captured:
        cards = cards_of([one.variant.product_id for one in offers], at=NOW)
    assert len(captured) == 3
    assert [card.terms.offer_id for card in cards] == [one.pk for one in offers]
