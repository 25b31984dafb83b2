"""The doors to documents: the merchant's members, and the customer by the order's private link."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from chalandise.accounts.models import User
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.organisations.models import Organisation
from chalandise.settlements.models import Invoice, SalesRecord, Statement
from chalandise.settlements.queries.standing import references_of
from chalandise.settlements.queries.totals import merged_taxes
from chalandise.settlements.taxes import TaxLine

Row = TypeVar("Row", bound=Model)


def get_organisation_for_member(user: User, organisation_id: int) -> Organisation:
    """Return an organisation the person acts for.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    return _one(Organisation.objects.filter(pk=organisation_id, memberships__user=user))


def get_invoice_for_member(user: User, invoice_id: int) -> Invoice:
    """Return a document of a merchant the person acts for.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    return _one(Invoice.objects.filter(pk=invoice_id, organisation__memberships__user=user))


def get_statement_for_member(user: User, statement_id: int) -> Statement:
    """Return a statement of a merchant the person acts for.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    return _one(Statement.objects.filter(pk=statement_id, organisation__memberships__user=user))


def get_invoice_of_order(order: Order, invoice_id: int) -> Invoice:
    """Return a document about an order whose private link, or owner, was seen already.

    Raises:
        NotFoundError: absent, or about another order.
    """
    return _one(_about(order.merchant_orders.all()).filter(pk=invoice_id))


def invoices_of_orders(parts: Collection[MerchantOrder]) -> dict[str, list[Invoice]]:
    """Return the documents of merchant orders by their number, oldest first; one query."""
    if not parts:
        return {}
    found: dict[str, list[Invoice]] = {}
    for invoice in _about(parts).order_by("issued_at", "pk"):
        found.setdefault(invoice.reference.partition("/")[0], []).append(invoice)
    return found


def list_invoices_of(organisation: Organisation) -> QuerySet[Invoice]:
    """Return a merchant's invoices and credit notes, newest first."""
    return Invoice.objects.filter(organisation=organisation).order_by("-issued_at", "-pk")


@dataclass(frozen=True)
class Receipt:
    """What a customer paid of one merchant order, what came back, and the tax of what stands.

    Attributes:
        paid_cents: taken.
        refunded_cents: given back, positive.
        taxes: of what stands, by rate.
    """

    paid_cents: int
    refunded_cents: int
    taxes: tuple[TaxLine, ...]


def receipt_of(part: MerchantOrder) -> Receipt:
    """Return the receipt of a merchant order, with or without an invoice; one query."""
    records = list(
        SalesRecord.objects.filter(reference__in=references_of(part.number)).order_by("number")
    )
    return Receipt(
        paid_cents=sum(one.gross_cents for one in records if one.gross_cents > 0),
        refunded_cents=-sum(one.gross_cents for one in records if one.gross_cents < 0),
        taxes=tuple(one for one in merged_taxes(records) if one.gross_cents or one.tax_cents),
    )


def _about(parts: Iterable[MerchantOrder]) -> QuerySet[Invoice]:
    numbers = [reference for part in parts for reference in references_of(part.number)]
    return Invoice.objects.filter(reference__in=numbers)


def _one(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise NotFoundError
    return found
