"""What becomes of goods when an order ends: only what is still in the shop goes back on its shelf."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, market, organisations, payments
from tests.factories.fulfilment import CUSTOMER, MERCHANT, line_with
from tests.factories.stock import level

from chalandise.catalogue.models import Offer
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.calling_off import call_off
from chalandise.fulfilment.actions.handing import Checks, deliver, send_out
from chalandise.fulfilment.actions.lateness import demand_delivery, end_late_order
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.actions.whole import Outcome, refund_whole_order
from chalandise.fulfilment.jobs import turn_clock
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.models import OutboxEvent
from chalandise.ordering.actions.changing import line_weighed
from chalandise.ordering.actions.refund_turns import say_sent
from chalandise.ordering.actions.withdrawing import (
    confirm_withdrawal,
    grant_withdrawal,
    return_withdrawal,
)
from chalandise.ordering.models import MerchantOrder, Order, OrderLine, Withdrawal
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.payments.actions.settling import settle
from chalandise.storefront.following.withdrawal_keys import to_form

pytestmark = pytest.mark.django_db
KEEPS = {"is_perishable": False, "withdrawal_exception": ""}
NOW = market.NOW
NADIA = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}


def one_offer(shop: Establishment, **details: object) -> Offer:
    """Let a shop be paid online for one thing, of which ten are there."""
    payments.merchant_account(shop, at=NOW)
    return market.shop(shop, prices=(450,), **details).offers[0]


def bought(cast: Cast, *offers: Offer) -> Order:
    """Buy two of each, paid online."""
    order = market.ordered(cast.lot, *((one, 2) for one in offers), pays="online")
    visit = payments.visit(order, at=NOW)
    payments.pay(visit, at=NOW)
    for payment in visit.payments.order_by("pk"):
        settle(payment.pk, at=NOW)
    return order


def by_post(order: Order, shop: Establishment) -> MerchantOrder:
    """Have one merchant's part sent by post, promised for the same day."""
    part = market.part_of(order, shop)
    MerchantOrder.objects.filter(pk=part.pk).update(
        way_kind=WayKind.SHIPPING, starts_at=None, ends_at=None, promised_on=NOW.date()
    )
    part.refresh_from_db()
    accept(part, by=MERCHANT, at=NOW)
    return part


def test_of_a_whole_order_only_what_never_left_nor_perishes_goes_back_on_the_shelf(
    cast: Cast,
) -> None:
    weaver = directory.establishment(
        "La Laine du Causse", organisation=organisations.organisation(cast.nadia)
    )
    bread = one_offer(cast.bakery)
    books, wool = one_offer(cast.bookshop, **KEEPS), one_offer(weaver, **KEEPS)
    order = bought(cast, bread, books, wool)
    parcel = by_post(order, cast.bookshop)
    send_out(parcel, by=MERCHANT, at=NOW)
    bag = market.part_of(order, cast.bakery)
    accept(bag, by=MERCHANT, at=NOW)
    mark_ready(bag, by=MERCHANT, at=NOW)
    assert [level(one) for one in (bread, books, wool)] == [(10, 0, 2)] * 3
    done = refund_whole_order(order, reason="Une erreur", by=MERCHANT, at=NOW)
    outcomes = {one.part.establishment_id: one.outcome for one in done}
    assert outcomes == {
        cast.bakery.pk: Outcome.CALLED_OFF,
        cast.bookshop.pk: Outcome.ON_ITS_WAY,
        weaver.pk: Outcome.CALLED_OFF,
    }
    assert (level(bread), level(wool)) == ((8, 0, 0), (10, 0, 0))
    assert level(books) == (10, 0, 2), "what is on the road is nobody else's"
    due = OutboxEvent.objects.filter(kind="ordering.refund_due")
    assert [one.payload["amount_cents"] for one in due] == [900] * 3
    again = refund_whole_order(order, reason="Une erreur", by=MERCHANT, at=NOW)
    assert {one.outcome for one in again} == {Outcome.NOTHING_LEFT}
    assert due.count() == 3
    assert Fulfilment.objects.get(merchant_order=parcel).state == FulfilmentState.SENT
    deliver(parcel, checks=Checks(Proof.DOOR), by=MERCHANT, at=NOW)
    parcel.refresh_from_db()
    assert parcel.state == MerchantOrderState.COMPLETED
    assert level(books) == (8, 0, 0)


