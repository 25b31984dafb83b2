"""A sale or a refund happened: journal of sales, ledger, invoice or credit note, in one go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from chalandise.kernel.money import tax_within
from chalandise.settlements.actions.invoicing import issue_document
from chalandise.settlements.actions.ledger import About, post
from chalandise.settlements.chaining import hash_of_record
from chalandise.settlements.errors import MoreThanStandsError, NoSaleError
from chalandise.settlements.facts import COMMISSION_VAT_BP, GivenBack, Sale, commission_of
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.invoicing.writing import Change, credit_note_for, invoice_for
from chalandise.settlements.models import Invoice, SalesChain, SalesRecord
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.queries.standing import standing_of_order
from chalandise.settlements.states import Account, InvoiceKind, JournalKind, PaidBy, RecordKind
from chalandise.settlements.taxes import TaxLine, attribute, less, taxes_of, taxes_of_change


@transaction.atomic
def record_sale(sale: Sale, *, source: str, at: datetime) -> SalesRecord:
    """Write a paid sale into the books, or return what this source has written already.

    Without a mandate of the merchant no invoice is written; the rest is.
    """
    chain = lock_chain(sale.organisation_id, timezone=sale.timezone)
    known = SalesRecord.objects.filter(source=source).first()
    if known is not None:
        return known
    commission = commission_of(sale.gross_cents, sale.commission_bp)
    record = _append(
        chain,
        SalesRecord(
            kind=RecordKind.SALE,
            source=source,
            reference=sale.reference,
            paid_by=sale.paid_by,
            happened_at=sale.happened_at,
            gross_cents=sale.gross_cents,
            commission_cents=commission,
            commission_bp=sale.commission_bp,
            taxes=[one.as_json() for one in taxes_of(sale.standing)],
            is_to_business=bool(sale.buyer.siren),
        ),
        at=at,
    )
    about = About(sale.organisation_id, sale.reference, sale.happened_at)
    gross = sale.gross_cents
    if gross:
        post(
            JournalKind.SALE,
            [(Account.CUSTOMER, gross), (Account.MERCHANT, -gross)],
            about=about,
            source=f"{source}:sale",
            at=at,
        )
        post(
            JournalKind.PAYMENT,
            [(_where_money_is(sale.paid_by), gross), (Account.CUSTOMER, -gross)],
            about=about,
            source=f"{source}:payment",
            at=at,
        )
    _post_commission(JournalKind.COMMISSION, 0, commission, about=about, source=source, at=at)
    if sale.mandatary:
        on = record.recorded_on
        issue_document(
            lambda number: invoice_for(sale, number=number, on=on, paid_on=record.happened_on),
            organisation_id=sale.organisation_id,
            kind=InvoiceKind.INVOICE,
            source=f"{source}:invoice",
            issued_on=on,
            at=at,
        )
    return record


@transaction.atomic
def record_refund(refund: GivenBack, *, source: str, at: datetime) -> SalesRecord:
    """Write a refund into the books, or return what this source has written already.

    The tax given back is the difference between what stood and what stands; the commission follows
    the same rule.

    Raises:
        NoSaleError: nothing was recorded as sold under this reference yet.
        MoreThanStandsError: more than what stands of the sale (fault 21).
    """
    chain = lock_chain(refund.organisation_id)
    known = SalesRecord.objects.filter(source=source).first()
    if known is not None:
        return known
    before = standing_of_order(refund.reference)
    if before is None:
        raise NoSaleError(refund.reference)
    stands = sum(before.standing.values())
    if not 0 < refund.amount_cents <= stands:
        raise MoreThanStandsError(refund.reference, refund.amount_cents, stands)
    wanted: dict[tuple[str, int], int] = {}
    for line in refund.lines:
        key = (line.kind, line.rate_bp)
        wanted[key] = wanted.get(key, 0) + line.gross_cents
    taken = attribute(before.standing, wanted, refund.amount_cents)
    taxes = taxes_of_change(before.standing, less(before.standing, taken))
    left = commission_of(stands - refund.amount_cents, before.commission_bp)
    record = _append(
        chain,
        SalesRecord(
            kind=RecordKind.REFUND,
            source=source,
            reference=refund.reference,
            paid_by=refund.paid_by,
            happened_at=refund.happened_at,
            gross_cents=-refund.amount_cents,
            commission_cents=left - before.commission_cents,
            commission_bp=before.commission_bp,
            taxes=[_opposite(one).as_json() for one in taxes],
            is_to_business=before.is_to_business,
        ),
        at=at,
    )
    about = About(refund.organisation_id, refund.reference, refund.happened_at)
    amount = refund.amount_cents
    post(
        JournalKind.REFUND,
        [(Account.MERCHANT, amount), (Account.REFUNDS, -amount)],
        about=about,
        source=f"{source}:refund",
        at=at,
    )
    post(
        JournalKind.REFUND_PAID,
        [(Account.REFUNDS, amount), (_where_money_is(refund.paid_by), -amount)],
        about=about,
        source=f"{source}:paid",
        at=at,
    )
    _post_commission(
        JournalKind.COMMISSION_BACK,
        before.commission_cents,
        left,
        about=about,
        source=source,
        at=at,
    )
    invoice = Invoice.objects.filter(reference=refund.reference, kind=InvoiceKind.INVOICE).first()
    if invoice is not None:
        on = record.recorded_on
        change = Change(refund, taken, taxes, record.happened_on)
        original = document_from_json(invoice.document)
        issue_document(
            lambda number: credit_note_for(original, change, number=number, on=on),
            organisation_id=refund.organisation_id,
            kind=InvoiceKind.CREDIT_NOTE,
            source=f"{source}:credit_note",
            issued_on=on,
            original=invoice,
            at=at,
        )
    return record


def _append(chain: SalesChain, record: SalesRecord, *, at: datetime) -> SalesRecord:
    """Write the next record of a chain that is held."""
    zone = ZoneInfo(chain.timezone)
    recorded_at = max(at, chain.last_recorded_at) if chain.last_recorded_at else at
    record.organisation_id = chain.organisation_id
    record.number = chain.last_number + 1
    record.happened_on = record.happened_at.astimezone(zone).date()
    record.recorded_at = recorded_at
    record.recorded_on = _first_open_day(chain, recorded_at.astimezone(zone).date())
    record.previous_hash = chain.last_hash
    record.hash = hash_of_record(record)
    record.save(force_insert=True)
    chain.last_number = record.number
    chain.last_hash = record.hash
    chain.last_recorded_at = recorded_at
    chain.perpetual_cents += record.gross_cents
    chain.save()
    return record


def _first_open_day(chain: SalesChain, today: date) -> date:
    if chain.closed_until is None or today > chain.closed_until:
        return today
    return chain.closed_until + timedelta(days=1)


def _post_commission(
    kind: JournalKind, before: int, after: int, *, about: About, source: str, at: datetime
) -> None:
    """Write the difference of a commission and of its tax."""
    change = after - before
    tax = tax_within(after, COMMISSION_VAT_BP) - tax_within(before, COMMISSION_VAT_BP)
    if change:
        post(
            kind,
            [
                (Account.MERCHANT, change),
                (Account.COMMISSION, tax - change),
                (Account.COMMISSION_VAT, -tax),
            ],
            about=about,
            source=f"{source}:commission",
            at=at,
        )


def _where_money_is(paid_by: PaidBy) -> Account:
    """Money paid in the shop is with the merchant already."""
    return Account.CLEARING if paid_by == PaidBy.ONLINE_CARD else Account.MERCHANT


def _opposite(one: TaxLine) -> TaxLine:
    return TaxLine(one.kind, one.rate_bp, -one.gross_cents, -one.net_cents, -one.tax_cents)
