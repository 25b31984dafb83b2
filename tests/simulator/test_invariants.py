"""Each invariant finds a row that was broken by hand: no check that cannot fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from tests.cast import Cast
from tests.factories import bank, market, payments
from tests.simulator import invariants, laws_of_money, laws_of_states
from tests.simulator.answers import Answers

from chalandise.bank.actions.paying_out import pay_out
from chalandise.bank.models import BankCharge, BankPayout, BankRefund
from chalandise.fulfilment.actions.preparing import refuse
from chalandise.journal.actions import record
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.logistics.models import SlotCount, SlotHold
from chalandise.ordering.models import MerchantOrder, Order, OrderLine
from chalandise.payments.actions.discrepancies import find_fault
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.visiting import continue_visit
from chalandise.payments.models import Dispute, InboxEvent, Payment, Refund
from chalandise.payments.states import DiscrepancyKind
from chalandise.settlements.actions.ledger import About, open_dispute, post
from chalandise.settlements.states import Account, JournalKind
from chalandise.stock.models import StockLevel, StockReservation

# A play holds a transaction for long, and the outbox is read below the oldest one: never at once.
pytestmark = pytest.mark.django_db
BY = Actor.system("test")
NOW = market.NOW


@pytest.fixture
def paid(cast: Cast) -> Order:
    """An order paid at the bank and in the books, a part of its money given back."""
    shop = market.shop(cast.bakery, on_hand=5, capacity=2)
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    visit = payments.visit(order, at=NOW)
    payments.pay(visit, bank.AT_ONCE, at=NOW)
    continue_visit(visit, at=NOW)
    dispatch(list(OutboxEvent.objects.order_by("pk")))
    payment = Payment.objects.get()
    cause = Cause("gesture:1", "gesture")
    refund = refund_payment(payment, amount_cents=100, cause=cause, by=BY, at=NOW)
    send_refund(refund.pk, at=NOW)
    return order


def let_hand_in(*statements: str) -> None:
    """Do what the database itself would refuse: its checks and triggers are taken down first."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def only(check: Callable[[], list[str]], name: str) -> None:
    """The broken row is found by this invariant."""
    found = check()
    assert found, name
    assert all(one.startswith(name) for one in found), found


def test_a_sound_market_breaks_nothing(paid: Order) -> None:
    assert not invariants.broken_laws()
    assert not laws_of_money.settled_money()
    assert not laws_of_states.States().check(Answers())
    assert not invariants.sweepers_change_nothing(at=NOW)


def test_i1_a_journal_that_does_not_balance_is_found(paid: Order) -> None:
    assert OutboxEvent.objects.filter(kind="payments.payment_captured").exists()
    let_hand_in(
        "ALTER TABLE settlements_ledgerentry DISABLE TRIGGER USER",
        "UPDATE settlements_ledgerentry SET amount_cents = amount_cents + 1"
        " WHERE id = (SELECT min(id) FROM settlements_ledgerentry)",
    )
    only(invariants.ledger_balances, "I1")


def test_i2_a_level_that_its_movements_do_not_explain_is_found(paid: Order) -> None:
    StockLevel.objects.update(on_hand=F("on_hand") + 1)
    only(invariants.stock_adds_up, "I2")


def test_i2_a_promise_that_the_level_forgot_is_found(paid: Order) -> None:
    StockLevel.objects.filter(allocated__gt=0).update(allocated=F("allocated") - 1)
    only(invariants.stock_adds_up, "I2")


def test_i3_a_slot_booked_beyond_its_places_is_found(paid: Order) -> None:
    SlotCount.objects.update(capacity=0, is_over_booked=True)
    only(invariants.slots_fit, "I3")


