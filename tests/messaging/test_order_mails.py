"""What customers are told when an order ends early: of money only where money was taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation
from tests.cast import Cast
from tests.factories import market

from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.days import moment_words, promise_words
from chalandise.messaging.models import Message
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import (
    accept_merchant_order,
    cancel_merchant_order,
    decline_merchant_order,
    mark_uncollected,
)
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import Goods
from chalandise.payments.models import Payment
from chalandise.payments.states import PaymentState

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
COMES_BACK = "vous est remboursé automatiquement"
OWES_NOTHING = "vous ne devez rien"
OTHERS = "Les autres commerçants"


def told(template: str) -> str:
    """Hand on what happened, twice, and return the one letter of a template."""
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind="ordering.merchant_order_moved")))
    letter = Message.objects.get(template=template)
    assert "{" not in letter.text + letter.html
    return letter.text + letter.html


def paid(part: MerchantOrder) -> None:
    """Let the bank have taken what a part costs."""
    Payment.objects.create(
        merchant_order=part,
        provider="simulated",
        amount_cents=part.total_cents,
        captured_cents=part.total_cents,
        state=PaymentState.CAPTURED,
        captured_at=market.NOW,
        provider_reference="bc_1",
    )
    mark_paid(part.pk, at=market.NOW)
    part.refresh_from_db()


def ordered(cast: Cast, pays: str) -> Order:
    bread, books = market.shop(cast.bakery), market.shop(cast.bookshop)
    return market.ordered(cast.lot, (bread.offers[0], 1), (books.offers[0], 1), pays=pays)


def test_who_has_not_paid_is_promised_no_money(cast: Cast) -> None:
    part = market.part_of(ordered(cast, "on_collection"), cast.bakery)
    decline_merchant_order(part, reason="Plus de farine.", by=BY, at=market.NOW)
    said = told("order_declined")
    assert OWES_NOTHING in said
    assert COMES_BACK not in said
    assert OTHERS in said


def test_who_has_paid_online_gets_it_back(cast: Cast) -> None:
    part = market.part_of(ordered(cast, "online"), cast.bakery)
    paid(part)
    decline_merchant_order(part, reason="Plus de farine.", by=BY, at=market.NOW)
    said = told("order_declined")
    assert COMES_BACK in said
    assert OWES_NOTHING not in said


def test_days_are_said_as_one_says_them() -> None:
    first = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)
    with translation.override("fr"):
        assert moment_words(first) == "mardi 1er décembre à 17\xa0h\xa030"
        assert promise_words(first) == "au plus tard mardi 1er décembre"
    with translation.override("en"):
        assert promise_words(first) == "by Tuesday 1 December at the latest"


def test_the_only_shop_of_an_order_has_no_others(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 1), pays="on_collection")
    cancel_merchant_order(order.merchant_orders.get(), by=BY, at=market.NOW)
    said = told("order_cancelled")
    assert OWES_NOTHING in said
    assert OTHERS not in said
    assert not Message.objects.filter(template="order_confirmed").exists()  # nothing of it stands


def test_a_merchant_is_reminded_at_each_sale_that_it_is_income(cast: Cast) -> None:
    """Article 242 bis of the CGI: at each transaction, with links to those who know."""
    shop = market.shop(cast.bakery)
    market.ordered(cast.lot, (shop.offers[0], 1), pays="on_collection")
    said = told("order_to_prepare")
    assert "242 bis" in said
    assert "https://www.impots.gouv.fr" in said
    assert "https://www.urssaf.fr" in said


@pytest.mark.parametrize(
    ("is_basket", "is_lost", "said"),
    [
        (False, False, "a annulé sa commande"),
        (False, True, "compté comme perdu"),
        (True, False, "chercher le panier gourmand"),
    ],
)
def test_a_merchant_reads_why_an_order_ended_and_where_its_goods_are(
    cast: Cast, is_basket: bool, is_lost: bool, said: str
) -> None:
    shop, neighbour = market.shop(cast.bakery), market.shop(cast.bookshop)
    order = market.ordered(
        cast.lot, (shop.offers[0], 1), (neighbour.offers[0], 1), pays="on_collection"
    )
    part, giver = (market.part_of(order, one) for one in (cast.bakery, cast.bookshop))
    if is_basket:
        MerchantOrder.objects.filter(pk=part.pk).update(gathered_by=giver)
        accept_merchant_order(giver, by=BY, at=market.NOW)
        mark_uncollected(giver, by=BY, at=market.NOW)
    else:
        goods = {part.pk: Goods.LOST} if is_lost else {}
        cancel_merchant_order(part, goods=goods, by=BY, at=market.NOW)
    assert said in told("order_cancelled_for_shop")
