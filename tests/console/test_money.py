"""Money that needs a person: shown to the portal's desk only, decided once, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import operations, payments
from tests.factories.fulfilment import MERCHANT, accepted
from tests.factories.orders import NOON, order_at

from chalandise.accounts.models import User
from chalandise.console.history import who_acted
from chalandise.fulfilment.actions.letting_go import let_go
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment
from chalandise.journal.models import Entry
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.ordering.numbers import new_order_number
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.payments.actions.settling import Remedy
from chalandise.payments.errors import CannotPutRightError, ProviderSilentError
from chalandise.payments.models import Discrepancy, Dispute, Payment, Refund
from chalandise.payments.states import DiscrepancyKind, DiscrepancyState, PaymentState
from chalandise.stock.errors import StockBusyError
from chalandise.web import freshness

Sit = Callable[[User], Client]


def to_arrange(cast: Cast, state: str = MerchantOrderState.PLACED) -> MerchantOrder:
    paid_there = Pays.ON_COLLECTION
    number = new_order_number()
    order = order_at(cast.lot, cast.bakery, state=state, pays=paid_there, number=number)
    part = order.merchant_orders.get()
    part.to_arrange = "slot_passed"
    part.save(update_fields=["to_arrange"])
    return part


def text_of(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_queue_shows_what_is_of_the_portal_and_nothing_else(at_desk: Sit, cast: Cast) -> None:
    part = to_arrange(cast)
    found = operations.discrepancy(cast.lot, cast.bakery)
    payment = found.payment
    assert payment is not None
    Refund.objects.create(payment=payment, key="k", amount_cents=321, reason="x", is_debt=True)
    Dispute.objects.create(payment=payment, amount_cents=654)
    hers = text_of(at_desk(cast.helene), "console:money")
    for said in (part.number, "convenez d’une autre", "3,21", "6,54", "dû par le commerçant"):
        assert said in hers
    assert "1 point à décider" in hers
    theirs = text_of(at_desk(cast.odile), "console:money")
    for said in (part.number, "3,21", "6,54", cast.bakery.name):
        assert said not in theirs
    assert "Chaque centime est à sa place" in theirs


def test_the_desk_sees_what_was_paid_and_never_collected(at_desk: Sit, cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery, pays=Pays.ONLINE)
    mark_ready(order, by=MERCHANT, at=NOON)
    Fulfilment.objects.update(kept_until=timezone.now() + timedelta(days=1))
    on_time = text_of(at_desk(cast.helene), "console:money")
    assert order.number not in on_time
    Fulfilment.objects.update(kept_until=timezone.now() - timedelta(days=3))
    assert order.number in text_of(at_desk(cast.helene), "console:money")
    assert order.number not in text_of(at_desk(cast.odile), "console:money")
    let_go(order, by=MERCHANT, at=timezone.now())
    assert order.number not in text_of(at_desk(cast.helene), "console:money")


def test_money_without_a_payment_is_shown_where_its_merchant_stands(
    at_desk: Sit, cast: Cast
) -> None:
    orphan = operations.discrepancy(
        cast.lot, cast.bakery, kind=DiscrepancyKind.ORPHAN, payment=None, reference="bc_orphan"
    )
    nobodys = Discrepancy.objects.create(
        kind=DiscrepancyKind.ORPHAN, provider="simulated", reference="bc_nobody"
    )
    address = reverse("console:discrepancy", args=[orphan.pk])
    assert at_desk(cast.helene).get(address).status_code == 200
    assert at_desk(cast.odile).get(address).status_code == 404
    for user in (cast.helene, cast.odile):  # two portals stand above all others: neither knows
        other = reverse("console:discrepancy", args=[nobodys.pk])
        assert at_desk(user).get(other).status_code == 404
    cast.elsewhere.parent = cast.lot
    cast.elsewhere.save(update_fields=["parent"])
    assert "bc_nobody" in text_of(at_desk(cast.helene), "console:discrepancy", nobodys.pk)


def test_a_matter_is_noted_once_and_leaves_a_trace(at_desk: Sit, cast: Cast) -> None:
    found = operations.discrepancy(cast.lot, cast.bakery)
    address = reverse("console:discrepancy", args=[found.pk])
    data = {"remedy": "noted", "note": "rappelé la banque"}
    assert at_desk(cast.helene).post(address, data).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.note) == (DiscrepancyState.RESOLVED, "rappelé la banque")
    assert Payment.objects.get().state == PaymentState.CANCELLED
    assert Entry.objects.filter(verb="became_resolved", actor_label=str(cast.helene)).exists()
    page = at_desk(cast.gilles).post(address, data, follow=True).content.decode()
    assert "Quelqu’un d’autre" in page


@pytest.mark.parametrize(
    "error", [CannotPutRightError(), ProviderSilentError(), StockBusyError(), SlotsBusyError()]
)
def test_a_remedy_that_cannot_be_moves_nothing_and_says_so(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("chalandise.console.market.money.put_right", refuse)
    found = operations.discrepancy(cast.lot, cast.bakery)
    address = reverse("console:discrepancy", args=[found.pk])
    response = at_desk(cast.helene).post(address, {"remedy": Remedy.KEEP, "note": "à garder"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Rien n’a bougé" in page
    assert "à garder" in page
    found.refresh_from_db()
    assert found.state == DiscrepancyState.OPEN


def test_money_that_cannot_move_is_only_noted(at_desk: Sit, cast: Cast) -> None:
    found = operations.discrepancy(cast.lot, cast.bakery, kind=DiscrepancyKind.DISPUTE)
    address = reverse("console:discrepancy", args=[found.pk])
    client = at_desk(cast.helene)
    assert "Tout rembourser" not in client.get(address).content.decode()
    assert client.post(address, {"remedy": "give_back", "note": "x"}).status_code == 422
    assert client.post(address, {"remedy": "noted", "note": ""}).status_code == 422


def test_an_order_is_found_by_its_number_and_read_with_its_trace(at_desk: Sit, cast: Cast) -> None:
    part = to_arrange(cast)
    client = at_desk(cast.helene)
    for typed in (
        f" {part.order.number.lower()} ",
        part.number,
        part.order.number.replace("-", ""),
    ):
        found = client.get(reverse("console:orders"), {"numero": typed})
        assert found["Location"] == reverse("console:order", args=[part.order.number])
    page = client.get(found["Location"]).content.decode()
    for said in (part.number, "Tourte de seigle", "Nadia Customer", "convenez d’une autre"):
        assert said in page
    lost = at_desk(cast.odile).get(reverse("console:orders"), {"numero": part.order.number})
    assert "Aucune commande de ce portail" in lost.content.decode()
    assert part.order.number not in text_of(at_desk(cast.odile), "console:orders")


def test_what_is_settled_with_the_customer_leaves_the_queue(at_desk: Sit, cast: Cast) -> None:
    part = to_arrange(cast)
    address = reverse("console:arrange", args=[part.pk])
    assert at_desk(cast.odile).post(address, {"do": "arranged"}).status_code == 404
    assert at_desk(cast.helene).post(address, {"do": "arranged"}).status_code == 302
    part.refresh_from_db()
    assert (part.to_arrange, part.state) == ("", MerchantOrderState.PLACED)
    page = text_of(at_desk(cast.helene), "console:order", part.order.number)
    assert "réglé avec le client" in page
    again = at_desk(cast.helene).post(address, {"do": "cancel"}, follow=True)
    assert "Quelqu’un d’autre" in again.content.decode()
    part.refresh_from_db()
    assert part.state == MerchantOrderState.PLACED


def test_what_cannot_be_arranged_is_called_off(at_desk: Sit, cast: Cast) -> None:
    part = to_arrange(cast)
    address = reverse("console:arrange", args=[part.pk])
    at_desk(cast.helene).post(address, {"do": "cancel", "reason": "plus de pain"})
    part.refresh_from_db()
    assert (part.state, part.reason) == (MerchantOrderState.CANCELLED, "plus de pain")
    assert part.to_arrange == ""


def test_a_part_that_has_ended_is_not_called_off_again(at_desk: Sit, cast: Cast) -> None:
    part = to_arrange(cast, state=MerchantOrderState.COMPLETED)
    address = reverse("console:arrange", args=[part.pk])
    page = at_desk(cast.helene).post(address, {"do": "cancel"}, follow=True).content.decode()
    assert "terminée entre-temps" in page
    part.refresh_from_db()
    assert (part.state, part.to_arrange) == (MerchantOrderState.COMPLETED, "slot_passed")


@pytest.mark.parametrize("name", ["console:money", "console:orders"])
def test_a_longer_queue_costs_no_more_statements(
    at_desk: Sit, cast: Cast, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(freshness, "INTERVAL_SECONDS", 3600.0)  # twice a second costs a statement
    client, counts = at_desk(cast.helene), []
    for size in (2, 8):
        for number in range(size):
            found = operations.discrepancy(cast.lot, cast.bakery, found_at=NOON)
            assert found.payment is not None
            Refund.objects.create(
                payment=found.payment, key=f"{size}-{number}", amount_cents=1, reason="x"
            )
            Dispute.objects.create(payment=found.payment, amount_cents=1)
            to_arrange(cast)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as ran:
            client.get(reverse(name))
        counts.append(len(ran))
    assert counts[0] == counts[1]


def test_withdrawals_past_their_day_are_seen_by_their_desk(at_desk: Sit, cast: Cast) -> None:
    part = accepted(cast.lot, cast.bakery)
    MerchantOrder.objects.filter(pk=part.pk).update(
        state=MerchantOrderState.COMPLETED, received_at=timezone.now()
    )
    who = {"name": "Nadia", "email": "nadia@exemple.test"}
    (made,) = confirm_withdrawal(part.order, {part.lines.all()[0].pk: 1}, at=timezone.now(), **who)
    assert made.number not in text_of(at_desk(cast.helene), "console:money")
    Withdrawal.objects.update(refund_due_on=timezone.localdate() - timedelta(days=1))
    hers = text_of(at_desk(cast.helene), "console:money")
    assert made.number in hers
    assert "le commerce attend la marchandise" in hers
    assert made.number not in text_of(at_desk(cast.odile), "console:money")


def test_fault_24_the_desk_watches_whose_bank_account_changed(cast: Cast, client: Client) -> None:
    account = payments.merchant_account(cast.bakery)
    name = account.organisation.name
    for hours, is_watched in ((71, True), (-1, False)):
        account.payouts_held_until = timezone.now() + timedelta(hours=hours)
        account.save()
        for who, may in ((cast.helene, is_watched), (cast.odile, False)):
            client.force_login(who)
            shown = client.get(reverse("console:money")).content.decode()
            assert ("Versements en attente" in shown and name in shown) is may


def test_who_acted_is_said_in_words() -> None:
    acted = [("system", "payments"), ("guest", "customer"), ("person", "payments"), ("system", "x")]
    said = [who_acted(Entry(actor_kind=kind, actor_label=label)) for kind, label in acted]
    assert said == ["automatiquement, sur la foi de la banque", "le client", "payments", "x"]
