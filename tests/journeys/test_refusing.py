"""A shop cannot: the baker refuses an order, and the customer is told and paid back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.journeys.buying import (
    STRONG,
    choose_slots,
    confirm_payment,
    fill_basket,
    open_market,
    order,
    pay,
    say_who,
)
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look

from chalandise.accounts.models import User
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.models import Refund
from chalandise.payments.states import RefundState

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]
WHY = "Le four est en panne, je suis désolée."


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_shop_refuses_and_the_customer_is_told_and_paid_back(
    open_page: Opener, town: Town, let_in: LetIn, morning: datetime, javascript: bool
) -> None:
    page = open_page(width=390, javascript=javascript)
    fill_basket(page, town, open_market(town, morning))
    say_who(page)
    choose_slots(page)
    order(page)
    pay(page, STRONG)
    confirm_payment(page)
    part = MerchantOrder.objects.get(establishment=town.cast.bakery)

    counter = open_page(width=320, javascript=javascript)
    let_in(counter, town.cast.claire)
    counter.goto(town.counter(town.cast.bakery, f"commandes/{part.pk}/"))
    counter.get_by_text("Ce n’est pas possible").click()
    look(counter, "refuse-why")
    counter.get_by_label("Pourquoi, en quelques mots").fill(WHY)
    counter.get_by_role("button", name="Refuser la commande").click()
    expect(counter.get_by_role("status").first).to_be_visible()
    look(counter, "refused-counter")
    part.refresh_from_db()
    assert part.state == MerchantOrderState.DECLINED

    letter = town.post.letter_to("nadia@exemple.test", "Au Pain")
    assert WHY in letter
    refund = Refund.objects.get()
    assert refund.amount_cents == part.total_cents
    send_refund(refund.pk, at=timezone.now())
    assert Refund.objects.get().state == RefundState.DONE
    page.reload()
    expect(page.get_by_text("Le commerçant n’a pas pu")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    expect(page.get_by_text("Remboursé").first).to_be_visible()
    look(page, "refused-customer")
    others = MerchantOrder.objects.exclude(pk=part.pk)
    assert {one.state for one in others} == {MerchantOrderState.PLACED}
