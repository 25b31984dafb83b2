"""A whole order of several merchants, given back from the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import payments
from tests.factories.orders import NOON, order_at

from chalandise.accounts.models import User
from chalandise.bank.gateway import request as ask_bank
from chalandise.fulfilment.actions import whole
from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.actions.whole import Outcome, refund_whole_order
from chalandise.journal.models import DeadLetter, Entry, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.serving import accept_merchant_order, complete_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.numbers import new_order_number
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Discrepancy, Payment, Refund
from chalandise.payments.states import DiscrepancyKind
from chalandise.payments.sums import sums_of

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]
HELENE = Actor("agent", "1", "Hélène")


def paid(cast: Cast, *, fee_cents: int = 0) -> Order:
    """An order at two merchants, paid online; the bakery's part was handed over already."""
    order = order_at(cast.lot, cast.bakery, cast.bookshop, number=new_order_number())
    if fee_cents:
        for part in order.merchant_orders.all():
            total = part.total_cents + fee_cents
            MerchantOrder.objects.filter(pk=part.pk).update(fee_cents=fee_cents, total_cents=total)
    visit = payments.visit(order)
    payments.pay(visit)
    for one in visit.payments.all():
        settle(one.pk, at=NOON)
    bread = order.merchant_orders.get(establishment=cast.bakery)
    accept_merchant_order(bread, by=HELENE, at=NOON)
    complete_merchant_order(bread, by=HELENE, at=NOON)
    return order


def post_all() -> None:
    """Hand on all that happened, and what follows from it."""
    read = 0
    while rows := list(OutboxEvent.objects.filter(pk__gt=read).order_by("pk")):
        read = rows[-1].pk
        dispatch(rows)
    assert not DeadLetter.objects.exists(), DeadLetter.objects.first()


def test_every_merchant_gives_back_what_it_was_paid_and_never_more(cast: Cast) -> None:
    order = paid(cast, fee_cents=500)
    for turn in range(2):
        done = refund_whole_order(order, reason="Une erreur", by=HELENE, at=NOON)
        told = [one.outcome for one in done]
        first = [Outcome.GIVEN_BACK, Outcome.CALLED_OFF]
        assert told == ([Outcome.NOTHING_LEFT] * 2 if turn else first)
        post_all()
    states = list(order.merchant_orders.order_by("pk").values_list("state", flat=True))
    assert states == [MerchantOrderState.COMPLETED, MerchantOrderState.CANCELLED]
    for payment in Payment.objects.all():
        assert payment.refunded_cents == payment.captured_cents == 2690
    assert Refund.objects.count() == 2
    for sums in sums_of(order.merchant_orders.all()).values():
        assert (sums.sums.now, sums.sums.kept, sums.sums.due) == (0, 0, 0)


def test_what_is_withdrawn_from_has_its_own_refund(cast: Cast) -> None:
    order = paid(cast, fee_cents=500)
    bread = order.merchant_orders.get(establishment=cast.bakery)
    line = bread.lines.get(position=1)
    confirm_withdrawal(order, {line.pk: 1}, name="Nadia", email="n@exemple.test", at=NOON)
    refund_whole_order(order, reason="Une erreur", by=HELENE, at=NOON)
    post_all()
    kept = Payment.objects.get(merchant_order=bread)
    assert kept.captured_cents - kept.refunded_cents == 450  # that of the withdrawal, on its day


