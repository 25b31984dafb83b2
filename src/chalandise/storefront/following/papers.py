"""Papers of an order, for whoever holds its private link: invoices, receipts, the contract kept."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import Order
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.ordering.queries.withdrawals import get_withdrawal_by_token
from chalandise.settlements.actions.invoicing import keep_file
from chalandise.settlements.papers.acknowledgements import acknowledgement_pdf
from chalandise.settlements.papers.contracts import contract_pdf
from chalandise.settlements.papers.receipts import receipt_pdf
from chalandise.settlements.queries.doors import get_invoice_of_order
from chalandise.storefront.following.tour import attached
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest

PDF = "application/pdf"


def invoice(request: PortalRequest, token: str, invoice_id: int) -> HttpResponse:
    """Hand out an invoice or a credit note as its one and only PDF."""
    order = found_or_404(get_order_by_token, token)
    found = found_or_404(get_invoice_of_order, order, invoice_id)
    content = keep_file(found, at=timezone.now())
    return attached(content, f"{found.number}.pdf", PDF)


def receipt(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Hand out the receipt of one shop's part, once something was paid."""
    order = found_or_404(get_order_by_token, token)
    content, number = found_or_404(_receipt, order, part_id)
    return attached(content, f"recu-{number}.pdf", PDF)


def contract(request: PortalRequest, token: str) -> HttpResponse:
    """Hand out the contract as concluded: the link of an order opens it for ten years (L213-1)."""
    order = found_or_404(get_order_by_token, token)
    return attached(contract_pdf(order), f"commande-{order.number}.pdf", PDF)


def acknowledgement(request: PortalRequest, token: str) -> HttpResponse:
    """Hand out the acknowledgement of a withdrawal, to keep (L221-21)."""
    found = found_or_404(get_withdrawal_by_token, token)
    return attached(acknowledgement_pdf(found), f"retractation-{found.number}.pdf", PDF)


def _receipt(order: Order, part_id: int) -> tuple[bytes, str]:
    part = next((one for one in order.merchant_orders.all() if one.pk == part_id), None)
    if part is None:
        raise NotFoundError
    return receipt_pdf(part), part.number
