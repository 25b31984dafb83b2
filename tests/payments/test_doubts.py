"""What the bank may have given back without our having heard of it is never given back a second time."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories.payments import at_the_bank
from tests.payments.test_refunds import LATER, TOTAL, captured, give

from chalandise.bank.actions.faults import script_fault
from chalandise.bank.gateway import request as ask_bank
from chalandise.bank.models import BankRefund
from chalandise.bank.states import FaultKind
from chalandise.kernel.failpoints import armed
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.models import Discrepancy, Refund
from chalandise.payments.queries import refunds_to_send
from chalandise.payments.states import DiscrepancyKind, RefundState

pytestmark = pytest.mark.django_db
NEXT_DAY = LATER + timedelta(days=1)


class KilledError(Exception):
    """The worker is no more."""


def die() -> NoReturn:
    raise KilledError


def die_at(place: str, refund: Refund) -> None:
    with armed(place, die), pytest.raises(KilledError):
        send_refund(refund.pk, at=LATER)


def test_fault_28_what_is_left_is_shared_out_once_it_is_known_what_went_back(cast: Cast) -> None:
    payment = captured(cast)
    body = {"charge": payment.charge_reference, "amount": 500, "metadata": {}}
    ask_bank("POST", "/refunds", body=body, key="by hand", at=LATER)
    first, second = give(payment, 1200, "gesture:1"), give(payment, TOTAL - 1200, "gesture:2")
    die_at("payments.call.answered", first)
    assert send_refund(second.pk, at=LATER) == RefundState.REQUESTED
    assert not Discrepancy.objects.exists(), "most of what went back is the first refund"
    assert send_refund(first.pk, at=LATER) == RefundState.DONE
    assert send_refund(second.pk, at=LATER) == RefundState.REFUSED
    again = Refund.objects.get(state=RefundState.REQUESTED)
    assert send_refund(again.pk, at=LATER) == RefundState.DONE
    done = Refund.objects.filter(state=RefundState.DONE).order_by("pk")
    assert [(one.reason, one.amount_cents) for one in done] == [
        ("gesture", 1200),
        ("at_provider", 500),
        ("gesture", TOTAL - 1700),
    ]
    assert Discrepancy.objects.get().detail["short_cents"] == 500
    assert at_the_bank(payment).refunded_cents == TOTAL


@pytest.mark.parametrize("cents", [1000, 1200], ids=["twice is there", "twice is too much"])
def test_fault_28_under_a_key_that_is_forgotten_nothing_goes_back_twice(
    cast: Cast, cents: int
) -> None:
    payment = captured(cast)
    refund = give(payment, cents)
    die_at("payments.call.answered", refund)
    assert send_refund(refund.pk, at=NEXT_DAY) == RefundState.DONE
    assert at_the_bank(payment).refunded_cents == cents
    refund.refresh_from_db()
    assert refund.provider_reference == BankRefund.objects.get().reference
    assert not Discrepancy.objects.exists()


def test_fault_28_what_was_made_twice_at_the_bank_is_for_a_person(cast: Cast) -> None:
    payment = captured(cast)
    refund = give(payment, 500)
    die_at("payments.call.answered", refund)
    made = BankRefund.objects.get()
    made.pk, made.reference = None, "br_again"
    made.save()
    for hours in (0, 6):
        at = NEXT_DAY + timedelta(hours=hours)
        assert refunds_to_send(at=at, most=9) == [refund.pk]
        assert send_refund(refund.pk, at=at) == RefundState.REQUESTED
        assert not refunds_to_send(at=at + timedelta(hours=5), most=9)
    found = Discrepancy.objects.get()
    assert (found.kind, found.detail["code"]) == (DiscrepancyKind.REFUND_UNKNOWN, "made_twice")


def test_fault_28_a_bank_that_does_not_answer_is_asked_again_before_anything_is_sent(
    cast: Cast,
) -> None:
    payment = captured(cast)
    refund = give(payment, 500)
    die_at("payments.call.answered", refund)
    script_fault(FaultKind.SERVER_ERROR, on="GET /refunds")
    assert send_refund(refund.pk, at=NEXT_DAY) == RefundState.REQUESTED
    assert at_the_bank(payment).refunded_cents == 500
    assert send_refund(refund.pk, at=NEXT_DAY + timedelta(minutes=3)) == RefundState.DONE


def test_what_never_reached_the_bank_goes_back_however_late(cast: Cast) -> None:
    payment = captured(cast)
    refund = give(payment, 1000)
    die_at("payments.call.stored", refund)
    assert send_refund(refund.pk, at=NEXT_DAY) == RefundState.DONE
    assert at_the_bank(payment).refunded_cents == 1000


def test_a_payment_is_held_before_its_refunds(cast: Cast) -> None:
    refund = give(captured(cast), 1000)
    script_fault(FaultKind.NO_BALANCE)
    with CaptureQueriesContext(connection) as asked:
        assert send_refund(refund.pk, at=LATER) == RefundState.REQUESTED
    held = [one["sql"] for one in asked if 'FOR UPDATE OF "payments_' in one["sql"]]
    assert [one.rpartition(" OF ")[2] for one in held] == [
        '"payments_payment"',
        '"payments_refund"',
    ]
