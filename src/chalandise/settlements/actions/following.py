"""From payments and refunds to the books: which is a sale, which is money that must go back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.ordering.models import MerchantOrder
from chalandise.payments.models import Dispute, Payment, Payout, Refund
from chalandise.payments.providers.register import ON_COLLECTION
from chalandise.payments.states import DisputeState, Means
from chalandise.settlements.actions.ledger import (
    About,
    close_dispute,
    note_payout,
    note_payout_back,
    open_dispute,
)
from chalandise.settlements.actions.overpaying import note_overpayment, note_overpayment_back
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.errors import NoSaleError
from chalandise.settlements.facts import GivenBack
from chalandise.settlements.models import LedgerJournal, SalesRecord
from chalandise.settlements.queries.disputes import written_of_dispute
from chalandise.settlements.queries.facts import sale_of, supplement_of
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.queries.shares import lines_of_refund
from chalandise.settlements.states import PaidBy

PAID_BY = {Means.ONLINE: PaidBy.ONLINE_CARD, Means.CARD: PaidBy.CARD, Means.CASH: PaidBy.CASH}
TOO_MUCH = "wrong_amount"
"""The reason under which payments gives back what was taken above the price."""


def source_of(payment_id: int) -> str:
    """Return how the books name a payment."""
    return f"payment:{payment_id}"


@transaction.atomic
def follow_payment(payment: Payment, *, at: datetime) -> None:
    """Write a captured payment into the books.

    The first payment of a merchant order is its sale, what is paid at the counter on top of it a
    supplement with a reference of its own. Money that no order stands for (paid twice, too late,
    too much) is no sale: it is owed to the customer until it is back.
    """
    order = _order(payment)
    chain = lock_chain(order.organisation_id, timezone=order.establishment.timezone)
    source = source_of(payment.pk)
    if LedgerJournal.objects.filter(source__startswith=f"{source}:").exists():
        return
    about = About(chain.organisation_id, order.number, payment.captured_at or at)
    is_at_counter = payment.provider == ON_COLLECTION
    sold = SalesRecord.objects.filter(reference=order.number).exists()
    stands = is_at_counter or (order.paid_at is not None and not sold)
    price = min(payment.captured_cents, payment.amount_cents) if stands else 0
    if price:
        paid_by = PAID_BY[Means(payment.means)]
        make = supplement_of if sold else sale_of
        sale = make(order, paid_cents=price, paid_by=paid_by, happened_at=about.happened_at)
        record_sale(sale, source=source, at=at)
    if excess := payment.captured_cents - price:
        note_overpayment(about, excess, source=f"{source}:excess", at=at)


@transaction.atomic
def follow_refund(refund: Refund, *, at: datetime) -> None:
    """Write money that went back into the books.

    Raises:
        NoSaleError: its payment is not in the books yet.
    """
    payment = refund.payment
    order = _order(payment)
    source = f"refund:{refund.pk}"
    about = About(order.organisation_id, order.number, refund.done_at or at)
    sale = SalesRecord.objects.filter(source=source_of(payment.pk)).first()
    if sale is not None and refund.reason != TOO_MUCH:
        given_back = GivenBack(
            reference=sale.reference,
            organisation_id=order.organisation_id,
            amount_cents=refund.amount_cents,
            paid_by=PaidBy(sale.paid_by),
            happened_at=about.happened_at,
            lines=lines_of_refund(order, refund),
        )
        record_refund(given_back, source=source, at=at)
        return
    journals = LedgerJournal.objects.filter(source=f"{source_of(payment.pk)}:excess:payment")
    if not journals.exists():
        raise NoSaleError(order.number)
    note_overpayment_back(about, refund.amount_cents, source=source, at=at)


@transaction.atomic
def follow_payout(payout_id: int, *, at: datetime) -> None:
    """Write a payout into the ledger, and that it came back if it did."""
    payout = Payout.objects.select_related("account").get(pk=payout_id)
    note_payout(
        payout.account.organisation_id,
        payout.amount_cents,
        reference=payout.reference,
        fees_cents=payout.fees_cents,
        happened_at=payout.left_at,
        at=at,
    )
    if payout.came_back_at is not None:
        note_payout_back(
            payout.account.organisation_id,
            payout.amount_cents,
            reference=payout.reference,
            happened_at=payout.came_back_at,
            at=at,
        )


@transaction.atomic
def follow_dispute(dispute: Dispute, *, at: datetime) -> None:
    """Write a disputed payment into the ledger, and how it ended once it has.

    A bank that goes back on its word is followed: the books end where the dispute stands.
    """
    order = _order(dispute.payment)
    name, cents = str(dispute.payment_id), dispute.amount_cents
    about = About(order.organisation_id, order.number, dispute.opened_at)
    if dispute.ended_at is None or not written_of_dispute(name).journals:
        open_dispute(about, cents, dispute=name, at=at)
    if dispute.ended_at is not None:
        about = About(order.organisation_id, order.number, dispute.ended_at)
        is_won = dispute.state == DisputeState.WON
        close_dispute(about, cents, dispute=name, is_won=is_won, at=at)


def _order(payment: Payment) -> MerchantOrder:
    return MerchantOrder.objects.select_related(
        "order__portal", "organisation", "establishment"
    ).get(pk=payment.merchant_order_id)
