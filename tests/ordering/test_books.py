"""New books are not brought for nothing: 3 € below 35 € of books, one cent from there, free at the shop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.catalogue.actions import (
    agree_to_basket,
    compose_basket,
    price_book,
    publish_product,
)
from chalandise.catalogue.models import Offer, Product
from chalandise.journal.states import Actor
from chalandise.logistics.values import Way
from chalandise.ordering.books import LEAST_FEE_CENTS, Books, lawful_ways, least_fee
from chalandise.ordering.queries.checkouts import parts_of, preview, ways_for

way = st.builds(
    Way,
    key=st.just("delivery:1"),
    kind=st.sampled_from(["pickup", "point", "delivery", "shipping"]),
    label=st.just(""),
    address=st.just(""),
    fee_cents=st.integers(0, 2000),
    needs_slot=st.booleans(),
    timezone=st.just("Europe/Paris"),
)


@pytest.mark.parametrize(
    ("books", "least"), [(0, 0), (1, 300), (3499, 300), (3500, 1), (3501, 1), (900_000, 1)]
)
def test_the_least_price_is_that_of_the_arrete_of_4_april_2023(books: int, least: int) -> None:
    assert least_fee(books) == least


@given(one=way, books=st.integers(0, 10_000))
def test_a_fee_only_ever_rises_to_the_floor_and_never_at_the_shop(one: Way, books: int) -> None:
    (found,) = lawful_ways([one], Books(books))
    if one.kind == "pickup" or not books:
        assert found == one
    else:
        assert found.fee_cents == max(one.fee_cents, least_fee(books))


def fees(cast: Cast, *, category: str, prices: tuple[int, ...]) -> dict[str, int]:
    """Return what each way of a shop costs that brings for nothing."""
    shop = market.shop(cast.bookshop, prices=prices, category=category)
    logistics.zone(cast.bookshop, rate={"kind": "flat", "cents": 0})
    wishes = [(offer, 1) for offer in shop.offers]
    checkout = market.checked_out(cast.lot, *wishes, kinds={cast.bookshop.pk: "delivery"})
    found = ways_for(checkout, parts_of(checkout), at=market.NOW)[cast.bookshop.pk]
    shown = preview(checkout, at=market.NOW)
    assert shown.changes == ()
    told = {way.kind: way.fee_cents for way in found}
    assert shown.recap.fee_cents == told["delivery"]
    return told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("category", "prices", "fee"),
    [("livres", (1200,), 300), ("livres", (2000, 1500), 1), ("papeterie", (1200,), 0)],
)
def test_the_checkout_asks_the_least_price_where_books_are_brought(
    cast: Cast, category: str, prices: tuple[int, ...], fee: int
) -> None:
    told = fees(cast, category=category, prices=prices)
    assert told["delivery"] == fee
    assert told["pickup"] == 0


@pytest.mark.django_db
def test_second_hand_books_may_be_brought_for_nothing(cast: Cast) -> None:
    shop = market.shop(cast.bookshop, prices=(1200,), category="livres")
    Product.objects.update(labels=["second_hand"])
    logistics.zone(cast.bookshop, rate={"kind": "flat", "cents": 0})
    order = market.ordered(cast.lot, (shop.offers[0], 1), kinds={cast.bookshop.pk: "delivery"})
    assert order.fee_cents == 0
    assert LEAST_FEE_CENTS == 300


@given(one=way, books=st.integers(1, 10_000))
def test_what_costs_less_than_its_publisher_asks_is_collected(one: Way, books: int) -> None:
    """Article 1, fourth paragraph: what is sent is sold at the publisher's price."""
    found = lawful_ways([one], Books(books, has_reduced=True))
    assert found == ([one] if one.kind == "pickup" else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("publisher", "fees_told"), [(1200, {"pickup": 0, "point": 300}), (1250, {"pickup": 0})]
)
def test_a_pooled_point_is_no_bookshop(
    cast: Cast, publisher: int, fees_told: dict[str, int]
) -> None:
    """Free only where a shop that sells books hands them over; less than its price only there."""
    shop = market.shop(cast.bookshop, prices=(1200,), category="livres")
    logistics.joins(logistics.pooled_point(cast.lot), cast.bookshop, fee_cents=0)
    price_book(
        shop.offers[0],
        publisher_price_cents=publisher,
        is_old_stock=False,
        by=Actor.system("test"),
        at=market.NOW,
    )
    checkout = market.checked_out(cast.lot, (shop.offers[0], 1))
    found = ways_for(checkout, parts_of(checkout), at=market.NOW)[cast.bookshop.pk]
    assert {one.kind: one.fee_cents for one in found} == fees_told


@pytest.mark.django_db
def test_a_book_in_a_gift_basket_is_brought_like_any_other(cast: Cast) -> None:
    novel = market.shop(cast.bookshop, prices=(1200,), category="livres").offers[0]
    bread = market.shop(cast.bakery, prices=(500,)).offers[0]
    by = Actor.system("test")
    made = compose_basket(
        cast.bakery,
        name="Panier",
        price_cents=1700,
        parts={novel.pk: 1, bread.pk: 1},
        by=by,
        at=market.NOW,
    )
    agree_to_basket(made.invitations.get(), by=by, at=market.NOW)
    publish_product(made, by=by, at=market.NOW)
    logistics.zone(cast.bakery, rate={"kind": "flat", "cents": 0})
    basket = Offer.objects.get(variant__product=made)
    checkout = market.checked_out(cast.lot, (basket, 1))
    found = ways_for(checkout, parts_of(checkout), at=market.NOW)[cast.bakery.pk]
    assert {one.kind: one.fee_cents for one in found} == {"pickup": 0, "delivery": 300}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("publisher", "is_old", "ways"), [(1200, False, 2), (1250, False, 1), (2400, True, 2)]
)
def test_the_checkout_brings_new_books_at_their_publisher_s_price_only(
    cast: Cast, publisher: int, is_old: bool, ways: int
) -> None:
    shop = market.shop(cast.bookshop, prices=(1200,), category="livres")
    logistics.zone(cast.bookshop, rate={"kind": "flat", "cents": 400})
    price_book(
        shop.offers[0],
        publisher_price_cents=publisher,
        is_old_stock=is_old,
        by=Actor.system("test"),
        at=market.NOW,
    )
    checkout = market.checked_out(cast.lot, (shop.offers[0], 1))
    found = ways_for(checkout, parts_of(checkout), at=market.NOW)[cast.bookshop.pk]
    assert len(found) == ways
    assert "pickup" in {one.kind for one in found}
