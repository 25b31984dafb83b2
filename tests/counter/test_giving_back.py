"""A part of what was paid goes back by a press at the counter: to the card, in the shop, off the price."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import bank, catalogue, orders, payments
from tests.factories.fulfilment import accepted
from tests.factories.orders import NOON

from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.ordering.actions.serving import accept_merchant_order, complete_merchant_order
from chalandise.ordering.models import LineChange, MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.payments.actions.counter import note_paid_at_counter
from chalandise.payments.actions.refunding import note_refund_elsewhere
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Payment, Refund
from chalandise.payments.queries import due_cents
from chalandise.payments.states import Means
from chalandise.payments.sums import sums_of
from chalandise.settlements.models import Invoice, SalesRecord

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(hours=5)
RECAP = {
    "establishment": "Au fournil",
    "seller": {},
    "way": {"kind": "pickup", "label": "Retrait", "address": ""},
    "starts_at": "",
    "ends_at": "",
    "promised_on": "2026-11-24",
    "gathered_by": "",
    "lines": [],
    "vat": [],
}


@pytest.fixture
def claire(cast: Cast, client: Client) -> Client:
    client.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def received(cast: Cast) -> MerchantOrder:
    """Two loaves at 5,5 % and a candle at 20 %, paid by card and handed over."""
    organisation = cast.bakery.organisation
    assert organisation is not None
    catalogue.seller(organisation)
    visit = payments.visit(orders.order_at(cast.lot, cast.bakery))
    payments.pay(visit, bank.AT_ONCE)
    settle(visit.payments.get().pk, at=NOON)
    part = MerchantOrder.objects.get()
    accept_merchant_order(part, by=BY, at=NOON)
    complete_merchant_order(part, by=BY, at=NOON)
    hear_all()
    return part


def hear_all() -> None:
    """Hand on every event and send every refund, until nothing new is said."""
    heard = 0
    while new := list(OutboxEvent.objects.filter(pk__gt=heard).order_by("pk")):
        dispatch(new)
        heard = new[-1].pk
        for refund in Refund.objects.filter(state="requested").order_by("pk"):
            send_refund(refund.pk, at=LATER)


def page(client: Client, part: MerchantOrder) -> str:
    address = reverse("counter:order", args=[part.establishment.slug, part.pk])
    return client.get(address).content.decode()


def give(
    client: Client, part: MerchantOrder, amount: str, *, line: object = "", **more: Any
) -> str:
    """Press « Rembourser », and return the page that follows."""
    address = reverse("counter:order_do", args=[part.establishment.slug, part.pk])
    data = {"do": "amount", "key": str(uuid.uuid4()), "line": line, "amount": amount}
    answer = client.post(address, {**data, "reason": "Le pot était fêlé", **more})
    return client.get(answer["Location"]).content.decode()


def test_two_euros_for_a_broken_pot_after_the_hand_over(
    claire: Client, received: MerchantOrder
) -> None:
    assert "Rembourser une somme" in page(claire, received)
    candle = received.lines.get(position=2)
    assert "retournent sur la carte" in give(claire, received, "2,00 €", line=candle.pk)
    hear_all()
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.state, refund.reason) == (200, "done", "gesture")
    assert payments.at_the_bank(refund.payment).refunded_cents == 200
    sums = sums_of([received])[received.pk].sums
    assert (sums.kept, sums.now) == (1990, 1990)
    note = Invoice.objects.get(kind="credit_note").document
    (line,) = note["lines"]
    assert (line["gross_cents"], line["rate_bp"]) == (200, 2000)  # the tax of the candle alone
    assert "Bougie" in line["name"]
    mail = Message.objects.get(template="order_refunded")
    assert "Le pot était fêlé" in mail.text
    following = reverse("storefront:order", args=[received.order.token])
    Order.objects.update(recap={"merchants": [RECAP]})
    assert "Le pot était fêlé" in claire.get(following).content.decode()


def test_off_the_whole_order_it_is_one_refund_shared_over_its_lines(
    claire: Client, received: MerchantOrder
) -> None:
    give(claire, received, "3")
    hear_all()
    assert Refund.objects.get().amount_cents == 300
    changes = LineChange.objects.order_by("pk")
    assert [one.cents for one in changes] == [-123, -177]
    record = SalesRecord.objects.get(kind="refund")
    assert {one["rate_bp"]: one["gross_cents"] for one in record.taxes} == {550: -123, 2000: -177}


@pytest.mark.parametrize(
    ("amount", "more", "words"),
    [
        ("9,01", {}, "Entre un centime et 9"),
        ("0", {}, "Entre un centime"),
        ("-2", {}, "ne se lit pas"),
        ("NaN", {}, "ne se lit pas"),
        ("2", {"reason": " "}, "Dites pourquoi"),
        ("2", {"line": "999999"}, "ne fait pas partie"),
    ],
)
def test_what_cannot_be_given_back_is_refused_in_words(
    claire: Client, received: MerchantOrder, amount: str, more: dict[str, str], words: str
) -> None:
    bread = received.lines.get(position=1)
    assert words in give(claire, received, amount, **{"line": str(bread.pk), **more})
    assert not LineChange.objects.exists()


def test_fault_21_never_more_than_was_taken_and_is_still_there(
    claire: Client, received: MerchantOrder
) -> None:
    note_refund_elsewhere(Payment.objects.get(), 2000, at=LATER)  # at the bank's own desk
    assert "Il ne reste que 1,90" in give(claire, received, "2").replace("\u00a0", " ")
    assert not LineChange.objects.exists()
    give(claire, received, "1,90")
    hear_all()
    assert Payment.objects.get().refunded_cents == 2190


def test_paid_at_the_counter_the_merchant_gives_it_back_there(cast: Cast, claire: Client) -> None:
    part = accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)
    note_paid_at_counter(part, means=Means.CASH, by=BY, at=NOON)
    complete_merchant_order(part, by=BY, at=NOON)
    assert "rendez vous-même 2" in give(claire, part, "2")
    hear_all()
    assert Refund.objects.get().state == "done"


def test_not_paid_yet_it_just_costs_less(cast: Cast, claire: Client) -> None:
    part = accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)
    assert "geste sur le prix" in page(claire, part)
    assert "paiera d’autant moins" in give(claire, part, "1,90")
    hear_all()
    assert due_cents(part) == 2000
    assert not Refund.objects.exists()


def test_what_was_called_off_has_nothing_to_give_back(cast: Cast, claire: Client) -> None:
    part = accepted(cast.lot, cast.bakery)
    MerchantOrder.objects.filter(pk=part.pk).update(state=MerchantOrderState.CANCELLED)
    assert "Rembourser une somme" not in page(claire, part)
    assert "bougé" in give(claire, part, "1")
    assert not LineChange.objects.exists()
