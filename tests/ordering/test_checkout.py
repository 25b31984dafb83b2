"""From the cart to the order: held, said, chosen, placed once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import Cast
from tests.factories import catalogue, logistics, market
from tests.factories.stock import level

from chalandise.catalogue.actions import change_price
from chalandise.catalogue.models import Product
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.models import SlotCount
from chalandise.ordering.actions.cart import add_to_cart, change_quantity
from chalandise.ordering.actions.checkout import (
    WayWish,
    choose_ways,
    say_who,
    start_checkout,
)
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.errors import (
    Changed,
    CheckoutIncompleteError,
    DeclarationMissingError,
    EmptyCartError,
    PaysOnlineOnlyError,
    TermsChangedError,
    WayGoneError,
)
from chalandise.ordering.models import MerchantOrder, Order, OrderLine, SellerTerms
from chalandise.ordering.queries.checkouts import preview
from chalandise.ordering.queries.orders import terms_under
from chalandise.ordering.recap import digest_of
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db
NOW = market.NOW
BY = Actor("merchant", "1", "Claire")


def test_two_merchants_one_order(cast: Cast) -> None:
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    order = market.ordered(cast.lot, (bakery.offers[0], 2), (books.offers[2], 1))
    bread, book = order.merchant_orders.order_by("number")
    assert (bread.establishment, book.establishment) == (cast.bakery, cast.bookshop)
    assert (bread.total_cents, book.total_cents, order.total_cents) == (900, 1290, 2190)
    assert {bread.state, book.state} == {MerchantOrderState.PLACED}
    assert order.number.count("-") == 1
    assert bread.number == f"{order.number}-1"
    assert level(bakery.offers[0]) == (10, 0, 2)
    assert bread.starts_at is not None
    assert bread.promised_on == bread.starts_at.date()
    assert SlotCount.objects.get(way_key=bread.way_key).booked == 1
    kinds = [row.kind for row in OutboxEvent.objects.filter(kind__startswith="ordering.")]
    assert kinds == ["ordering.order_placed"] + ["ordering.merchant_order_moved"] * 2


def test_what_is_paid_online_awaits_its_payment(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 2), pays="online")
    assert order.merchant_orders.get().state == MerchantOrderState.AWAITING_PAYMENT
    assert order.expires_at == NOW + timedelta(minutes=30)
    assert level(bakery.offers[0]) == (10, 2, 0)


def test_the_cart_is_empty_after_the_order(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 1))
    cart = checkout.cart
    assert cart is not None
    market.place(checkout)
    assert not cart.lines.exists()
    with pytest.raises(EmptyCartError):
        start_checkout(cart, portal=cast.lot, at=NOW)
    add_to_cart(cart, bakery.offers[1].pk, quantity=1, portal=cast.lot, at=NOW)
    again = start_checkout(cart, portal=cast.lot, at=NOW)
    assert again.public_id != checkout.public_id


def test_fault_05_the_same_form_gives_the_same_order(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 1))
    first = market.place(checkout)
    again = place_order(
        checkout,
        seen_total_cents=1,
        form_token=checkout.form_token,
        declarations=Declarations(),
        pays="online",
        at=NOW,
    )
    assert (again.pk, Order.objects.count()) == (first.pk, 1)
    with pytest.raises(NotFoundError):
        place_order(
            checkout,
            seen_total_cents=1,
            form_token="of another",
            declarations=Declarations(),
            pays="online",
            at=NOW,
        )


def test_fault_16_a_dearer_price_is_never_taken_silently(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    change_price(bakery.offers[0], price_cents=500, by=BY, at=NOW)
    later = NOW + timedelta(minutes=1)
    with pytest.raises(TermsChangedError) as refused:
        place_order(
            checkout,
            seen_total_cents=900,
            form_token=checkout.form_token,
            declarations=market.YES,
            pays="online",
            at=later,
        )
    (change,) = refused.value.changes
    assert (change.kind, change.was, change.now) == (Changed.TOTAL, 900, 1000)
    assert not Order.objects.exists()
    assert market.place(checkout, at=later).total_cents == 1000  # seen, and confirmed


def test_fault_16_what_was_read_above_the_button_is_what_is_ordered(cast: Cast) -> None:
    """The sum is the same and something else is not: the page is read again before it binds."""
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    with pytest.raises(TermsChangedError) as refused:
        place_order(
            checkout,
            seen_total_cents=900,
            form_token=checkout.form_token,
            declarations=Declarations(terms=True, age=True, digest="0" * 64),
            pays="online",
            at=NOW,
        )
    assert [one.kind for one in refused.value.changes] == [Changed.ESSENTIALS]
    assert not Order.objects.exists()


def test_what_leaves_the_shelf_meanwhile_is_not_ordered(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2), (bakery.offers[1], 1))
    Product.objects.filter(variants__offer=bakery.offers[1]).update(state="withdrawn")
    with pytest.raises(TermsChangedError) as refused:
        market.place(checkout)
    assert [one.kind for one in refused.value.changes] == [Changed.GONE]
    assert not Order.objects.exists()


def test_a_cart_changed_in_another_window_is_held_anew(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 2))
    assert checkout.cart is not None
    line = checkout.cart.lines.get()
    change_quantity(checkout.cart, line.pk, quantity=3, at=NOW)
    with pytest.raises(TermsChangedError) as refused:
        market.place(checkout)
    assert [one.kind for one in refused.value.changes] == [Changed.CART]
    same = start_checkout(checkout.cart, portal=cast.lot, at=NOW)
    assert same.pk == checkout.pk
    assert level(bakery.offers[0]) == (10, 3, 0)
    assert market.place(same).total_cents == 1350


def test_fault_01_the_last_one_is_held_for_the_first_who_checks_out(cast: Cast) -> None:
    bakery = market.shop(cast.bakery, on_hand=1)
    market.started(cast.lot, (bakery.offers[0], 1))
    with pytest.raises(TermsChangedError) as refused:
        market.started(cast.lot, (bakery.offers[0], 1))
    (change,) = refused.value.changes
    assert (change.kind, change.offer_id, change.now) == (Changed.GONE, bakery.offers[0].pk, 0)
    late = NOW + timedelta(minutes=21)  # the hold has ended
    market.started(cast.lot, (bakery.offers[0], 1), at=late)


def test_each_step_is_asked_for(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    checkout = market.started(cast.lot, (bakery.offers[0], 1))
    with pytest.raises(CheckoutIncompleteError, match="who"):
        preview(checkout, at=NOW)
    say_who(checkout, market.NADIA, at=NOW)
    with pytest.raises(CheckoutIncompleteError, match="way"):
        preview(checkout, at=NOW)
    with pytest.raises(CheckoutIncompleteError, match="way"):
        choose_ways(checkout, {}, at=NOW)
    with pytest.raises(CheckoutIncompleteError, match="slot"):
        choose_ways(checkout, {cast.bakery.pk: WayWish(bakery.point.way_key)}, at=NOW)
    with pytest.raises(WayGoneError):
        choose_ways(checkout, {cast.bakery.pk: WayWish("delivery:1")}, at=NOW)


def test_terms_and_age_are_declared_when_they_must(cast: Cast) -> None:
    cellar = market.shop(cast.bakery, alcohol_degree="13.0")
    checkout = market.checked_out(cast.lot, (cellar.offers[0], 1))
    recap = preview(checkout, at=NOW).recap
    assert (recap.has_alcohol, recap.minimum_age) == (True, 18)
    with pytest.raises(DeclarationMissingError) as refused:
        place_order(
            checkout,
            seen_total_cents=450,
            form_token=checkout.form_token,
            declarations=Declarations(),
            pays="online",
            at=NOW,
        )
    assert refused.value.missing == ("terms", "age")
    assert not Order.objects.exists()


def test_delivery_costs_what_the_zone_says_and_is_taxed(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    logistics.zone(cast.bakery)
    kinds = {cast.bakery.pk: "delivery"}
    order = market.ordered(cast.lot, (bakery.offers[0], 2), kinds=kinds)
    part = order.merchant_orders.get()
    assert (part.items_cents, part.fee_cents, part.total_cents) == (900, 490, 1390)
    assert order.total_cents == 1390
    vat = order.recap["merchants"][0]["vat"]
    assert [(one["rate_bp"], one["gross_cents"]) for one in vat] == [(550, 900), (2000, 490)]
    assert order.address["street"] == "12 rue des Soubirous"
    assert part.promised_on == (NOW + timedelta(days=30)).date()


def test_a_pooled_point_is_paid_online(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    logistics.joins(logistics.pooled_point(cast.lot), cast.bakery)
    kinds = {cast.bakery.pk: "point"}
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 1), kinds=kinds)
    with pytest.raises(PaysOnlineOnlyError):
        market.place(checkout, pays="on_collection")
    assert market.place(checkout).merchant_orders.get().way_kind == "point"


def test_i11_an_order_is_not_moved_by_later_edits(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 2))
    part, line = order.merchant_orders.get(), OrderLine.objects.get()
    before = (part.seller, part.way, line.product_name, line.unit_price_cents, line.vat_rate_bp)
    assert digest_of(order.recap) == order.recap_digest
    change_price(bakery.offers[0], price_cents=999, by=BY, at=NOW)
    catalogue.seller(cast.bakery.organisation, legal_name="Autre SARL", vat_regime="franchise")  # type: ignore[arg-type]
    Product.objects.update(name="Autre chose")
    cast.bakery.name = "Autre enseigne"
    cast.bakery.save(update_fields=["name"])
    part, line = MerchantOrder.objects.get(), OrderLine.objects.get()
    after = (part.seller, part.way, line.product_name, line.unit_price_cents, line.vat_rate_bp)
    assert after == before
    order.refresh_from_db()
    assert digest_of(order.recap) == order.recap_digest
    assert order.recap["merchants"][0]["seller"]["legal_name"] != "Autre SARL"


def test_i11_the_terms_of_sale_are_those_of_the_day(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    first = market.ordered(cast.lot, (bakery.offers[0], 1)).merchant_orders.get()
    market.ordered(cast.lot, (bakery.offers[0], 1))
    organisation = cast.bakery.organisation
    assert organisation is not None
    catalogue.seller(organisation, terms_html="<p>Tout a changé.</p>", terms_version=2)
    later = market.ordered(cast.lot, (bakery.offers[0], 1)).merchant_orders.get()
    assert terms_under(first) == "<p>Nos conditions de vente.</p>"
    assert terms_under(later) == "<p>Tout a changé.</p>"
    assert SellerTerms.objects.count() == 2
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        SellerTerms.objects.update(html="<p>Autre chose.</p>")
