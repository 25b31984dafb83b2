"""The operator's monthly invoice to a merchant for its commission; none is issued while it is zero."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import identity_of
from chalandise.settlements.errors import NothingLeftError
from chalandise.settlements.facts import COMMISSION_VAT_BP
from chalandise.settlements.invoicing.document import (
    DocumentKind,
    InvoiceDocument,
    InvoiceLine,
    Party,
)
from chalandise.settlements.invoicing.storing import document_to_json
from chalandise.settlements.models import CommissionInvoice, CommissionPaid
from chalandise.settlements.periods import Span, month
from chalandise.settlements.queries.commissions import Commission, commissions_of
from chalandise.settlements.queries.facts import party_of_organisation, party_of_seller
from chalandise.settlements.queries.locking import lock_commission_series
from chalandise.settlements.states import InvoiceKind

logger = logging.getLogger(__name__)
LETTERS = {InvoiceKind.INVOICE: "F", InvoiceKind.CREDIT_NOTE: "A"}
DOCUMENTS = {
    InvoiceKind.INVOICE: DocumentKind.INVOICE,
    InvoiceKind.CREDIT_NOTE: DocumentKind.CREDIT_NOTE,
}
PREFIX = "COM"


def issue_commissions_of_last_month(*, at: datetime) -> int:
    """Invoice last month's commissions, each merchant once; return how many documents were made."""
    today = timezone.localdate(at)
    last = (today.year - 1, 12) if today.month == 1 else (today.year, today.month - 1)
    span = month(*last)
    return sum(issue_commission(one, span, at=at) is not None for one in commissions_of(span))


@transaction.atomic
def issue_commission(one: Commission, span: Span, *, at: datetime) -> CommissionInvoice | None:
    """Invoice one merchant's month, or credit it where more went back than was earned.

    Nothing is made twice, for a sum of zero, or before the operator has said its SIREN.
    """
    portal = Portal.objects.get(pk=one.portal_id)
    operator = _operator(portal)
    if not one.cents or not operator.siren:
        if one.cents:
            logger.error("commissions: portal %s has no SIREN of its operator", portal.slug)
        return None
    kind = InvoiceKind.INVOICE if one.cents > 0 else InvoiceKind.CREDIT_NOTE
    issued_on = timezone.localdate(at)
    series = lock_commission_series(portal.pk, kind, issued_on.year)
    before = CommissionInvoice.objects.filter(portal=portal, organisation=one.organisation_id)
    original = before.filter(kind=InvoiceKind.INVOICE).order_by("-month").first()
    is_made = before.filter(month=span.starts_on).exists()
    if is_made or (kind == InvoiceKind.CREDIT_NOTE and original is None):
        return None
    series.last_number += 1
    series.save(update_fields=["last_number"])
    organisation = Organisation.objects.get(pk=one.organisation_id)
    document = InvoiceDocument(
        kind=DOCUMENTS[kind],
        number=f"{PREFIX}-{issued_on.year}-{LETTERS[kind]}{series.last_number:05d}",
        issued_on=issued_on,
        order_number=f"{span.starts_on:%Y-%m}",
        seller=operator,
        buyer=party_of_organisation(organisation),
        lines=(_line(one, span),),
        paid_cents=one.settled_cents,
        paid_on=span.ends_on if one.settled_cents else None,
        original_number=original.number if original and kind == InvoiceKind.CREDIT_NOTE else "",
        original_on=original.issued_on if original and kind == InvoiceKind.CREDIT_NOTE else None,
    )
    kept = document_to_json(document)
    return CommissionInvoice.objects.create(
        portal=portal,
        organisation=organisation,
        month=span.starts_on,
        kind=kind,
        year=issued_on.year,
        sequence=series.last_number,
        number=document.number,
        original=original if kind == InvoiceKind.CREDIT_NOTE else None,
        issued_on=issued_on,
        issued_at=at,
        gross_cents=document.gross_cents,
        net_cents=document.net_cents,
        tax_cents=document.tax_cents,
        document=kept,
        digest=hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
    )


@transaction.atomic
def note_commission_paid(
    invoice: CommissionInvoice, *, paid_on: date, by: Actor, at: datetime
) -> None:
    """Note that what was left of an invoice has arrived; noted again, the first note stays.

    Raises:
        NothingLeftError: all of it was kept at each payment.
        ValueError: a day before the invoice, or to come.
    """
    if not invoice.left_cents:
        raise NothingLeftError(invoice.number)
    if not invoice.issued_on <= paid_on <= timezone.localdate(at):
        raise ValueError(paid_on)
    _row, is_new = CommissionPaid.objects.get_or_create(
        invoice=invoice, defaults={"paid_on": paid_on, "noted_at": at}
    )
    if is_new:
        record(invoice, "noted_paid", by=by, at=at, detail={"paid_on": str(paid_on)})


@transaction.atomic
def take_note_back(invoice: CommissionInvoice, *, by: Actor, at: datetime) -> None:
    """Strike a note made by mistake: the journal keeps both."""
    deleted, _rows = CommissionPaid.objects.filter(invoice=invoice).delete()
    if deleted:
        record(invoice, "note_taken_back", by=by, at=at)


def _operator(portal: Portal) -> Party:
    identity = identity_of(portal)
    known = {"address": identity.operator_address, "email": identity.operator_email}
    party = party_of_seller(known, fallback=identity.operator_name or portal.name)
    number = identity.operator_vat_number.replace(" ", "")
    return replace(party, siren=identity.operator_siren, vat_number=number)


def _line(one: Commission, span: Span) -> InvoiceLine:
    with translation.override("fr"):
        name = pgettext("invoice", "Commission on the sales of %(month)s") % {
            "month": date_format(span.starts_on, "F Y")
        }
    return InvoiceLine(name, Decimal(1), abs(one.cents), COMMISSION_VAT_BP, kind="service")