def test_i3_a_person_may_take_places_away(paid: Order) -> None:
    SlotCount.objects.update(capacity=0, is_over_booked=True)
    slot = SlotCount.objects.get()
    record(slot, "over_booked", by=BY, at=NOW, detail={"booked": slot.booked, "capacity": 0})
    assert not invariants.slots_fit()
    SlotHold.objects.create(
        holder=OrderLine.objects.get().merchant_order.order.checkout_id,
        slot=slot,
        establishment=MerchantOrder.objects.get().establishment,
        state="firm",
        held_at=NOW,
    )
    SlotCount.objects.update(booked=F("booked") + 1)
    only(invariants.slots_fit, "I3")


def test_i4_a_total_that_is_not_a_sum_is_found(paid: Order) -> None:
    Order.objects.update(items_cents=F("items_cents") + 1, total_cents=F("total_cents") + 1)
    only(invariants.totals_add_up, "I4")


def test_i4_a_line_that_its_order_does_not_count_is_found(paid: Order) -> None:
    let_hand_in(
        "ALTER TABLE ordering_orderline DISABLE TRIGGER USER",
        "UPDATE ordering_orderline SET quantity = 1, total_cents = unit_price_cents",
    )
    only(invariants.totals_add_up, "I4")


def test_i5_a_refund_that_nobody_promised_is_found(paid: Order) -> None:
    Payment.objects.update(refunded_cents=F("refunded_cents") + 1)
    only(invariants.money_is_bounded, "I5")


def test_i5_money_above_what_the_bank_took_is_found(paid: Order) -> None:
    BankCharge.objects.update(captured_cents=F("captured_cents") - 1)
    only(invariants.money_is_bounded, "I5")


def test_i5_money_given_back_twice_is_found(paid: Order) -> None:
    given = BankRefund.objects.get()
    BankRefund.objects.create(
        charge=given.charge, amount_cents=100, metadata=given.metadata, created_at=NOW
    )
    BankCharge.objects.update(refunded_cents=F("refunded_cents") + 100)
    only(invariants.money_is_bounded, "I5")


def test_i5_a_payout_above_what_was_earned_is_found(paid: Order) -> None:
    later = NOW + timedelta(days=2)
    assert len(pay_out(at=later)) == 1
    assert BankPayout.objects.get().amount_cents > 0
    assert not invariants.payouts_are_earned()
    BankPayout.objects.update(amount_cents=F("amount_cents") + 1)
    only(invariants.payouts_are_earned, "I5")
    BankPayout.objects.update(amount_cents=F("amount_cents") - 1, created_at=NOW)
    only(invariants.payouts_are_earned, "I5")  # before it was ripe


def test_i1_a_dispute_that_stands_between_its_ends_is_found(paid: Order) -> None:
    part = MerchantOrder.objects.select_related("organisation").get()
    assert part.organisation_id is not None
    about = About(part.organisation_id, part.number, NOW)
    open_dispute(about, 300, dispute="1", at=NOW)
    assert not invariants.ledger_balances()
    entries = [(Account.MERCHANT, 200), (Account.CLEARING, -200)]
    post(JournalKind.DISPUTE_LOST, entries, about=about, source="dispute:1:1", at=NOW)
    only(invariants.ledger_balances, "I1")


def test_i5_money_given_back_by_the_merchant_and_by_the_bank_is_found(paid: Order) -> None:
    payment = Payment.objects.get()
    dispute = Dispute.objects.create(
        payment=payment, amount_cents=payment.captured_cents - 100, state="lost", ended_at=NOW
    )
    assert not invariants.money_goes_back_once()
    Dispute.objects.update(amount_cents=F("amount_cents") + 1)
    only(invariants.money_goes_back_once, "I5")
    dispute.delete()
    BankCharge.objects.update(
        is_disputed=True, dispute_end="lost", disputed_cents=payment.captured_cents
    )
    only(invariants.money_goes_back_once, "I5")


