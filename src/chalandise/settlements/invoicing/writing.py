"""From a sale to its invoice, from a refund to its credit note. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import pgettext

from chalandise.kernel.money import split_cents
from chalandise.settlements.facts import GivenBack, Sale
from chalandise.settlements.invoicing.document import (
    DocumentKind,
    GoodsKind,
    InvoiceDocument,
    InvoiceLine,
    Means,
)
from chalandise.settlements.taxes import Standing, TaxLine, by_rate, taxes_of


@dataclass(frozen=True)
class Change:
    """What a refund takes from an invoice.

    Attributes:
        refund: the refund.
        taken: gross by kind and rate.
        taxes: the same with its tax.
        on: the day the customer has it.
    """

    refund: GivenBack
    taken: Standing
    taxes: tuple[TaxLine, ...]
    on: date


def invoice_for(sale: Sale, *, number: str, on: date, paid_on: date) -> InvoiceDocument:
    """Return the invoice of a paid sale."""
    return InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number=number,
        issued_on=on,
        order_number=sale.reference,
        seller=sale.seller,
        buyer=sale.buyer,
        lines=tuple(line.as_invoiced() for line in sale.lines),
        vat=by_rate(taxes_of(sale.standing)),
        is_franchise=sale.is_franchise,
        is_on_debits=sale.is_on_debits,
        delivered_on=sale.delivered_on,
        delivery=sale.delivery,
        mandatary=sale.mandatary,
        means=Means(sale.paid_by),
        paid_cents=sale.gross_cents,
        paid_on=paid_on,
    )


def credit_note_for(
    original: InvoiceDocument, change: Change, *, number: str, on: date
) -> InvoiceDocument:
    """Return the credit note of a refund: its lines where they are known, the rest by rate."""
    with translation.override("fr"):
        lines = tuple(_credited(change))
    return replace(
        original,
        kind=DocumentKind.CREDIT_NOTE,
        number=number,
        issued_on=on,
        lines=lines,
        vat=tuple(one for one in by_rate(change.taxes) if one.gross_cents),
        delivered_on=None,
        delivery=None,
        means=Means(change.refund.paid_by),
        paid_cents=change.refund.amount_cents,
        paid_on=change.on,
        original_number=original.number,
        original_on=original.issued_on,
    )


def _credited(change: Change) -> Iterator[InvoiceLine]:
    for (kind, rate_bp), cents in sorted(change.taken.items(), key=lambda one: one[0][1]):
        lines = [one for one in change.refund.lines if (one.kind, one.rate_bp) == (kind, rate_bp)]
        gross = [one.gross_cents for one in lines]
        whole = min(cents, sum(gross))
        for line, share in zip(lines, split_cents(whole, gross), strict=True):
            if share:
                yield replace(line.as_invoiced(), gross_cents=share)
        if cents > whole:
            goods_kind: GoodsKind = "service" if kind == "service" else "goods"
            yield InvoiceLine(
                name=change.refund.reason or pgettext("invoice", "Refund"),
                quantity=Decimal(1),
                gross_cents=cents - whole,
                rate_bp=rate_bp,
                kind=goods_kind,
            )
