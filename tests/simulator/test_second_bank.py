"""What the checks of the second bank find, each broken by hand; and that it plays as it should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db.models import F
from tests.cast import Cast
from tests.factories import market
from tests.simulator.answers import Answers
from tests.simulator.second_bank import SecondBank, second_bank

from chalandise.journal.states import Actor
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.payments.models import MerchantAccount, Payment, Visit

pytestmark = pytest.mark.django_db
NOW = market.NOW
BY = Actor.system("test")


@dataclass(frozen=True)
class Stage:
    """Somebody stands at the page of the second bank."""

    bank: SecondBank
    visit: Visit

    def pay(self) -> None:
        """Pay there; nobody is told."""
        self.bank.books.pay(self.visit.payments.get().provider_reference)


@pytest.fixture
def stage(cast: Cast) -> Iterator[Stage]:
    with second_bank() as bank:
        settings.PAYMENT_PROVIDER = "stripe"
        bank.books.now = int(NOW.timestamp())
        reference = bank.books._open_account({})["id"]
        bank.books.verify(reference)
        MerchantAccount.objects.create(
            organisation=cast.bakery.organisation,
            provider="stripe",
            reference=reference,
            is_ready=True,
            opened_at=NOW,
        )
        shop = market.shop(cast.bakery)
        order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
        yield Stage(bank, open_visit(order, return_url="/retour/", cancel_url="/", at=NOW))


@pytest.fixture
def paid(stage: Stage) -> Stage:
    """Paid, known, and a part of it given back."""
    stage.pay()
    continue_visit(stage.visit, at=NOW)
    cause = Cause("gesture:1", "gesture")
    refund = refund_payment(Payment.objects.get(), amount_cents=100, cause=cause, by=BY, at=NOW)
    send_refund(refund.pk, at=NOW)
    return stage


def names(found: list[str]) -> list[str]:
    return [one.partition(" ")[0] for one in found]


def test_a_sound_second_bank_breaks_nothing(paid: Stage) -> None:
    assert paid.bank.broken(Answers()) == paid.bank.unsettled() == []
    assert len(paid.bank.books.refunds) == 1


def test_money_above_what_it_took_is_found(paid: Stage) -> None:
    Payment.objects.update(captured_cents=F("captured_cents") + 1)
    assert names(paid.bank.broken(Answers())) == ["I5"]
    assert names(paid.bank.unsettled()) == ["I9"]


def test_money_given_back_twice_is_found(paid: Stage) -> None:
    (given,) = paid.bank.books.refunds.values()
    paid.bank.books.refunds["re_again"] = given
    assert names(paid.bank.broken(Answers())) == ["I5"]


def test_a_refund_that_it_never_made_is_found(paid: Stage) -> None:
    paid.bank.books.refunds.clear()
    assert names(paid.bank.broken(Answers())) == ["I5"]


def test_money_without_our_mark_is_found(paid: Stage) -> None:
    (session,) = paid.bank.books.sessions.values()
    session["_intent_metadata"] = {}
    assert names(paid.bank.broken(Answers())) == ["I6"]


def test_money_that_nobody_was_told_of_is_found(stage: Stage) -> None:
    stage.pay()
    assert stage.bank.broken(Answers()) == []
    assert names(stage.bank.unsettled()) == ["I6", "I9"]


@pytest.mark.parametrize(
    ("fault", "is_checking"), [("lost", True), ("server_error", True), ("garbled", True)]
)
def test_what_goes_wrong_there_is_looked_at_again(
    stage: Stage, fault: str, *, is_checking: bool
) -> None:
    stage.pay()
    stage.bank.books.faults.append(fault)
    assert continue_visit(stage.visit, at=NOW).is_checking is is_checking
    continue_visit(stage.visit, at=NOW)
    assert stage.bank.unsettled() == []
