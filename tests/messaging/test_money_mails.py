"""What a merchant's owners are told about money."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast
from tests.factories import bank, payments
from tests.factories.orders import NOON, order_at

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.disputing import end_dispute, reverse_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.models import BankAccount
from chalandise.bank.states import FaultKind
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.messaging.models import Message
from chalandise.organisations.models import Membership
from chalandise.organisations.states import MemberRole
from chalandise.payments.actions.accounts import refresh_account
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)


def told(kind: str) -> list[tuple[str, str]]:
    """Hand on the events of a kind, twice, and return who was written to."""
    for _again in range(2):
        dispatch(list(OutboxEvent.objects.filter(kind=kind)))
    return sorted(Message.objects.values_list("template", "to"))


def test_fault_24_every_owner_is_told_that_payouts_go_elsewhere(cast: Cast) -> None:
    account = refresh_account(payments.merchant_account(cast.bakery), at=NOON)
    for user, role in ((cast.idris, MemberRole.OWNER), (cast.nadia, MemberRole.MEMBER)):
        Membership.objects.create(organisation=account.organisation, user=user, role=role)
    verify_account(BankAccount.objects.get(), iban="FR76 9999", at=NOON)
    refresh_account(account, at=NOON)
    assert told("payments.payout_account_changed") == [
        ("payout_account_changed", "claire@exemple.test"),
        ("payout_account_changed", "idris@exemple.test"),
    ]
    message = Message.objects.filter(to="claire@exemple.test").get()
    assert account.organisation.name in message.text
    assert "{" not in message.text + message.html


def test_fault_22_the_merchant_is_told_of_a_refund_that_waits(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    cause, by = Cause("k", "gesture"), Actor.system("test")
    refund = refund_payment(payment, amount_cents=450, cause=cause, by=by, at=LATER)
    script_fault(FaultKind.NO_BALANCE)
    send_refund(refund.pk, at=LATER)
    assert told("payments.refund_delayed") == [("refund_delayed", "claire@exemple.test")]
    assert payment.merchant_order.number in Message.objects.get().text


def test_fault_25_the_merchant_is_told_of_a_dispute(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit, bank.DISPUTED)
    settle(visit.payments.get().pk, at=LATER)
    assert told("payments.payment_disputed") == [("payment_disputed", "claire@exemple.test")]


@pytest.mark.parametrize(("is_won", "word"), [(True, "vous donne raison"), (False, "au client")])
def test_fault_25_the_merchant_is_told_how_a_dispute_ended(
    cast: Cast, *, is_won: bool, word: str
) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit, bank.DISPUTED)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    end_dispute(payment.provider_reference, is_won=is_won, at=LATER)
    settle(payment.pk, at=LATER)
    assert told("payments.dispute_ended") == [("dispute_ended", "claire@exemple.test")]
    letter = Message.objects.get()
    assert word in letter.subject
    assert "{" not in letter.text + letter.html


def test_the_merchant_is_told_again_when_the_bank_goes_back_on_its_word(cast: Cast) -> None:
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit, bank.DISPUTED)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    end_dispute(payment.provider_reference, is_won=True, at=LATER)
    settle(payment.pk, at=LATER)
    month = LATER + timedelta(days=30)
    reverse_dispute(payment.provider_reference, at=month)
    settle(payment.pk, at=month)
    assert len(told("payments.dispute_ended")) == 2  # one a decision, each once
    first, again = Message.objects.order_by("pk")
    assert "est revenue sur" in again.text
    assert "est revenue sur" in again.html
    assert "est revenue sur" not in first.text
    assert "au client" in again.subject
