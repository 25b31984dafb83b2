"""A document as JSON and back: what is kept is what is printed, ten years later too."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from chalandise.kernel.money import VatLine
from chalandise.settlements.invoicing.document import (
    DocumentKind,
    InvoiceDocument,
    InvoiceLine,
    Means,
    Party,
)

_DATES = ("issued_on", "delivered_on", "paid_on", "original_on")


def document_to_json(document: InvoiceDocument) -> dict[str, Any]:
    """Return the fields as JSON has them: dates and quantities as text."""
    kept = asdict(document)
    kept["kind"] = document.kind.value
    kept["means"] = document.means.value if document.means else None
    for name in _DATES:
        kept[name] = kept[name].isoformat() if kept[name] else None
    for line in kept["lines"]:
        line["quantity"] = str(line["quantity"])
    return kept


def document_from_json(kept: dict[str, Any]) -> InvoiceDocument:
    """Build the document back."""
    fields = dict(kept)
    for name in _DATES:
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    fields["kind"] = DocumentKind(fields["kind"])
    fields["means"] = Means(fields["means"]) if fields["means"] else None
    fields["seller"] = _party(fields["seller"])
    fields["buyer"] = _party(fields["buyer"])
    fields["delivery"] = _party(fields["delivery"]) if fields["delivery"] else None
    fields["lines"] = tuple(
        InvoiceLine(**{**line, "quantity": Decimal(line["quantity"])}) for line in fields["lines"]
    )
    fields["vat"] = tuple(VatLine(**one) for one in fields["vat"])
    return InvoiceDocument(**fields)


def _party(kept: dict[str, Any]) -> Party:
    return Party(**{**kept, "lines": tuple(kept["lines"])})
