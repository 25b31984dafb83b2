"""A merchant gave money back at the provider's own desk: what is left goes back, a person looks."""

from __future__ import annotations

from datetime import datetime, timedelta

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
from chalandise.payments.actions import sending
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.errors import ProviderSilentError
from chalandise.payments.models import Discrepancy, Payment, Refund
from chalandise.payments.ports import ProviderPayment
from chalandise.payments.queries import why_payouts_wait
from chalandise.payments.states import DiscrepancyKind, RefundState
from chalandise.payments.subscribers import give_back
from chalandise.settlements.models import Invoice, LedgerEntry, SalesRecord

pytestmark = pytest.mark.django_db
BY = Actor("merchant", "1", "Claire")
LATER = NOON + timedelta(minutes=1)
TOTAL = 2190


def paid(cast: Cast, *, elsewhere: int, is_known: bool = True) -> Payment:
    """A payment of which a part was given back at the bank's own desk, looked up since or not."""
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    visit = payments.visit(order_at(cast.lot, cast.bakery))
    payments.pay(visit)
    payment = visit.payments.get()
    settle(payment.pk, at=LATER)
    payment.refresh_from_db()
    body = {"charge": payment.charge_reference, "amount": elsewhere, "metadata": {}}
    ask_bank("POST", "/refunds", body=body, key="by hand", at=LATER)
    if is_known:
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


@pytest.mark.parametrize("is_known", [True, False], ids=["looked up", "unheard of"])
def test_fault_21_an_order_that_ends_gives_back_what_is_left_and_a_person_looks_at_the_rest(
    cast: Cast, is_known: bool
) -> None:
    payment = paid(cast, elsewhere=500, is_known=is_known)
    hear_all()
    part = payment.merchant_order
    refuse(part, reason="Le four est en panne.", by=BY, at=LATER)
    for _heard_twice in range(2):
        hear_all()
        refund = Refund.objects.filter(reason=MerchantOrderState.DECLINED).latest("pk")
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


def test_fault_21_what_is_left_is_shared_by_all_that_was_promised(cast: Cast) -> None:
    payment = paid(cast, elsewhere=1500, is_known=False)
    for number, cents in enumerate((1000, 600, 590)):
        cause = Cause(f"gesture:{number}", "gesture")
        refund_payment(payment, amount_cents=cents, cause=cause, by=BY, at=LATER)
    first, second, third = Refund.objects.order_by("pk")
    assert send_refund(first.pk, at=LATER) == RefundState.REFUSED
    hear_all()
    payment.refresh_from_db()
    assert payment.refunded_cents == at_the_bank(payment).refunded_cents == TOTAL
    done = Refund.objects.filter(state=RefundState.DONE).order_by("pk")
    assert [(one.reason, one.amount_cents) for one in done] == [
        ("at_provider", 1500),
        ("gesture", 690),
    ]
    short = Discrepancy.objects.order_by("pk")
    assert [one.kind for one in short] == [DiscrepancyKind.REFUND_SHORT] * 3
    assert [one.detail["short_cents"] for one in short] == [310, 600, 590]
    for one in (second, third):
        assert send_refund(one.pk, at=LATER) == RefundState.REFUSED


def test_a_refusal_is_looked_into_again_when_the_bank_cannot_say(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(cast, elsewhere=500, is_known=False)
    refund = refund_payment(
        payment, amount_cents=TOTAL, cause=Cause("declined:1", "declined"), by=BY, at=LATER
    )

    def silent(_payment: Payment, *, at: datetime) -> ProviderPayment:
        raise ProviderSilentError

    with monkeypatch.context() as patch:
        patch.setattr(sending, "look_up", silent)
        assert send_refund(refund.pk, at=LATER) == RefundState.REQUESTED
    assert not Discrepancy.objects.exists()
    assert send_refund(refund.pk, at=LATER) == RefundState.REFUSED
    hear_all()
    assert at_the_bank(payment).refunded_cents == TOTAL
    assert Discrepancy.objects.get().kind == DiscrepancyKind.REFUND_SHORT


@pytest.mark.parametrize("elsewhere", [TOTAL, TOTAL - 100])
def test_a_withdrawal_is_closed_where_we_hear_only_of_the_refusal(
    cast: Cast, elsewhere: int
) -> None:
    payment = paid(cast, elsewhere=elsewhere, is_known=False)
    part = payment.merchant_order
    line = part.lines.get(position=1)
    (made,) = confirm_withdrawal(
        part.order, {line.pk: 1}, name="Nadia", email="n@exemple.test", at=LATER
    )
    give_back(RefundDue(part.pk, 450, "withdrawn", f"withdrawal:{made.pk}", [[line.pk, 1]]))
    hear_all()
    made.refresh_from_db()
    assert made.state == WithdrawalState.REFUNDED
    assert Discrepancy.objects.get().detail["short_cents"] == 450 - (TOTAL - elsewhere)


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
