"""What somebody thinks of buying: put in, changed, merged, looked at again, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories import market

from chalandise.catalogue.actions import change_price
from chalandise.catalogue.models import Product
from chalandise.journal.states import Actor
from chalandise.ordering.actions.cart import (
    MOST_LINES,
    accept_changes,
    add_to_cart,
    change_quantity,
    forget_old_carts,
    merge_carts,
    remove_line,
)
from chalandise.ordering.errors import CartFullError, Changed, NotOrderableError
from chalandise.ordering.models import Cart, CartLine, Checkout
from chalandise.ordering.queries.carts import find_cart, view_cart
from chalandise.stock.actions import sell_in_shop

pytestmark = pytest.mark.django_db
NOW = market.NOW
BY = Actor("merchant", "1", "Claire")


def test_the_same_thing_twice_is_one_line_up_to_99(cast: Cast) -> None:
    shop = market.shop(cast.bakery, on_hand=None)
    cart = market.cart(cast.lot, (shop.offers[0], 60), (shop.offers[0], 30))
    assert cart.lines.get().quantity == 90
    add_to_cart(cart, shop.offers[0].pk, quantity="30", portal=cast.lot, at=NOW)
    assert cart.lines.get().quantity == 99


def test_a_cart_is_shown_by_merchant_with_what_it_costs_now(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    cart = market.cart(cast.lot, (books.offers[0], 1), (bakery.offers[0], 2), (books.offers[2], 1))
    view = view_cart(cart, at=NOW)
    assert [group.establishment for group in view.groups] == [cast.bookshop, cast.bakery]
    assert [group.items_cents for group in view.groups] == [1740, 900]
    assert (view.items_cents, view.count, view.changes) == (2640, 4, ())
    assert view.groups[0].lines[0].left == 10


def test_fault_16_what_changed_since_is_told_until_it_is_accepted(cast: Cast) -> None:
    shop = market.shop(cast.bakery, prices=(450, 120, 1290, 300))
    dear, short, gone, cheap = shop.offers
    cart = market.cart(cast.lot, (dear, 1), (short, 8), (gone, 1), (cheap, 1))
    change_price(dear, price_cents=500, by=BY, at=NOW)
    change_price(cheap, price_cents=250, by=BY, at=NOW)
    sell_in_shop(short, 6, by=BY, at=NOW)
    Product.objects.filter(variants__offer=gone).update(state="withdrawn")
    later = NOW + timedelta(minutes=1)
    told = {(one.kind, one.offer_id, one.was, one.now) for one in view_cart(cart, at=later).changes}
    assert told == {
        (Changed.PRICE_UP, dear.pk, 450, 500),
        (Changed.PRICE_DOWN, cheap.pk, 300, 250),
        (Changed.LESS_LEFT, short.pk, 8, 4),
        (Changed.GONE, gone.pk, 1, 0),
    }
    assert len(view_cart(cart, at=later).blocking) == 3
    accept_changes(cart, at=later)
    view = view_cart(cart, at=later)
    assert (view.changes, view.count) == ((), 6)
    assert view.items_cents == 500 + 4 * 120 + 250


def test_what_is_not_on_the_shelf_of_this_portal_cannot_be_added(cast: Cast) -> None:
    shop, foreign = market.shop(cast.bakery), market.shop(cast.foreign_shop)
    Product.objects.filter(variants__offer=shop.offers[1]).update(state="withdrawn")
    cast.bookshop.status = "hidden"
    cast.bookshop.save(update_fields=["status"])
    hidden = market.shop(cast.bookshop)
    for offer_id in (shop.offers[1].pk, foreign.offers[0].pk, hidden.offers[0].pk, 10**9, -1):
        with pytest.raises(NotOrderableError):
            add_to_cart(None, offer_id, quantity=1, portal=cast.lot, at=NOW)
    assert not Cart.objects.exists()


def test_a_cart_has_a_bottom(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    cart = market.cart(cast.lot, (shop.offers[0], 1))
    line = cart.lines.get()
    filler = market.shop(cast.bookshop, prices=(100,) * MOST_LINES, on_hand=None)
    CartLine.objects.bulk_create(
        CartLine(cart=cart, offer=offer, quantity=1, seen_price_cents=100)
        for offer in filler.offers[:-1]
    )
    with pytest.raises(CartFullError):
        add_to_cart(cart, shop.offers[1].pk, quantity=1, portal=cast.lot, at=NOW)
    add_to_cart(cart, shop.offers[0].pk, quantity=1, portal=cast.lot, at=NOW)
    line.refresh_from_db()
    assert line.quantity == 2


def test_lines_change_and_leave_in_their_own_cart_alone(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    mine, other = (market.cart(cast.lot, (shop.offers[0], 1)) for _ in range(2))
    line = other.lines.get()
    change_quantity(mine, line.pk, quantity=9, at=NOW)
    remove_line(mine, line.pk, at=NOW)
    assert other.lines.get().quantity == 1
    remove_line(other, line.pk, at=NOW)
    assert view_cart(other, at=NOW).is_empty


def test_a_sub_portal_shares_the_cart_and_the_neighbour_does_not(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    cart = market.cart(cast.cahors, (shop.offers[0], 2))
    assert find_cart(cast.lot, token=cart.token) == cart
    assert find_cart(cast.cahors, token=cart.token) == cart
    assert find_cart(cast.elsewhere, token=cart.token) is None
    assert find_cart(cast.lot, token="") is None


def test_signing_in_brings_the_cart_along(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    guest = market.cart(cast.lot, (shop.offers[0], 3), (shop.offers[1], 1))
    mine = market.cart(cast.lot, (shop.offers[0], 2), (shop.offers[2], 1), user=cast.nadia)
    merged = merge_carts(guest, user=cast.nadia, portal=cast.lot, at=NOW)
    assert merged == mine
    lines = dict(mine.lines.values_list("offer", "quantity"))
    assert lines == {offer.pk: count for offer, count in zip(shop.offers, (3, 1, 1), strict=True)}
    assert merge_carts(merged, user=cast.nadia, portal=cast.lot, at=NOW) == mine
    assert Cart.objects.count() == 1


def test_signing_in_with_no_cart_keeps_the_checkout_under_way(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    checkout = market.started(cast.lot, (shop.offers[0], 3))
    merged = merge_carts(checkout.cart, user=cast.nadia, portal=cast.cahors, at=NOW)
    assert merged == checkout.cart
    assert find_cart(cast.lot, user=cast.nadia) == merged
    assert find_cart(cast.lot, token=merged.token if merged else "") is None  # no longer a guest's
    assert merge_carts(None, user=cast.claire, portal=cast.lot, at=NOW) is None


def test_nobodys_cart_can_be_taken_by_its_token(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    claires = market.cart(cast.lot, (shop.offers[0], 3), user=cast.claire)
    assert merge_carts(claires, user=cast.nadia, portal=cast.lot, at=NOW) is None
    assert claires.lines.count() == 1


def test_old_carts_are_forgotten(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    old = market.cart(cast.lot, (shop.offers[0], 1), at=NOW - timedelta(days=60))
    market.started(cast.lot, (shop.offers[0], 1), at=NOW - timedelta(days=31))
    assert forget_old_carts(at=NOW) == 1
    assert not Cart.objects.filter(pk=old.pk).exists()
    assert not Checkout.objects.exists()
    assert Cart.objects.count() == 1
