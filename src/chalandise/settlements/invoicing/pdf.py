"""The page a person reads, set by typst as PDF/A-3, with the Factur-X XML inside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

from django.utils import translation
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import pgettext

from chalandise.kernel.money import euros
from chalandise.kernel.typesetting import set_pages
from chalandise.settlements.invoicing.document import (
    DocumentKind,
    InvoiceDocument,
    InvoiceLine,
    Means,
    Party,
)
from chalandise.settlements.invoicing.facturx import facturx_xml
from chalandise.settlements.words import day_in_words, in_groups, phone_in_words

TEMPLATE = Path(__file__).parent / "invoice.typ"
COLOUR = "#1f5c43"
UNITS = {"C62": "", "KGM": "kg", "GRM": "g", "LTR": "L"}


def pdf(document: InvoiceDocument, *, colour: str = COLOUR) -> bytes:
    """Return the document as Factur-X: PDF/A-3 with its XML attached."""
    # The library takes as long to load as a tenth of the whole start: only who prints waits for it.
    attach: Callable[..., bytes] = import_string("facturx.generate_from_binary")
    page = page_of(document, colour=colour)
    title = f"{_kind(document)} {document.number}"
    return attach(
        page,
        facturx_xml(document),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,  # the tests do, over many documents
        pdf_metadata={
            "author": document.seller.name,
            "keywords": f"Factur-X, {document.number}",
            "title": f"{title} · {document.seller.name}",
            "subject": title,
        },
        lang="fr-FR",
        afrelationship="alternative",
    )


def page_of(document: InvoiceDocument, *, colour: str = COLOUR) -> bytes:
    """Return the page alone, without the XML."""
    with translation.override("fr"):  # an invoice between French parties is in French
        said = _said(document, colour)
    return set_pages(
        TEMPLATE,
        {"document": said},
        timestamp=datetime.combine(document.issued_on, time(), tzinfo=UTC),
    )


def _said(document: InvoiceDocument, colour: str) -> dict[str, object]:
    """Everything the template prints, said in French."""
    return {
        "colour": colour,
        "title": f"{_kind(document)} {document.number}",
        "kind": _kind(document),
        "number": document.number,
        "words": {
            "buyer": pgettext("invoice", "Customer"),
            "delivery": pgettext("invoice", "Delivered to"),
            "what": pgettext("invoice", "Description"),
            "quantity": pgettext("invoice", "Quantity"),
            "unit_net": pgettext("invoice", "Unit price excl. tax"),
            "rate": pgettext("invoice", "VAT"),
            "rate_alone": pgettext("invoice", "Rate"),
            "net": pgettext("invoice", "Excl. tax"),
            "tax": pgettext("invoice", "Tax"),
            "gross": pgettext("invoice", "Incl. tax"),
        },
        "seller": {"name": document.seller.name, "lines": _seller_lines(document.seller)},
        "buyer": {"name": document.buyer.name, "lines": _buyer_lines(document.buyer)},
        "delivery": (
            [document.delivery.name, *_address(document.delivery)] if document.delivery else None
        ),
        "facts": _facts(document),
        "lines": [_line(document, place) for place in range(len(document.lines))],
        "vat": [
            {
                "rate": _rate(one.rate_bp),
                "net": euros(one.net_cents),
                "tax": euros(one.tax_cents),
                "gross": euros(one.gross_cents),
            }
            for one in document.vat
        ],
        "totals": [
            (pgettext("invoice", "Total excl. tax"), euros(document.net_cents)),
            (pgettext("invoice", "Total tax"), euros(document.tax_cents)),
        ],
        "grand": (pgettext("invoice", "Total incl. tax"), euros(document.gross_cents)),
        "paid": _paid(document),
        "mentions": list(document.legal_mentions),
        "foot": _foot(document),
    }


def _facts(document: InvoiceDocument) -> list[tuple[str, str]]:
    facts = [
        (pgettext("invoice", "Date"), day_in_words(document.issued_on)),
        _what_for(document),
    ]
    if document.original_number:
        original = document.original_number
        if document.original_on:
            original = pgettext("invoice", "%(number)s of %(date)s") % {
                "number": original,
                "date": day_in_words(document.original_on),
            }
        facts.append((pgettext("invoice", "Corrects the invoice"), original))
    if document.delivered_on:
        facts.append((pgettext("invoice", "Handed over on"), day_in_words(document.delivered_on)))
    kinds = {
        "goods": pgettext("invoice", "goods"),
        "service": pgettext("invoice", "services"),
        "mixed": pgettext("invoice", "goods and services"),
    }
    facts.append((pgettext("invoice", "Nature"), kinds[document.goods_kind]))
    return facts


def _what_for(document: InvoiceDocument) -> tuple[str, str]:
    """Return the order it is for, or the month that a commission is for."""
    if document.period:
        return (pgettext("invoice", "Period"), date_format(document.period[0], "F Y"))
    return (pgettext("invoice", "Order number"), document.order_number)


def _line(document: InvoiceDocument, place: int) -> dict[str, str]:
    line = document.lines[place]
    return {
        "name": line.name,
        "detail": line.detail,
        "quantity": _quantity(line),
        "unit_net": f"{document.unit_net(place):.4f}".replace(".", ",") + "\u00a0€",
        "rate": _rate(line.rate_bp),
        "gross": euros(line.gross_cents),
    }


def _paid(document: InvoiceDocument) -> list[tuple[str, str]]:
    if document.kind is DocumentKind.CREDIT_NOTE:
        means = pgettext("invoice", "Given back")
    elif document.paid_cents and document.means is not None:
        means = {
            Means.ONLINE_CARD: pgettext("invoice", "Paid online by card"),
            Means.CARD: pgettext("invoice", "Paid by card"),
            Means.CASH: pgettext("invoice", "Paid in cash"),
        }[document.means]
    else:
        means = pgettext("invoice", "Paid")
    if document.paid_on:
        means = pgettext("invoice", "%(means)s on %(date)s") % {
            "means": means,
            "date": date_format(document.paid_on, "d/m/Y"),
        }
    rows = [(means, euros(document.paid_cents))] if document.paid_cents else []
    due = document.gross_cents - document.paid_cents
    return [*rows, (pgettext("invoice", "Left to pay"), euros(due))] if due else rows


def _foot(document: InvoiceDocument) -> list[str]:
    seller = document.seller
    parts = [seller.name, seller.legal_form]
    if seller.siren:
        parts.append(f"SIREN\u00a0{in_groups(seller.siren)}")
    if seller.vat_number:
        parts.append(pgettext("invoice", "VAT number %(number)s") % {"number": seller.vat_number})
    foot = [" · ".join(part for part in parts if part)]
    if document.mandate_mention:
        foot.append(f"{document.mandate_mention}.")
    return foot


def _seller_lines(seller: Party) -> list[str]:
    return [
        *_address(seller),
        *(one for one in (seller.email, phone_in_words(seller.phone)) if one),
    ]


def _buyer_lines(buyer: Party) -> list[str]:
    number = {"number": buyer.vat_number}
    tax = [pgettext("invoice", "VAT number %(number)s") % number] if buyer.vat_number else []
    return [*_address(buyer), *tax]


def _address(party: Party) -> list[str]:
    town = f"{party.postal_code} {party.town}".strip()
    lines = [*party.lines, town]
    if party.siren:
        lines.append(f"SIREN\u00a0{in_groups(party.siren)}")
    return [line for line in lines if line]


def _kind(document: InvoiceDocument) -> str:
    return "Avoir" if document.kind is DocumentKind.CREDIT_NOTE else "Facture"


def _quantity(line: InvoiceLine) -> str:
    number = f"{line.quantity.normalize():f}".replace(".", ",")
    unit = UNITS.get(line.unit, line.unit)
    return f"{number}\u00a0{unit}" if unit else number


def _rate(rate_bp: int) -> str:
    number = f"{rate_bp / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return f"{number}\u00a0%"
