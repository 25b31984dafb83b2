"""The e-mail that brings an invoice or a credit note: a link to the one PDF there is of it."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.order_mails import find_part, write_to_customer
from chalandise.ordering.models import MerchantOrder
from chalandise.portals.queries import link_to
from chalandise.settlements.events import DocumentIssued
from chalandise.settlements.models import Invoice
from chalandise.settlements.states import InvoiceKind


@subscribes("settlements.document_issued")
def send_document(event: DocumentIssued) -> None:
    """Tell the customer that a document about their order can be read, once."""
    invoice = Invoice.objects.filter(pk=event.invoice_id).first()
    number = invoice.reference.partition("/")[0] if invoice is not None else ""
    key = MerchantOrder.objects.filter(number=number).values_list("pk", flat=True).first()
    part = find_part(key) if key is not None else None
    if invoice is None or part is None:
        return
    order = part.order
    with translation.override(settings.LANGUAGE_CODE):
        is_invoice = invoice.kind == InvoiceKind.INVOICE
        kind = (
            pgettext("document", "Invoice") if is_invoice else pgettext("document", "Credit note")
        )
    words = {
        "kind_name": kind,
        "document_number": invoice.number,
        "document_total": euros(invoice.gross_cents),
        "order_number": part.number,
        "action_url": link_to(order.portal, "storefront:order_invoice", order.token, invoice.pk),
        "action_label": _("Open the PDF"),
    }
    write_to_customer(part, "document_issued", key=f"document:{invoice.pk}", words=words)
