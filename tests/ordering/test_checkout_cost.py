"""What a checkout asks of the database: a fixed number of statements (design §6: at most forty)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories import logistics, market

from chalandise.ordering.actions.cart import put_in_cart
from chalandise.ordering.actions.checkout import choose_ways, say_who, start_checkout
from chalandise.ordering.actions.placing import place_order
from chalandise.ordering.models import Cart
from chalandise.ordering.queries.carts import view_cart
from chalandise.ordering.queries.checkouts import parts_of, ways_for

pytestmark = pytest.mark.django_db
NOW = market.NOW
_FRAMES = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked, the frames of transactions left aside."""
    asked: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield asked
    asked.extend(
        row["sql"] for row in captured.captured_queries if not row["sql"].startswith(_FRAMES)
    )


def buy(
    cart: Cart, cast: Cast, kind: str = "pickup", pays: str = "on_collection"
) -> dict[str, int]:
    """Take a cart to a placed order and tell what each step asked."""
    counts = {}
    with statements() as asked:
        checkout = start_checkout(cart, portal=cast.lot, at=NOW)
    counts["start"] = len(asked)
    with statements() as asked:
        say_who(checkout, market.NADIA, at=NOW)
    counts["who"] = len(asked)
    ways = ways_for(checkout, parts_of(checkout), at=NOW)
    chosen = {
        shop: next(way for way in options if way.kind == kind) for shop, options in ways.items()
    }
    wishes = {
        shop: market.WayWish(way.key, way.first_slot.starts_at if way.first_slot else None)
        for shop, way in chosen.items()
    }
    with statements() as asked:
        choose_ways(checkout, wishes, at=NOW)
    counts["ways"] = len(asked)
    total = sum(line.quantity * line.seen_price_cents for line in cart.lines.all())
    total += sum(way.fee_cents for way in chosen.values())
    with statements() as asked:
        place_order(
            checkout,
            seen_total_cents=total,
            form_token=checkout.form_token,
            declarations=market.YES,
            pays=pays,
            at=NOW,
        )
    counts["place"] = len(asked)
    return counts


def test_an_order_of_two_merchants_costs_forty_statements_at_most(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    one = market.cart(cast.lot, (bakery.offers[0], 1), (books.offers[0], 1))
    wishes = [(offer, 2) for shop in (bakery, books) for offer in shop.offers]
    many = market.cart(cast.lot, *wishes)
    small, large = buy(one, cast), buy(many, cast)
    assert small == large
    assert small == {"start": 7, "who": 1, "ways": 6, "place": 9}


@pytest.mark.parametrize("with_rounds", [False, True], ids=["any day", "in rounds"])
def test_an_order_that_is_brought_costs_forty_too(cast: Cast, *, with_rounds: bool) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    rounds = [(day, "09:00", "18:00", 5) for day in range(7)] if with_rounds else []
    for shop in (cast.bakery, cast.bookshop):
        logistics.zone(shop, *rounds)
    cart = market.cart(cast.lot, (bakery.offers[0], 1), (books.offers[0], 1))
    counts = buy(cart, cast, "delivery")
    assert sum(counts.values()) <= 40, counts


def test_an_order_that_is_sent_costs_forty_too(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    for shop in (cast.bakery, cast.bookshop):
        logistics.parcel(shop)
    cart = market.cart(cast.lot, (bakery.offers[0], 1), (books.offers[0], 1))
    counts = buy(cart, cast, "shipping", "online")
    assert sum(counts.values()) <= 40, counts


def test_a_cart_costs_the_same_whatever_its_size(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    one = market.cart(cast.lot, (bakery.offers[0], 1))
    wishes = [(offer, 2) for shop in (bakery, books) for offer in shop.offers]
    many = market.cart(cast.lot, *wishes)
    counts = []
    for cart in (one, many):
        with statements() as asked:
            view_cart(cart, at=NOW)
        counts.append(len(asked))
    assert counts == [3, 3]
    for cart, count in ((None, 2), (many, 14)):
        with statements() as asked:
            put = put_in_cart(cart, bakery.offers[0].pk, quantity=2, portal=cast.lot, at=NOW)
        assert (put.count, len(asked)) == (count, 2)
