"""The commission: set on the root portal, frozen on the order, kept by the provider at each payment."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast
from tests.factories import market, payments
from tests.factories.market import NOW
from tests.factories.orders import NOON, order_at
from tests.payments.benches import StripeBench

from chalandise.journal.states import Actor
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.visiting import open_visit
from chalandise.payments.models import MerchantAccount, Payment
from chalandise.portals.actions import set_commission
from chalandise.portals.errors import NotARootError
from chalandise.portals.models import Portal

pytestmark = pytest.mark.django_db
HELENE = Actor.system("helene")


def test_an_order_keeps_the_rate_under_which_it_was_placed(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    payments.merchant_account(cast.bakery, at=NOW)
    set_commission(Portal.objects.get(pk=cast.lot.pk), 250, by=HELENE, at=NOW)
    below = Portal.objects.get(pk=cast.cahors.pk)
    assert below.commission_bp == 250  # an order placed at a portal below is the operator's too
    order = market.ordered(below, (shop.offers[2], 2), pays="online")
    set_commission(Portal.objects.get(pk=cast.lot.pk), 0, by=HELENE, at=NOW)
    part = order.merchant_orders.get()
    assert (part.total_cents, part.commission_bp) == (2580, 250)
    visit = open_visit(order, return_url="/r/", cancel_url="/c/", at=NOW)
    payment = visit.payments.get()
    assert payments.at_the_bank(payment).fee_cents == 65  # 64.5, rounded half up
    payments.pay(visit, at=NOW)
    settle(payment.pk, at=NOW)
    payment.refresh_from_db()
    refund = refund_payment(payment, amount_cents=1290, cause=Cause("x:1", "x"), by=HELENE, at=NOW)
    send_refund(refund.pk, at=NOW)
    assert payments.at_the_bank(payment).fee_refunded_cents == 32
    assert market.ordered(cast.cahors, (shop.offers[1], 1)).merchant_orders.get().commission_bp == 0


def test_stripe_keeps_the_commission_of_the_order(
    cast: Cast, stripe_bench: StripeBench, settings: Any
) -> None:
    settings.PAYMENT_PROVIDER, settings.STRIPE_KEY = "stripe", "sk_test_123"
    settings.STRIPE_API_BASE = stripe_bench.address
    assert cast.bakery.organisation is not None
    MerchantAccount.objects.create(
        organisation=cast.bakery.organisation,
        provider="stripe",
        reference=stripe_bench.account(),
        is_ready=True,
    )
    order = order_at(cast.lot, cast.bakery)
    order.merchant_orders.update(commission_bp=500)
    open_visit(order, return_url="https://x.test/r/", cancel_url="https://x.test/c/", at=NOON)
    payment = Payment.objects.get()
    assert stripe_bench.fee(payment.provider_reference) == 110  # 5 % of 21.90 euros
    stripe_bench.pay(payment.provider_reference)
    settle(payment.pk, at=NOON)
    payment.refresh_from_db()
    cause = Cause("x:1", "x")
    refund = refund_payment(payment, amount_cents=2190, cause=cause, by=HELENE, at=NOON)
    send_refund(refund.pk, at=NOON)
    assert stripe_bench.fee(payment.provider_reference) == 0


@pytest.mark.parametrize("rate_bp", [-1, 3001])
def test_a_commission_has_bounds_and_is_the_root_s(cast: Cast, rate_bp: int) -> None:
    with pytest.raises(ValueError, match=str(rate_bp)):
        set_commission(cast.lot, rate_bp, by=HELENE, at=NOW)
    with pytest.raises(NotARootError):
        set_commission(cast.cahors, 100, by=HELENE, at=NOW)
    assert not Portal.objects.exclude(commission_bp=0).exists()