def test_i6_a_dispute_or_a_refusal_that_nobody_is_told_of_is_found(paid: Order) -> None:
    Dispute.objects.create(payment=Payment.objects.get(), amount_cents=1)
    only(invariants.money_goes_back_once, "I6")
    Dispute.objects.update(state="won")
    Refund.objects.update(state="refused")
    only(invariants.money_goes_back_once, "I6")


def test_i9_a_dispute_that_ended_otherwise_at_the_bank_is_found(paid: Order) -> None:
    BankCharge.objects.update(is_disputed=True, dispute_end="lost", disputed_cents=50)
    assert not laws_of_money.settled_money()  # its news were lost
    Dispute.objects.create(payment=Payment.objects.get(), amount_cents=50, state="won")
    only(laws_of_money.settled_money, "I9")
    Dispute.objects.update(state="lost")
    assert not laws_of_money.settled_money()


def test_i6_money_that_stands_for_no_order_is_found(paid: Order) -> None:
    MerchantOrder.objects.update(paid_at=None)
    only(invariants.no_money_without_order, "I6")


def test_i6_a_charge_without_our_mark_is_found(paid: Order) -> None:
    BankCharge.objects.update(metadata={})
    only(invariants.no_money_without_order, "I6")


def test_i6_money_that_nobody_was_told_of_is_found(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    visit = payments.visit(market.ordered(cast.lot, (shop.offers[0], 1), pays="online"), at=NOW)
    payments.pay(visit, at=NOW)
    found = laws_of_money.settled_money()
    assert {one.partition(" ")[0] for one in found} == {"I6", "I9"}  # and the lists differ


def test_i6_money_of_an_order_that_ended_is_found(paid: Order) -> None:
    refuse(MerchantOrder.objects.get(), reason="", by=BY, at=NOW)
    only(laws_of_money.settled_money, "I6")


def test_i9_money_that_the_bank_gave_back_by_itself_is_found(paid: Order) -> None:
    BankCharge.objects.update(refunded_cents=F("refunded_cents") + 1)
    only(laws_of_money.settled_money, "I9")


def untold() -> list[str]:
    given = {"since": NOW - timedelta(days=1), "believed": NOW - timedelta(minutes=15)}
    return laws_of_money.differences_are_told(given)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"captured_cents": F("captured_cents") - 1}, DiscrepancyKind.AMOUNT),
        ({"refunded_cents": 0}, DiscrepancyKind.REFUND_MISSING),
    ],
)
def test_i9_a_difference_of_which_nobody_is_told_is_found(
    paid: Order, wrong: dict[str, object], kind: DiscrepancyKind
) -> None:
    assert not untold()
    BankCharge.objects.update(**wrong)
    only(untold, "I9")
    find_fault(Payment.objects.get(), DiscrepancyKind.UNKNOWN, detail={}, at=NOW)
    only(untold, "I9")  # that is about something else
    find_fault(Payment.objects.get(), kind, detail={}, at=NOW)
    assert not untold()


def test_i9_a_dispute_of_which_nobody_is_told_is_found(paid: Order) -> None:
    BankCharge.objects.update(is_disputed=True)
    only(untold, "I9")
    dispute = Dispute.objects.create(
        payment=Payment.objects.get(), amount_cents=1, opened_at=NOW - timedelta(minutes=10)
    )
    assert not untold()
    BankCharge.objects.update(dispute_end="lost")
    assert not untold()  # an answer of before may still come
    Dispute.objects.update(opened_at=NOW - timedelta(minutes=20))
    only(untold, "I9")
    dispute.delete()
    BankCharge.objects.update(created_at=NOW - timedelta(days=2))
    assert not untold()  # older than what was compared


def test_i9_money_that_the_bank_does_not_know_is_found(paid: Order) -> None:
    Payment.objects.update(provider_reference="ch_nobody")
    only(untold, "I9")


def test_i9_a_letter_that_nobody_took_is_found(paid: Order) -> None:
    event = OutboxEvent.objects.order_by("pk")[0]
    DeadLetter.objects.create(event=event, subscriber="x", error="y", failed_at=NOW)
    only(laws_of_money.settled_money, "I9")


