"""Numbering invoices and credit notes, and keeping their files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from chalandise.journal.actions import emit
from chalandise.settlements.events import DocumentIssued
from chalandise.settlements.invoicing.document import InvoiceDocument
from chalandise.settlements.invoicing.pdf import COLOUR, pdf
from chalandise.settlements.invoicing.storing import document_from_json, document_to_json
from chalandise.settlements.models import Invoice, InvoiceFile
from chalandise.settlements.queries.locking import lock_series
from chalandise.settlements.states import InvoiceKind

LETTERS = {InvoiceKind.INVOICE: "F", InvoiceKind.CREDIT_NOTE: "A"}
PREFIX = "CH"


def number_of(kind: InvoiceKind, year: int, sequence: int) -> str:
    """Return a number of our series under the mandate: ``CH-2026-F00012``."""
    return f"{PREFIX}-{year}-{LETTERS[kind]}{sequence:05d}"


@transaction.atomic
def issue_document(
    write: Callable[[str], InvoiceDocument],
    *,
    organisation_id: int,
    kind: InvoiceKind,
    source: str,
    issued_on: date,
    original: Invoice | None = None,
    at: datetime,
) -> Invoice:
    """Give the next number of the series to a document, or return the one already issued.

    The number is taken under a lock on the series and written with the document in one
    transaction: should that fail, the number was never given.

    Args:
        write: makes the document, given its number.
        organisation_id: the merchant.
        kind: invoice or credit note.
        source: the fact it is issued for; one document each.
        issued_on: today, by the merchant's clock.
        original: the invoice that a credit note corrects.
        at: now.
    """
    series = lock_series(organisation_id, kind, issued_on.year)
    known = Invoice.objects.filter(source=source).first()
    if known is not None:
        return known
    series.last_number += 1
    series.save(update_fields=["last_number"])
    document = write(number_of(kind, issued_on.year, series.last_number))
    kept = document_to_json(document)
    invoice = Invoice.objects.create(
        organisation_id=organisation_id,
        kind=kind,
        year=issued_on.year,
        sequence=series.last_number,
        number=document.number,
        source=source,
        reference=document.order_number,
        original=original,
        issued_on=issued_on,
        issued_at=at,
        gross_cents=document.gross_cents,
        net_cents=document.net_cents,
        tax_cents=document.tax_cents,
        document=kept,
        digest=hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest(),
    )
    emit(DocumentIssued(invoice.pk, kind), at=at)
    return invoice


def keep_file(invoice: Invoice, *, colour: str = COLOUR, at: datetime) -> bytes:
    """Return the Factur-X PDF of a document: made on first demand, then always the same bytes."""
    known = InvoiceFile.objects.filter(invoice=invoice).first()
    if known is not None and (path := folder() / known.name).is_file():
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == known.digest:
            return content
    content = pdf(document_from_json(invoice.document), colour=colour)
    if known is not None:  # the file was lost: made again from what is kept, told apart by nobody
        _write(known.name, content)
        return content
    digest = hashlib.sha256(content).hexdigest()
    name = f"{invoice.organisation_id}/{invoice.year}/{invoice.number}-{digest[:12]}.pdf"
    _write(name, content)
    InvoiceFile.objects.bulk_create(
        [InvoiceFile(invoice=invoice, name=name, digest=digest, size=len(content), made_at=at)],
        ignore_conflicts=True,
    )
    first = InvoiceFile.objects.get(invoice=invoice)
    return (folder() / first.name).read_bytes()  # of two who asked at once, both get the first


def folder() -> Path:
    """Return where invoices lie: never under a public folder."""
    return Path(settings.VAR_DIR) / "private" / "invoices"


def _write(name: str, content: bytes) -> None:
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(path)
