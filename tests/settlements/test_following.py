"""Payments as they come out of the bank, and what the books make of each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from facturx import xml_check_xsd
from tests.cast import Cast
from tests.factories import bank, catalogue, market, orders, payments
from tests.factories.orders import NOON
from tests.patience import read_events

from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import Reader, dispatch
from chalandise.journal.states import Actor
from chalandise.ordering.models import LineChange, MerchantOrder
from chalandise.ordering.states import ChangeKind, MerchantOrderState, Pays
from chalandise.payments.actions.counter import note_paid_at_counter
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.models import Dispute, Payment, Refund
from chalandise.payments.states import Means, PaymentState
from chalandise.settlements.actions.following import follow_dispute, follow_payment, follow_refund
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.errors import NoSaleError
from chalandise.settlements.invoicing.facturx import facturx_xml
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.models import Invoice, LedgerJournal, SalesRecord
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.doors import invoices_of_orders, receipt_of
from chalandise.settlements.queries.totals import balances_of, owed_to
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import Account

pytestmark = pytest.mark.django_db
HELENE = Actor("agent", "1", "Hélène")
LATER = NOON + timedelta(hours=1)


def captured(part: MerchantOrder, cents: int = 2190, **fields: object) -> Payment:
    """A payment as the provider took it."""
    values: dict[str, object] = {
        "merchant_order": part,
        "provider": "simulated",
        "amount_cents": cents,
        "captured_cents": cents,
        "state": PaymentState.CAPTURED,
        "captured_at": NOON,
        "provider_reference": f"bc_{Payment.objects.count()}",
        **fields,
    }
    return Payment.objects.create(**values)


def done(payment: Payment, cents: int, reason: str = "missing", **fields: object) -> Refund:
    """A refund that has arrived."""
    return Refund.objects.create(
        payment=payment,
        key=f"{reason}:{Refund.objects.count()}",
        amount_cents=cents,
        reason=reason,
        state="done",
        done_at=LATER,
        **fields,
    )


@pytest.fixture
def part(cast: Cast) -> MerchantOrder:
    organisation = cast.bakery.organisation
    assert organisation is not None
    catalogue.seller(organisation)
    order = orders.order_at(cast.lot, cast.bakery, state=MerchantOrderState.PLACED)
    made = order.merchant_orders.get()
    MerchantOrder.objects.filter(pk=made.pk).update(paid_at=NOON)
    made.refresh_from_db()
    return made


def test_a_payment_becomes_a_sale_an_invoice_and_a_debt(part: MerchantOrder) -> None:
    payment = captured(part)
    for _time in range(2):
        follow_payment(payment, at=LATER)
    assert SalesRecord.objects.get().reference == part.number
    assert Invoice.objects.get().document["mandatary"] == "Chambre de démonstration"
    assert owed_to(part.organisation_id) == 2190


def test_a_refund_for_a_line_credits_that_line(part: MerchantOrder) -> None:
    payment = captured(part)
    follow_payment(payment, at=LATER)
    bread = part.lines.get(position=1)
    refund = done(payment, 450, lines=[[bread.pk, 1]])
    for _time in range(2):
        follow_refund(refund, at=LATER)
    note = Invoice.objects.get(kind="credit_note")
    assert [line["name"] for line in note.document["lines"]] == ["Tourte de seigle"]
    assert receipt_of(part).refunded_cents == 450


def test_a_refund_that_comes_before_its_payment_waits(part: MerchantOrder) -> None:
    payment = captured(part)
    with pytest.raises(NoSaleError):
        follow_refund(done(payment, 450), at=LATER)
    assert not LedgerJournal.objects.exists()


def test_fault_7_paid_twice_is_one_sale_and_a_debt_to_the_customer(part: MerchantOrder) -> None:
    first, second = captured(part), captured(part)
    follow_payment(first, at=NOON)
    follow_payment(second, at=NOON)
    assert SalesRecord.objects.count() == 1
    assert balances_of(part.organisation_id)[Account.CUSTOMER] == -2190
    assert owed_to(part.organisation_id) == 2190
    follow_refund(done(second, 2190, "paid_twice"), at=LATER)
    assert balances_of(part.organisation_id)[Account.CUSTOMER] == 0
    assert SalesRecord.objects.count() == 1


def test_fault_9_money_for_an_order_that_is_lost_is_no_sale(part: MerchantOrder) -> None:
    MerchantOrder.objects.filter(pk=part.pk).update(paid_at=None)
    payment = captured(part)
    follow_payment(payment, at=NOON)
    assert not SalesRecord.objects.exists()
    follow_refund(done(payment, 2190, "order_lost"), at=LATER)
    assert not any(balances_of(part.organisation_id).values())


def test_fault_12_what_was_taken_above_the_price_is_no_sale(part: MerchantOrder) -> None:
    payment = captured(part, 2190, captured_cents=3000)
    follow_payment(payment, at=NOON)
    assert SalesRecord.objects.get().gross_cents == 2190
    follow_refund(done(payment, 810, "wrong_amount"), at=LATER)
    assert balances_of(part.organisation_id)[Account.CUSTOMER] == 0
    assert owed_to(part.organisation_id) == 2190


def test_a_supplement_at_the_counter_has_its_own_reference(part: MerchantOrder) -> None:
    follow_payment(captured(part), at=NOON)
    bread = part.lines.get(position=1)
    LineChange.objects.create(line=bread, kind=ChangeKind.WEIGHED, cents=60)
    more = captured(part, 60, provider="on_collection", means=Means.CARD, provider_reference="")
    for _time in range(2):
        follow_payment(more, at=LATER)
    records = SalesRecord.objects.order_by("number")
    assert [one.reference for one in records] == [part.number, f"{part.number}/2"]
    assert [(one["rate_bp"], one["gross_cents"]) for one in records[1].taxes] == [(550, 60)]
    assert len(invoices_of_orders([part])[part.number]) == 2
    follow_refund(done(more, 60), at=LATER)
    assert receipt_of(part).refunded_cents == 60
    assert verify().faults == ()
    assert compare_with_payments(until=LATER + timedelta(days=1)) == ()


def test_paid_in_cash_on_collection(cast: Cast) -> None:
    order = orders.order_at(
        cast.lot, cast.bakery, state=MerchantOrderState.ACCEPTED, pays=Pays.ON_COLLECTION
    )
    part = order.merchant_orders.get()
    payment = note_paid_at_counter(part, means=Means.CASH, by=HELENE, at=NOON)
    follow_payment(payment, at=NOON)
    record = SalesRecord.objects.get()
    assert (record.paid_by, record.gross_cents) == ("cash", 2190)
    assert owed_to(part.organisation_id) == 0


def test_fault_25_a_dispute_is_written(part: MerchantOrder) -> None:
    payment = captured(part)
    follow_payment(payment, at=NOON)
    dispute = Dispute.objects.create(payment=payment, amount_cents=2190, opened_at=LATER)
    for _time in range(2):
        follow_dispute(dispute, at=LATER)
    assert balances_of(part.organisation_id)[Account.DISPUTES] == 2190


@pytest.mark.django_db(transaction=True)
def test_from_the_bank_through_the_outbox_to_the_books(cast: Cast) -> None:
    """Two shops paid in one visit, one line given back: every reader hears of it, in order."""
    order = orders.order_at(cast.lot, cast.bakery, cast.bookshop)
    visit = payments.visit(order)
    payments.pay(visit, bank.AT_ONCE)
    for payment in visit.payments.order_by("pk"):
        settle(payment.pk, at=NOON)
    payment = visit.payments.order_by("pk").first()
    assert payment is not None
    cause = Cause("missing:1", "missing")
    refund = refund_payment(payment, amount_cents=450, cause=cause, by=HELENE, at=NOON)
    send_refund(refund.pk, at=LATER)
    read_events(Reader("settlements"), dispatch, OutboxEvent.objects.count())
    assert not DeadLetter.objects.filter(subscriber__contains="settlements").exists()
    records = SalesRecord.objects.order_by("reference", "number")
    assert [(one.kind, one.gross_cents) for one in records] == [
        ("sale", 2190),
        ("refund", -450),
        ("sale", 2190),
    ]
    assert verify().faults == ()
    assert compare_with_payments(until=LATER + timedelta(days=1)) == ()


def test_invariant_9_a_cent_that_the_books_do_not_tell_is_found(part: MerchantOrder) -> None:
    payment = captured(part)
    refund = done(payment, 450)
    tomorrow = LATER + timedelta(days=1)
    assert [fault.where for fault in compare_with_payments(until=tomorrow)] == [
        f"payment {payment.pk}",
        f"refund {refund.pk}",
    ]
    assert compare_with_payments(until=NOON) == ()  # on its way
    follow_payment(payment, at=LATER)
    follow_refund(refund, at=LATER)
    assert compare_with_payments(until=tomorrow) == ()
    assert compare_with_payments(until=NOON) == ()
    Payment.objects.filter(pk=payment.pk).update(captured_cents=2191)
    (fault,) = compare_with_payments(until=tomorrow)
    assert fault.why == "2191 dans les paiements, 2190 dans le grand livre"


def test_an_order_of_the_checkout_paid_at_the_bank_has_an_invoice_that_is_valid(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    payments.merchant_account(cast.bakery, at=market.NOW)
    order = market.ordered(cast.lot, (shop.offers[0], 2), (shop.offers[2], 1), pays="online")
    visit = payments.visit(order, at=market.NOW)
    payments.pay(visit, bank.AT_ONCE, at=market.NOW)
    payment = visit.payments.get()
    settle(payment.pk, at=market.NOW)
    payment.refresh_from_db()
    follow_payment(payment, at=market.NOW)
    invoice = Invoice.objects.get()
    document = document_from_json(invoice.document)
    assert document.gross_cents == order.total_cents == document.paid_cents
    assert document.seller.siren == "123456782"
    assert (document.seller.postal_code, document.seller.town) == ("46000", "Cahors")
    assert xml_check_xsd(facturx_xml(document), flavor="factur-x", level="en16931")


def test_a_sale_costs_the_same_whatever_its_lines(cast: Cast) -> None:
    organisation = cast.bakery.organisation
    assert organisation is not None
    catalogue.seller(organisation)
    costs = []
    for count in (1, 30):
        lines = [(f"Pain {n}", 1, 100, 550) for n in range(count)]
        order = orders.order_row(cast.lot, total_cents=100 * count)
        part = orders.merchant_order(
            cast.bakery, order, lines=lines, state=MerchantOrderState.PLACED, paid_at=NOON
        )
        payment = captured(part, 100 * count)
        with CaptureQueriesContext(connection) as queries:
            follow_payment(payment, at=LATER)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 45


@pytest.mark.parametrize(("state", "owed"), [("won", 2190), ("lost", 0)])
def test_fault_25_how_a_dispute_ends_is_in_the_books(
    part: MerchantOrder, state: str, owed: int
) -> None:
    payment = captured(part)
    follow_payment(payment, at=NOON)
    dispute = Dispute.objects.create(payment=payment, amount_cents=2190, opened_at=NOON)
    follow_dispute(dispute, at=NOON)
    assert balances_of(part.organisation_id)[Account.DISPUTES] == 2190
    dispute.state, dispute.ended_at = state, LATER
    dispute.save()
    for _again in range(2):
        follow_dispute(dispute, at=LATER)
    assert balances_of(part.organisation_id)[Account.DISPUTES] == 0
    assert owed_to(part.organisation_id) == owed
    kinds = set(LedgerJournal.objects.values_list("kind", flat=True))
    assert f"dispute_{state}" in kinds
    assert not compare_with_payments(until=LATER)


@pytest.mark.parametrize(
    ("story", "told"),
    [
        (["open", "won", "lost"], {"dispute_lost_cents": -2190}),
        (["open", "lost", "won"], {"dispute_lost_cents": -2190, "dispute_won_cents": 2190}),
        (["won", "open", "lost"], {"dispute_lost_cents": -2190}),
        (["lost", "open"], {"dispute_lost_cents": -2190, "dispute_cents": 2190}),
        (["open", "lost", "won", "lost"], {"dispute_lost_cents": -4380, "dispute_won_cents": 2190}),
    ],
)
def test_a_bank_that_goes_back_on_its_word_is_followed_in_the_books(
    part: MerchantOrder, story: list[str], told: dict[str, int]
) -> None:
    payment = captured(part)
    follow_payment(payment, at=NOON)
    dispute = Dispute.objects.create(payment=payment, amount_cents=2190, opened_at=NOON)
    for hours, state in enumerate(story, 1):
        now = NOON + timedelta(hours=hours)
        dispute.state, dispute.ended_at = state, None if state == "open" else now
        dispute.opened_at = now if state == "open" else dispute.opened_at
        dispute.save()
        for _again in range(2):
            follow_dispute(dispute, at=now)
    is_open, is_lost = story[-1] == "open", story[-1] == "lost"
    balances = balances_of(part.organisation_id)
    assert sum(balances.values()) == 0
    assert balances[Account.DISPUTES] == 2190 * is_open
    assert balances[Account.CLEARING] == 2190 * (not (is_open or is_lost))
    assert owed_to(part.organisation_id) == 2190 * (not is_lost)
    statement = issue_statement(part.organisation_id, NOON.date(), NOON.date(), at=now)
    disputed = {name: cents for name, cents in statement.totals.items() if "dispute" in name}
    assert disputed == told
    assert statement.totals["closing_cents"] == owed_to(part.organisation_id)
    assert not compare_with_payments(until=now + timedelta(minutes=1))
    Dispute.objects.update(state="won" if is_lost else "lost", ended_at=now)
    (fault,) = compare_with_payments(until=now + timedelta(minutes=1))
    assert fault.where == f"dispute {payment.pk}"
    assert not compare_with_payments(until=now)  # that is on its way yet


def test_a_dispute_that_grows_is_followed_in_the_books(part: MerchantOrder) -> None:
    payment = captured(part)
    follow_payment(payment, at=NOON)
    dispute = Dispute.objects.create(payment=payment, amount_cents=1000, opened_at=NOON)
    for cents in (1000, 1500, 1500):
        dispute.amount_cents = cents
        follow_dispute(dispute, at=LATER)
    assert balances_of(part.organisation_id)[Account.DISPUTES] == 1500
    assert LedgerJournal.objects.filter(kind="dispute").count() == 2
