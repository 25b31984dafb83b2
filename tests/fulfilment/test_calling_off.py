"""What becomes of goods when an order ends: only what is still in the shop goes back on its shelf."""

from __future__ import annotations

import pytest
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
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.models import OutboxEvent
from chalandise.ordering.actions.changing import line_weighed
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.payments.actions.settling import settle

pytestmark = pytest.mark.django_db
KEEPS = {"is_perishable": False, "withdrawal_exception": ""}
NOW = market.NOW


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
