"""The e-mail that brings invoices and credit notes: a link to the one PDF there is of each.

Four shops of one order write four invoices within a minute or two: the customer gets one e-mail with
all of them. Documents are noted as they are issued; a job tells of those of an order once none has
come for `QUIET`. What was told is kept, so that a document is told of once (fault 44).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.models import PaperToTell
from chalandise.messaging.order_mails import find_part, write_to_customer
from chalandise.ordering.models import MerchantOrder
from chalandise.portals.queries import link_to
from chalandise.settlements.events import DocumentIssued
from chalandise.settlements.models import Invoice
from chalandise.settlements.states import InvoiceKind

QUIET = timedelta(minutes=2)


@subscribes("settlements.document_issued")
def note_document(event: DocumentIssued) -> None:
    """Note that a document is to be told of, once."""
    invoice = Invoice.objects.filter(pk=event.invoice_id).first()
    number = invoice.reference.partition("/")[0] if invoice is not None else ""
    part = MerchantOrder.objects.filter(number=number).only("pk", "order_id").first()
    if invoice is not None and part is not None:
        paper = PaperToTell(invoice=invoice, part_id=part.pk, order_id=part.order_id)
        paper.noted_at = timezone.now()
        PaperToTell.objects.bulk_create([paper], ignore_conflicts=True)


def tell_of_documents(*, at: datetime) -> int:
    """Write about the documents of every order of which none came for a while; return how many."""
    waiting = (
        PaperToTell.objects.filter(told_at=None).values("order").annotate(last=Max("noted_at"))
    )
    quiet = waiting.filter(last__lte=at - QUIET).order_by("order")
    return sum(_tell(order_id, at=at) for order_id in quiet.values_list("order", flat=True))


@transaction.atomic
def _tell(order_id: int, *, at: datetime) -> int:
    """Write about what is not told of an order; of two at a time, the second finds it told."""
    found = lock_papers(order_id)
    part = find_part(found[0].part_id) if found else None
    if part is None:
        return 0
    PaperToTell.objects.filter(pk__in=[one.pk for one in found]).update(told_at=at)
    order = part.order
    with translation.override(settings.LANGUAGE_CODE):
        papers = [_said(one, part) for one in found]
    words = {
        "papers": papers,
        "order_number": order.number,
        "action_label": _("See my order"),
        "shop_name": papers[0]["shop"],
    }
    key = f"documents:{found[0].pk}-{found[-1].pk}"
    write_to_customer(part, "document_issued", key=key, words=words)
    return 1


def lock_papers(order_id: int) -> list[PaperToTell]:
    """Hold the documents of an order that are not told of yet, in the order of their keys."""
    rows = PaperToTell.objects.select_for_update(of=("self",))
    rows = rows.select_related("invoice", "part__establishment")
    return list(rows.filter(order=order_id, told_at=None).order_by("pk"))


def _said(paper: PaperToTell, part: MerchantOrder) -> dict[str, Any]:
    invoice, order = paper.invoice, part.order
    is_invoice = invoice.kind == InvoiceKind.INVOICE
    return {
        "kind": pgettext("document", "Invoice")
        if is_invoice
        else pgettext("document", "Credit note"),
        "number": invoice.number,
        "shop": paper.part.establishment.name,
        "total": euros(invoice.gross_cents),
        "url": link_to(order.portal, "storefront:order_invoice", order.token, invoice.pk),
    }