def test_what_is_lost_on_the_road_does_not_come_back_with_the_end_of_the_contract(
    cast: Cast,
) -> None:
    books = one_offer(cast.bookshop, **KEEPS)
    parcel = by_post(bought(cast, books), cast.bookshop)
    send_out(parcel, by=MERCHANT, at=NOW)
    demand_delivery(parcel, days=3, by=CUSTOMER, at=moment("2026-11-19 09:00"))
    end_late_order(parcel, by=CUSTOMER, at=moment("2026-11-23 09:00"))
    parcel.refresh_from_db()
    assert parcel.state == MerchantOrderState.CANCELLED
    assert level(books) == (8, 0, 0)


@pytest.mark.parametrize("is_cut", [True, False], ids=["cut", "not cut"])
def test_what_was_cut_to_weight_is_nobody_elses(cast: Cast, is_cut: bool) -> None:
    cheese = one_offer(cast.bakery, **KEEPS)
    part = market.part_of(bought(cast, cheese), cast.bakery)
    accept(part, by=MERCHANT, at=NOW)
    piece = line_with(
        part,
        "Tomme de causse",
        quantity=2,
        offer=cheese,
        is_weight_priced=True,
        price_per_kilo_cents=2000,
        estimate_grams=225,
        tolerance_percent=20,
    )
    if is_cut:
        line_weighed(piece, grams=440, by=MERCHANT, at=NOW)
    call_off(part, by=MERCHANT, at=NOW)
    assert level(cheese) == ((8, 0, 0) if is_cut else (10, 0, 0))


def test_a_merchant_who_says_no_after_it_left_has_it_back_on_no_shelf(cast: Cast) -> None:
    books = one_offer(cast.bookshop, **KEEPS)
    parcel = by_post(bought(cast, books), cast.bookshop)
    send_out(parcel, by=MERCHANT, at=NOW)
    refuse(parcel, reason="Le colis est perdu.", by=MERCHANT, at=NOW)
    assert level(books) == (8, 0, 0)


def test_what_is_gathered_is_on_the_road_with_its_basket(cast: Cast) -> None:
    basket = market.gift(cast.bakery, cast.bookshop)
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop, at=NOW)
    order = bought(cast, basket)
    part = by_post(order, cast.bakery)
    neighbour = order.merchant_orders.get(gathered_by=part)
    accept(neighbour, by=MERCHANT, at=NOW)
    mark_ready(neighbour, by=MERCHANT, at=NOW)
    book = neighbour.lines.get().offer
    assert book is not None
    before = level(book)
    send_out(part, by=MERCHANT, at=NOW)
    call_off(part, by=MERCHANT, at=NOW)
    neighbour.refresh_from_db()
    assert neighbour.state == MerchantOrderState.CANCELLED
    assert level(book) == (before[0] - 2, 0, 0)


def everything(order: Order) -> dict[int, int]:
    """Return all of every line of an order."""
    lines = OrderLine.objects.filter(merchant_order__order=order)
    return dict(lines.values_list("pk", "quantity"))


def on_the_road(cast: Cast, **details: object) -> tuple[MerchantOrder, Offer]:
    """Send out a parcel of two of the bookshop's ten."""
    books = one_offer(cast.bookshop, **{**KEEPS, **details})
    parcel = by_post(bought(cast, books), cast.bookshop)
    send_out(parcel, by=MERCHANT, at=NOW)
    return parcel, books


def declared(parcel: MerchantOrder) -> Withdrawal:
    """Withdraw from all of a parcel that its merchant may object to."""
    (made,) = confirm_withdrawal(
        parcel.order, everything(parcel.order), at=NOW, goods_of=goods_of, **NADIA
    )
    assert made.applied_at is None
    return made


def on_the_form(parcel: MerchantOrder, cast: Cast) -> None:
    """Withdraw from all of it on the pages."""
    lines = {f"line-{pk}": str(count) for pk, count in everything(parcel.order).items()}
    said = {**NADIA, "step": "confirm", **lines}
    assert Client().post(to_form(parcel.order), said).status_code == 302


