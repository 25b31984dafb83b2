"""A merchant gave money back at the provider's own desk: what is left goes back, a person looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from tests.cast import Cast
from tests.factories import catalogue, payments
from tests.factories.orders import NOON, order_at
from tests.factories.payments import at_the_bank

from chalandise.bank.gateway import request as ask_bank
from chalandise.fulfilment.actions.preparing import refuse
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.events import RefundDue
from chalandise.ordering.states import MerchantOrderState, WithdrawalState
from chalandise.payments.actions.refunding import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Discrepancy, Payment, Refund
from chalandise.payments.queries import why_payouts_wait
from chalandise.payments.states import DiscrepancyKind, RefundState
from chalandise.payments.subscribers import give_back
from chalandise.settlements.models import Invoice, LedgerEntry, SalesRecord

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(minutes=1)
TOTAL = 2190


def paid(cast: Cast, *, elsewhere: int) -> Payment:
    """A payment of which a part was given back at the bank's own desk."""
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    body = {"charge": payment.charge_reference, "amount": elsewhere, "metadata": {}}
    ask_bank("POST", "/refunds", body=body, key="by hand", at=LATER)
    settle(payment.pk, at=LATER)
    return payment


def hear_all() -> None:
    """Hand on every event and send every refund, until nothing new is said."""
    heard = 0
    while new := list(OutboxEvent.objects.filter(pk__gt=heard).order_by("pk")):
        dispatch(new)
        heard = new[-1].pk
        for refund in Refund.objects.filter(state=RefundState.REQUESTED).order_by("pk"):
            send_refund(refund.pk, at=LATER)
    assert not DeadLetter.objects.exists(), DeadLetter.objects.first()


def test_fault_21_an_order_that_ends_gives_back_what_is_left_and_a_person_looks_at_the_rest(
    cast: Cast,
) -> None:
    payment = paid(cast, elsewhere=500)
    hear_all()
    part = payment.merchant_order
    refuse(part, reason="Le four est en panne.", by=BY, at=LATER)
    for _heard_twice in range(2):
        hear_all()
        refund = Refund.objects.get(reason=MerchantOrderState.DECLINED)
        assert (refund.amount_cents, refund.state) == (TOTAL - 500, RefundState.DONE)
        found = Discrepancy.objects.get()
        assert found.kind == DiscrepancyKind.REFUND_SHORT
        told = {name: found.detail[name] for name in ("refund_cents", "left_cents", "short_cents")}
        assert told == {"refund_cents": TOTAL, "left_cents": TOTAL - 500, "short_cents": 500}
    with pytest.raises(StaleStateError):
        refuse(part, reason="Encore", by=BY, at=LATER)
    payment.refresh_from_db()
    assert payment.refunded_cents == at_the_bank(payment).refunded_cents == TOTAL
    back = SalesRecord.objects.filter(kind="refund").order_by("pk")
    assert [one.gross_cents for one in back] == [-500, 500 - TOTAL]
    notes = Invoice.objects.filter(kind="credit_note").order_by("pk")
    assert [one.gross_cents for one in notes] == [500, TOTAL - 500]
    assert LedgerEntry.objects.aggregate(cents=Sum("amount_cents"))["cents"] == 0
    assert part.organisation is not None
    assert why_payouts_wait(part.organisation, at=LATER) is None, "its money went back before"


def test_a_withdrawal_whose_money_went_back_elsewhere_waits_for_nothing_more(cast: Cast) -> None:
    payment = paid(cast, elsewhere=TOTAL)
    part = payment.merchant_order
    line = part.lines.get(position=1)
    (made,) = confirm_withdrawal(
        part.order, {line.pk: 1}, name="Nadia", email="n@exemple.test", at=LATER
    )
    for _told_twice in range(2):
        give_back(RefundDue(part.pk, 450, "withdrawn", f"withdrawal:{made.pk}", [[line.pk, 1]]))
        made.refresh_from_db()
        assert made.state == WithdrawalState.REFUNDED
        assert Discrepancy.objects.get().detail["short_cents"] == 450
    assert Refund.objects.get().reason == "at_provider"