def test_where_one_merchant_fails_the_others_go_on_and_it_is_said(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(cast)

    def fail(*_args: object, **_named: object) -> int:
        raise StaleStateError("it", "changed")

    with monkeypatch.context() as patch:
        patch.setattr(whole, "give_all_back", fail)
        done = refund_whole_order(order, reason="Une erreur", by=HELENE, at=NOON)
    assert [one.outcome for one in done] == [Outcome.FAILED, Outcome.CALLED_OFF]
    again = refund_whole_order(order, reason="Une erreur", by=HELENE, at=NOON)
    assert [one.outcome for one in again] == [Outcome.GIVEN_BACK, Outcome.NOTHING_LEFT]


def test_the_desk_reads_first_then_confirms_once(at_desk: Sit, cast: Cast) -> None:
    order = paid(cast)
    client, address = at_desk(cast.helene), reverse("console:give_order_back", args=[order.number])
    assert address in client.get(reverse("console:order", args=[order.number])).content.decode()
    page = client.get(address).content.decode()
    assert "Rendre 43,80" in page.replace("\xa0", " ").replace("\u202f", " ")
    unsure = client.post(address, {"reason": "Une erreur"})
    assert "Cochez la case" in unsure.content.decode()
    assert not Entry.objects.filter(verb="given_back_whole").exists()
    answer = client.post(address, {"reason": "Une erreur", "is_meant": "on"}, follow=True)
    said = answer.content.decode()
    assert "tout est promis au client" in said
    assert "ce qui a été payé est promis" in said
    assert "Il ne reste rien à rendre" in said
    assert said.replace("\xa0", " ").replace("\u202f", " ").count("21,90 €") >= 2
    post_all()
    assert "Il ne reste rien à rendre" in client.get(address).content.decode()
    assert at_desk(cast.odile).get(address).status_code == 404


def give_back_at_the_bank(payment: Payment, cents: int) -> None:
    """Give a part back at the bank's own desk, which we learn when we look the payment up."""
    body = {"charge": payment.charge_reference, "amount": cents, "metadata": {}}
    ask_bank("POST", "/refunds", body=body, key=f"by hand {payment.pk}", at=NOON)
    settle(payment.pk, at=NOON)


def test_where_shops_gave_back_elsewhere_the_rest_goes_back_and_the_desk_looks(
    at_desk: Sit, cast: Cast
) -> None:
    order = paid(cast)
    for payment in Payment.objects.order_by("pk"):
        give_back_at_the_bank(payment, 500)
    post_all()
    client, address = at_desk(cast.helene), reverse("console:give_order_back", args=[order.number])
    page = client.get(address).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "Rendre 33,80" in page
    assert page.count("5,00 € rendus ailleurs") == 2
    assert "chez le client, qui la garde" in page
    assert "de retour en rayon" in page
    answer = client.post(address, {"reason": "Une erreur", "is_meant": "on"}, follow=True)
    assert answer.content.decode().count("il restait moins que ce qui était dû") == 2
    for _heard_twice in range(2):
        post_all()
        promised = Refund.objects.exclude(reason="at_provider").order_by("pk")
        assert [one.amount_cents for one in promised] == [1690, 1690]
        short = Discrepancy.objects.filter(kind=DiscrepancyKind.REFUND_SHORT)
        assert [one.detail["short_cents"] for one in short] == [500, 500]
    for payment in Payment.objects.all():
        assert payment.refunded_cents == payment.captured_cents == 2190
    again = refund_whole_order(order, reason="Une erreur", by=HELENE, at=NOON)
    assert [one.outcome for one in again] == [Outcome.NOTHING_LEFT] * 2
    assert "Il ne reste rien à rendre" in client.get(address).content.decode()
    matter = reverse("console:discrepancy", args=[short[0].pk])
    assert "directement au service de paiement" in client.get(matter).content.decode()


def test_what_is_on_the_road_is_paid_back_and_arrives(at_desk: Sit, cast: Cast) -> None:
    order = paid(cast)
    parcel = order.merchant_orders.get(establishment=cast.bookshop)
    MerchantOrder.objects.filter(pk=parcel.pk).update(way_kind=WayKind.SHIPPING)
    accept(parcel, by=HELENE, at=NOON)
    send_out(parcel, by=HELENE, at=NOON)
    client, address = at_desk(cast.helene), reverse("console:give_order_back", args=[order.number])
    assert "en route vers le client" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "Une erreur", "is_meant": "on"}, follow=True)
    assert "le colis poursuit sa route" in answer.content.decode()
    post_all()
    assert "Il ne reste rien à rendre" in client.get(address).content.decode()
    parcel.refresh_from_db()
    assert parcel.state == MerchantOrderState.ACCEPTED
    paid_back = Payment.objects.get(merchant_order=parcel)
    assert paid_back.refunded_cents == paid_back.captured_cents == 2190
