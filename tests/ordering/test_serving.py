"""After the order: accepted, declined, cancelled, received, never collected, never paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, logistics, market, stock
from tests.factories.stock import level

from chalandise.catalogue.models import BasketInvitation, BasketPart, Offer, Product
from chalandise.catalogue.states import InvitationState, ProductKind
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.models import SlotCount
from chalandise.ordering.actions.changing import line_missing
from chalandise.ordering.actions.checkout import WayWish, choose_ways, say_who
from chalandise.ordering.actions.expiring import expire_unpaid, keep_for_payment
from chalandise.ordering.actions.paying import PaidOutcome, mark_paid
from chalandise.ordering.actions.serving import (
    accept_merchant_order,
    arranged,
    cancel_for_customer,
    cancel_merchant_order,
    complete_merchant_order,
    decline_merchant_order,
    mark_uncollected,
)
from chalandise.ordering.errors import PaysOnlineOnlyError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.policies import may_cancel
from chalandise.ordering.states import MerchantOrderState
from chalandise.stock.actions import sell_in_shop
from chalandise.stock.models import StockMovement

pytestmark = pytest.mark.django_db
NOW = market.NOW
LATER = NOW + timedelta(hours=1)
BY = Actor("merchant", "1", "Claire")


def refunds() -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    return [row.payload for row in rows]


def placed(cast: Cast, *, is_paid: bool = False, quantity: int = 2) -> tuple[MerchantOrder, Offer]:
    shop = market.shop(cast.bakery)
    order = market.ordered(
        cast.lot, (shop.offers[0], quantity), pays="online" if is_paid else "on_collection"
    )
    part = order.merchant_orders.get()
    if is_paid:
        assert mark_paid(part.pk, at=NOW) is PaidOutcome.PLACED
    part.refresh_from_db()
    return part, shop.offers[0]


def test_from_yes_to_received(cast: Cast) -> None:
    part, bread = placed(cast)
    assert may_cancel(part)
    accept_merchant_order(part, by=BY, at=NOW)
    assert (part.state, len(part.pickup_code)) == (MerchantOrderState.ACCEPTED, 4)
    assert not may_cancel(part)
    complete_merchant_order(part, by=BY, at=LATER)
    part.refresh_from_db()
    assert (part.state, part.received_at) == (MerchantOrderState.COMPLETED, LATER)
    assert level(bread) == (8, 0, 0)
    assert StockMovement.objects.get(reason="order").reference == part.number
    assert refunds() == []


@pytest.mark.parametrize("is_paid", [True, False], ids=["paid", "unpaid"])
@pytest.mark.parametrize("how", ["declined", "cancelled", "uncollected"])
def test_what_is_not_handed_over_gives_everything_back(
    cast: Cast, how: str, *, is_paid: bool
) -> None:
    part, bread = placed(cast, is_paid=is_paid)
    assert level(bread) == (10, 0, 2)
    if how == "declined":
        decline_merchant_order(part, reason=" Four en panne ", by=BY, at=LATER)
    elif how == "cancelled":
        cancel_merchant_order(part, by=Actor.guest("customer"), at=LATER)
    else:
        accept_merchant_order(part, by=BY, at=NOW)
        mark_uncollected(part, by=BY, at=LATER)
    part.refresh_from_db()
    assert (part.state, part.ended_at) == (how, LATER)
    assert part.reason == ("Four en panne" if how == "declined" else "")
    assert level(bread) == (10, 0, 0)
    assert SlotCount.objects.get().booked == 0
    due = [(one["amount_cents"], one["key"], one["lines"]) for one in refunds()]
    lines = [[part.lines.get().pk, 2]]
    assert due == ([(900, f"{how}:{part.pk}", lines)] if is_paid else [])


def test_of_two_answers_the_second_learns_that_it_was_answered(cast: Cast) -> None:
    part, bread = placed(cast)
    same = MerchantOrder.objects.get(pk=part.pk)
    decline_merchant_order(part, reason="", by=BY, at=NOW)
    with pytest.raises(StaleStateError):
        accept_merchant_order(same, by=BY, at=NOW)
    with pytest.raises(StaleStateError):
        complete_merchant_order(same, by=BY, at=NOW)
    assert level(bread) == (10, 0, 0)


def test_what_is_never_paid_is_let_go(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    assert expire_unpaid(at=NOW + timedelta(minutes=29)) == 0
    assert expire_unpaid(at=NOW + timedelta(minutes=30)) == 1
    assert expire_unpaid(at=NOW + timedelta(minutes=31)) == 0
    assert order.merchant_orders.get().state == MerchantOrderState.EXPIRED
    assert level(shop.offers[0]) == (10, 0, 0)


def test_whoever_is_paying_gets_more_time(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    keep_for_payment(order, until=NOW + timedelta(minutes=50), at=NOW + timedelta(minutes=20))
    assert expire_unpaid(at=NOW + timedelta(minutes=40)) == 0
    assert level(shop.offers[0]) == (10, 2, 0)


def test_a_customer_may_give_up_paying(cast: Cast) -> None:
    shop, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    order = market.ordered(cast.lot, (shop.offers[0], 2), (books.offers[0], 1), pays="online")
    for part in order.merchant_orders.all():
        assert may_cancel(part)
        cancel_merchant_order(part, by=Actor.guest("customer"), at=NOW)
    assert level(shop.offers[0]) == (10, 0, 0)
    assert {one.state for one in order.merchant_orders.all()} == {MerchantOrderState.CANCELLED}


def test_money_that_came_after_the_page_was_drawn_goes_back_with_the_cancel(cast: Cast) -> None:
    """The page showed a payment that was awaited; it is paid by the time the customer presses."""
    shop = market.shop(cast.bakery)
    seen = market.ordered(cast.lot, (shop.offers[0], 2), pays="online").merchant_orders.get()
    assert mark_paid(seen.pk, at=NOW) is PaidOutcome.PLACED
    cancel_for_customer(seen, by=BY, at=LATER)
    assert MerchantOrder.objects.get().state == MerchantOrderState.CANCELLED
    assert [one["amount_cents"] for one in refunds()] == [900]


def test_a_yes_that_came_after_the_page_was_drawn_stands(cast: Cast) -> None:
    seen, _offer = placed(cast, is_paid=True)
    accept_merchant_order(MerchantOrder.objects.get(pk=seen.pk), by=BY, at=LATER)
    with pytest.raises(StaleStateError):
        cancel_for_customer(seen, by=BY, at=LATER)
    assert MerchantOrder.objects.get().state == MerchantOrderState.ACCEPTED
    assert refunds() == []


def test_what_a_person_has_arranged_is_arranged_once(cast: Cast) -> None:
    part, _offer = placed(cast)
    MerchantOrder.objects.update(to_arrange="slot_lost")
    seen = [MerchantOrder.objects.get(pk=part.pk) for _page in range(2)]
    arranged(seen[0], by=BY, at=LATER)
    with pytest.raises(StaleStateError):
        arranged(seen[1], by=BY, at=LATER)


def test_fault_09_late_money_takes_what_remains(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    late = NOW + timedelta(minutes=35)
    expire_unpaid(at=late)
    part = order.merchant_orders.get()
    assert mark_paid(part.pk, at=late) is PaidOutcome.PLACED
    assert mark_paid(part.pk, at=late) is PaidOutcome.ALREADY
    part.refresh_from_db()
    assert (part.state, part.paid_at, part.to_arrange) == ("placed", late, "")
    assert level(shop.offers[0]) == (10, 0, 2)
    assert SlotCount.objects.get().booked == 1


def test_fault_09_late_money_that_finds_nothing_is_lost(cast: Cast) -> None:
    shop = market.shop(cast.bakery, on_hand=2)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    late = NOW + timedelta(minutes=35)  # nobody swept: the hold has ended by itself
    sell_in_shop(shop.offers[0], 1, by=BY, at=late)
    part = order.merchant_orders.get()
    assert mark_paid(part.pk, at=late) is PaidOutcome.LOST
    assert mark_paid(part.pk, at=late) is PaidOutcome.LOST
    part.refresh_from_db()
    assert (part.state, part.paid_at) == (MerchantOrderState.EXPIRED, None)
    assert level(shop.offers[0])[2] == 0


def test_fault_10_money_after_the_slot_keeps_the_order_for_a_person(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    part = order.merchant_orders.get()
    tomorrow = NOW + timedelta(days=1)
    assert mark_paid(part.pk, at=tomorrow) is PaidOutcome.PLACED
    part.refresh_from_db()
    assert (part.state, part.to_arrange) == ("placed", "slot_passed")
    assert part.lines.count() == 1
    arranged(part, by=BY, at=tomorrow)
    part.refresh_from_db()
    assert part.to_arrange == ""


def test_fault_10_money_after_the_slot_went_to_another(cast: Cast) -> None:
    shop = market.shop(cast.bakery, capacity=1)
    wish = {cast.bakery.pk: WayWish(shop.point.way_key, moment("2026-11-19 10:00"))}
    slow = market.started(cast.lot, (shop.offers[0], 1))
    say_who(slow, market.NADIA, at=NOW)
    choose_ways(slow, wish, at=NOW)
    part = market.place(slow).merchant_orders.get()
    late = NOW + timedelta(minutes=31)
    expire_unpaid(at=late)
    quick = market.started(cast.lot, (shop.offers[1], 1), at=late)
    choose_ways(quick, wish, at=late)
    assert mark_paid(part.pk, at=late) is PaidOutcome.PLACED
    part.refresh_from_db()
    assert part.to_arrange == "slot_lost"
    assert SlotCount.objects.get(starts_at=part.starts_at).booked == 1


def test_fault_10_money_for_what_left_the_shelf_keeps_the_lines(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    Product.objects.update(state="withdrawn")
    part = order.merchant_orders.get()
    assert mark_paid(part.pk, at=NOW) is PaidOutcome.PLACED
    part.refresh_from_db()
    assert (part.to_arrange, part.lines.count()) == ("off_the_shelf", 1)


def test_fault_19_one_merchant_is_paid_and_the_other_is_not(cast: Cast) -> None:
    shop, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    order = market.ordered(cast.lot, (shop.offers[0], 2), (books.offers[0], 1), pays="online")
    bread, book = order.merchant_orders.order_by("number")
    mark_paid(bread.pk, at=NOW)
    expire_unpaid(at=NOW + timedelta(minutes=31))
    assert [one.state for one in order.merchant_orders.order_by("number")] == ["placed", "expired"]
    assert level(shop.offers[0]) == (10, 0, 2)
    assert level(books.offers[0]) == (10, 0, 0)
    assert book.lines.count() == 1


def test_money_at_the_counter_is_noted_once_and_goes_back_if_need_be(cast: Cast) -> None:
    part, _bread = placed(cast)
    accept_merchant_order(part, by=BY, at=NOW)
    assert mark_paid(part.pk, at=LATER) is PaidOutcome.PLACED
    assert mark_paid(part.pk, at=LATER) is PaidOutcome.ALREADY
    part.refresh_from_db()
    assert (part.state, part.paid_at) == (MerchantOrderState.ACCEPTED, LATER)


def basket(cast: Cast) -> tuple[Offer, Offer, Offer]:
    """A basket of the bookshop with a book of its own and two brioches of the bakery."""
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    made = catalogue.product(
        cast.bookshop, "Goûter lu", price_cents=3000, category="livres", kind=ProductKind.BASKET
    )
    offer = catalogue.offer_of(made)
    BasketPart.objects.create(
        basket=offer, offer=books.offers[0], quantity=1, share_cents=2100, position=1
    )
    BasketPart.objects.create(
        basket=offer, offer=bakery.offers[0], quantity=2, share_cents=900, position=2
    )
    neighbour = cast.bakery.organisation
    assert neighbour is not None
    BasketInvitation.objects.create(
        product=made, organisation=neighbour, state=InvitationState.AGREED
    )
    return offer, books.offers[0], bakery.offers[0]


def test_a_gift_basket_is_sold_by_each_and_collected_at_one(cast: Cast) -> None:
    gift, book, brioche = basket(cast)
    checkout = market.checked_out(cast.lot, (gift, 2), (brioche, 1))
    with pytest.raises(PaysOnlineOnlyError):
        market.place(checkout, pays="on_collection")
    order = market.place(checkout)
    own, direct, gathered = order.merchant_orders.order_by("number")
    assert order.total_cents == 6000 + 450
    assert (own.establishment, own.items_cents) == (cast.bookshop, 4200)
    assert (direct.establishment, direct.gathered_by) == (cast.bakery, None)
    assert (gathered.establishment, gathered.gathered_by) == (cast.bakery, own)
    assert (gathered.items_cents, gathered.fee_cents) == (1800, 0)
    assert (gathered.way_key, gathered.starts_at) == (own.way_key, own.starts_at)
    assert direct.way_key != own.way_key
    assert stock.level(brioche) == (10, 5, 0)
    assert stock.level(book) == (10, 2, 0)
    for part in (own, direct, gathered):
        mark_paid(part.pk, at=NOW)
        part.refresh_from_db()
        accept_merchant_order(part, by=BY, at=NOW)
    complete_merchant_order(own, by=BY, at=LATER)
    gathered.refresh_from_db()
    direct.refresh_from_db()
    assert (gathered.state, direct.state) == ("completed", "accepted")


def test_a_basket_that_lacks_a_part_is_for_a_person_to_arrange(cast: Cast) -> None:
    gift, _book, _brioche = basket(cast)
    order = market.ordered(cast.lot, (gift, 1), pays="online")
    own, gathered = order.merchant_orders.order_by("number")
    for part in (own, gathered):
        mark_paid(part.pk, at=NOW)
        part.refresh_from_db()
    decline_merchant_order(gathered, reason="Plus de brioche", by=BY, at=NOW)
    own.refresh_from_db()
    assert (own.state, own.to_arrange) == ("placed", "basket_incomplete")
    assert [one["amount_cents"] for one in refunds()] == [900]
    cancel_merchant_order(own, by=BY, at=NOW)
    assert [one["amount_cents"] for one in refunds()] == [900, 2100]


def test_delivery_goes_back_too_where_every_line_was_missing(cast: Cast) -> None:
    """Found by the simulator (seed 20261122): the fee of an empty parcel was kept."""
    shop = market.shop(cast.bakery)
    logistics.zone(cast.bakery)
    kinds = {cast.bakery.pk: "delivery"}
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online", kinds=kinds)
    part = order.merchant_orders.get()
    assert part.fee_cents == 490
    mark_paid(part.pk, at=market.NOW)
    part.refresh_from_db()
    line_missing(part.lines.get(), quantity=2, by=Actor.system("test"), at=market.NOW)
    decline_merchant_order(part, reason="", by=Actor.system("test"), at=market.NOW)
    told = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    assert [one.payload["amount_cents"] for one in told] == [900, 490]