def test_i7_a_step_off_the_graph_is_found(paid: Order) -> None:
    states = laws_of_states.States()
    assert not states.check(Answers())
    part = MerchantOrder.objects.get()
    record(part, "became_completed", by=BY, at=NOW, detail={"from": "expired"})
    only(lambda: states.check(Answers()), "I7")
    assert not states.check(Answers())  # each entry is read once


def test_i7_a_state_that_nobody_told_is_found(paid: Order) -> None:
    MerchantOrder.objects.update(state="completed")
    only(invariants.states_are_told, "I7")


def test_i7_a_paid_order_without_money_is_found(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    market.ordered(cast.lot, (shop.offers[0], 1), pays="online")
    assert not invariants.states_are_told()
    MerchantOrder.objects.update(paid_at=NOW)
    only(invariants.paid_with_money, "I7")


def test_i8_an_event_taken_twice_is_found(paid: Order) -> None:
    let_hand_in("ALTER TABLE payments_inboxevent DROP CONSTRAINT payments_an_event_acts_once")
    for _turn in range(2):
        InboxEvent.objects.create(
            provider="simulated", event_id="be_1", kind="charge.captured", payload={}, outcome=""
        )
    only(invariants.effects_happen_once, "I8")


def test_i8_a_sale_told_twice_is_found(paid: Order) -> None:
    told = OutboxEvent.objects.get(kind="payments.payment_captured")
    OutboxEvent.objects.create(kind=told.kind, payload=told.payload, emitted_at=NOW)
    only(invariants.effects_happen_once, "I8")


def test_i11_an_order_written_over_is_found(paid: Order) -> None:
    snapshots = laws_of_states.Snapshots()
    assert not snapshots.check(Answers())
    assert not snapshots.check(Answers())
    let_hand_in(
        "ALTER TABLE ordering_orderline DISABLE TRIGGER USER",
        "UPDATE ordering_orderline SET vat_rate_bp = 2000",
    )
    only(lambda: snapshots.check(Answers()), "I11")


def test_i11_the_seller_of_a_past_order_is_kept(paid: Order) -> None:
    snapshots = laws_of_states.Snapshots()
    assert not snapshots.check(Answers())
    part = MerchantOrder.objects.get()
    MerchantOrder.objects.update(seller={**part.seller, "legal_name": "Autre SARL"})
    only(lambda: snapshots.check(Answers()), "I11")


def test_i12_a_hold_without_an_end_is_found(paid: Order) -> None:
    let_hand_in(
        "ALTER TABLE stock_stockreservation DROP CONSTRAINT stock_only_a_hold_ends_by_itself"
    )
    StockReservation.objects.update(state="held", expires_at=None)
    only(invariants.holds_expire, "I12")


def test_i12_sweepers_that_change_what_is_left_are_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = market.shop(cast.bakery)
    market.checked_out(cast.lot, (shop.offers[0], 2))
    later = NOW + timedelta(hours=1)
    assert not invariants.sweepers_change_nothing(at=later)

    def sweep_too_much(*, at: object) -> None:
        StockLevel.objects.update(reserved=0, on_hand=0)

    monkeypatch.setattr("tests.simulator.invariants.expire_holds", sweep_too_much)
    only(lambda: invariants.sweepers_change_nothing(at=later), "I12")


def test_i12_a_sweeper_that_does_not_sweep_is_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = market.shop(cast.bakery)
    market.checked_out(cast.lot, (shop.offers[0], 2))
    monkeypatch.setattr("tests.simulator.invariants.expire_holds", lambda *, at: 0)
    later = NOW + timedelta(hours=1)
    only(lambda: invariants.sweepers_change_nothing(at=later), "I12")


def test_a_refund_of_the_fixture_is_done(paid: Order) -> None:
    assert Refund.objects.get().state == "done"
