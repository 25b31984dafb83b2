"""Invoices and credit notes of an order, for whoever holds its private link."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.settlements.actions.invoicing import keep_file
from chalandise.settlements.queries.doors import get_invoice_of_order
from chalandise.storefront.tour import attached
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest


@never_cache
def invoice(request: PortalRequest, token: str, invoice_id: int) -> HttpResponse:
    """Hand out an invoice or a credit note as its one and only PDF."""
    order = found_or_404(get_order_by_token, token)
    found = found_or_404(get_invoice_of_order, order, invoice_id)
    content = keep_file(found, at=timezone.now())
    return attached(content, f"{found.number}.pdf", "application/pdf")