def at_the_counter(parcel: MerchantOrder, cast: Cast) -> None:
    """Have the merchant give the money back with a button."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("counter:return_do", args=[cast.bookshop.slug, declared(parcel).pk])
    answer = client.post(address, {"key": str(uuid.uuid4()), "do": "give_back"})
    assert answer.status_code == 302


def on_its_day(parcel: MerchantOrder, cast: Cast) -> None:
    """Have the refund clock give the money back."""
    made = declared(parcel)
    Withdrawal.objects.filter(pk=made.pk).update(refund_due_on=NOW.date())
    made.refresh_from_db()
    say_sent(made, sent_on=NOW.date(), tracking="6A1", by=CUSTOMER, at=NOW)
    turn_clock(0)


@pytest.mark.parametrize(
    ("road", "exception"),
    [(on_the_form, ""), (at_the_counter, "made_to_order"), (on_its_day, "made_to_order")],
)
def test_what_is_withdrawn_from_on_the_road_is_on_no_shelf(
    cast: Cast, road: Callable[[MerchantOrder, Cast], None], exception: str
) -> None:
    parcel, books = on_the_road(cast, withdrawal_exception=exception)
    road(parcel, cast)
    parcel.refresh_from_db()
    assert parcel.state == MerchantOrderState.CANCELLED
    assert Withdrawal.objects.get().applied_at is not None
    assert level(books) == (8, 0, 0)


def test_one_of_two_on_the_road_is_lost_and_the_other_arrives(cast: Cast) -> None:
    parcel, books = on_the_road(cast)
    line = parcel.lines.get()
    confirm_withdrawal(parcel.order, {line.pk: 1}, at=NOW, goods_of=goods_of, **NADIA)
    assert level(books) == (9, 0, 1)
    deliver(parcel, checks=Checks(Proof.DOOR), by=MERCHANT, at=NOW)
    assert level(books) == (8, 0, 0)


@pytest.mark.parametrize("perishes", [True, False], ids=["perishes", "keeps"])
def test_of_what_is_packed_and_withdrawn_from_only_what_keeps_is_sold_again(
    cast: Cast, perishes: bool
) -> None:
    cheese = one_offer(cast.bakery, is_perishable=perishes, withdrawal_exception="")
    part = market.part_of(bought(cast, cheese), cast.bakery)
    accept(part, by=MERCHANT, at=NOW)
    mark_ready(part, by=MERCHANT, at=NOW)
    confirm_withdrawal(part.order, everything(part.order), at=NOW, goods_of=goods_of, **NADIA)
    assert level(cheese) == ((8, 0, 0) if perishes else (10, 0, 0))


@pytest.mark.parametrize("is_sold_again", [True, False])
def test_what_comes_back_before_it_was_received_is_counted_once(
    cast: Cast, is_sold_again: bool
) -> None:
    parcel, books = on_the_road(cast, withdrawal_exception="made_to_order")
    return_withdrawal(
        declared(parcel), by=MERCHANT, at=NOW, goes_on_shelf=is_sold_again, goods_of=goods_of
    )
    assert level(books) == ((10, 0, 0) if is_sold_again else (8, 0, 0))


def test_what_was_lost_on_the_road_and_is_found_goes_back_on_the_shelf(cast: Cast) -> None:
    parcel, books = on_the_road(cast, withdrawal_exception="made_to_order")
    made = declared(parcel)
    grant_withdrawal(made, by=MERCHANT, at=NOW, goods_of=goods_of)
    assert level(books) == (8, 0, 0)
    return_withdrawal(made, by=MERCHANT, at=NOW, goes_on_shelf=True, goods_of=goods_of)
    assert level(books) == (10, 0, 0)


@pytest.mark.parametrize("has_left", [True, False], ids=["has left", "never left"])
def test_what_its_order_gave_back_to_the_shelf_does_not_come_back_twice(
    cast: Cast, has_left: bool
) -> None:
    books = one_offer(cast.bookshop, is_perishable=False, withdrawal_exception="made_to_order")
    parcel = by_post(bought(cast, books), cast.bookshop)
    made = declared(parcel)
    if has_left:
        send_out(parcel, by=MERCHANT, at=NOW)
    call_off(parcel, by=MERCHANT, at=NOW)
    assert level(books) == ((8, 0, 0) if has_left else (10, 0, 0))
    return_withdrawal(made, by=MERCHANT, at=NOW, goes_on_shelf=True, goods_of=goods_of)
    assert level(books) == (10, 0, 0)


def test_a_gift_basket_withdrawn_from_on_the_road_gives_everything_back_once(cast: Cast) -> None:
    basket = market.gift(cast.bakery, cast.bookshop, **KEEPS)
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop, at=NOW)
    order = bought(cast, basket)
    part = by_post(order, cast.bakery)
    neighbour = order.merchant_orders.get(gathered_by=part)
    accept(neighbour, by=MERCHANT, at=NOW)
    mark_ready(neighbour, by=MERCHANT, at=NOW)
    book = neighbour.lines.get().offer
    assert book is not None
    before = level(book)
    send_out(part, by=MERCHANT, at=NOW)
    confirm_withdrawal(order, everything(order), at=NOW, goods_of=goods_of, **NADIA)
    neighbour.refresh_from_db()
    assert neighbour.state == MerchantOrderState.CANCELLED
    assert level(book) == (before[0] - 2, 0, 0)
    due = OutboxEvent.objects.filter(kind="ordering.refund_due")
    paid = order.merchant_orders.aggregate(sum=Sum("total_cents"))["sum"]
    assert sum(one.payload["amount_cents"] for one in due) == paid
