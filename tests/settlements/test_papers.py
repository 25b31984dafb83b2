"""What customers keep: the receipt, the contract for ten years, the acknowledgement of a withdrawal."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.clock import moment
from tests.factories import market
from tests.factories.orders import NOON, order_at
from tests.factories.settlements import sale

from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.kernel.errors import NotFoundError
from chalandise.messaging.actions import erase_old_messages
from chalandise.messaging.models import Message
from chalandise.messaging.paper_mails import QUIET, tell_of_documents
from chalandise.ordering.actions.cart import forget_old_carts
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.reservations import erase_old_reservations
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Order, OrderLine
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import Invoice
from chalandise.settlements.papers.acknowledgements import acknowledgement_sheet
from chalandise.settlements.papers.contracts import (
    KEPT_FROM_CENTS,
    KEPT_YEARS,
    contract_sheet,
    must_be_kept,
)
from chalandise.settlements.papers.receipts import receipt_sheet
from chalandise.settlements.papers.words import plain_text

pytestmark = pytest.mark.django_db


def ordered(cast: Cast) -> Order:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (shop.offers[0], 2), (shop.offers[2], 1))
    mark_paid(order.merchant_orders.get().pk, at=market.NOW)
    return order


def sold(cast: Cast, **fields: object) -> MerchantOrder:
    """An order in the books of a merchant."""
    order = order_at(cast.lot, cast.bakery, state="placed")
    part = order.merchant_orders.get()
    MerchantOrder.objects.filter(pk=part.pk).update(paid_at=NOON)
    part.refresh_from_db()
    told = sale(part.organisation, at=NOON, reference=part.number, **fields)
    record_sale(told, source="payment:1", at=NOON)
    return part


def announce_documents() -> None:
    dispatch(list(OutboxEvent.objects.filter(kind="settlements.document_issued")))


def is_pdf(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_without_the_mandate_there_is_a_receipt_and_no_invoice(cast: Cast, client: Client) -> None:
    part = sold(cast, mandatary="")
    assert not Invoice.objects.exists()
    sheet = receipt_sheet(part)
    said = " ".join([sheet.title, sheet.subtitle, sheet.note, *sheet.who, *map(str, sheet.rows)])
    for word in (
        part.number,
        part.order.customer_name,
        "Tourte de seigle",
        "n’est pas une facture",
    ):
        assert word in said
    assert dict(sheet.totals)["Payé"] == sheet.grand[1]
    address = reverse("storefront:receipt", args=[part.order.token, part.pk])
    is_pdf(client, address)


def test_what_was_never_paid_has_no_receipt(cast: Cast, client: Client) -> None:
    part = order_at(cast.lot, cast.bakery).merchant_orders.get()
    with pytest.raises(NotFoundError):
        receipt_sheet(part)
    address = reverse("storefront:receipt", args=[part.order.token, part.pk])
    assert client.get(address).status_code == 404
    other = order_at(cast.lot, cast.bookshop)
    assert client.get(reverse("storefront:receipt", args=[other.token, part.pk])).status_code == 404


def test_the_acknowledgement_repeats_the_declaration_with_date_and_time(
    cast: Cast, client: Client
) -> None:
    order = ordered(cast)
    part = order.merchant_orders.get()
    line = part.lines.order_by("position")[0]
    at = moment("2026-11-19 20:15")
    who = {"name": "Nadia Cabas", "email": "nadia.autre@exemple.test"}
    (made,) = confirm_withdrawal(order, {line.pk: 1}, at=at, **who)
    sheet = acknowledgement_sheet(made)
    said = " ".join(
        [sheet.subtitle, sheet.note, *map(str, [*sheet.totals, *sheet.rows, *sheet.sections])]
    )
    for word in (
        made.number,
        "19 novembre 2026 à 20:15:00",
        "Nadia Cabas",
        "nadia.autre@exemple.test",
        line.product_name,
        made.digest,
    ):
        assert word in said
    is_pdf(client, reverse("storefront:acknowledgement", args=[made.token]))
    dispatch(list(OutboxEvent.objects.filter(kind="ordering.withdrawal_confirmed")))
    letter = Message.objects.get(template="withdrawal_acknowledged")
    assert f"/{made.token}/accuse.pdf" in letter.text
    assert f"/{made.token}/accuse.pdf" in letter.html


def test_the_contract_holds_the_recap_the_sellers_and_their_terms(
    cast: Cast, client: Client
) -> None:
    order = ordered(cast)
    sheet = contract_sheet(order)
    said = " ".join(map(str, [*sheet.rows, *sheet.sections, sheet.grand]))
    part = order.merchant_orders.get()
    for line in part.lines.all():
        assert line.product_name in said
    assert part.seller["legal_name"] in said
    assert order.recap_digest in said
    assert "Retrait en boutique · " in said  # how, where and when (L221-5)
    assert re.search(
        r"le \d{1,2}(?:er)? \w+ 2026, de \d{1,2}\xa0h(?:\xa0\d\d)? à ",
        said.replace("\\xa0", "\xa0"),
    )
    is_pdf(client, reverse("storefront:contract", args=[order.token]))


def test_the_contract_says_which_lines_cannot_be_withdrawn_from_and_why(cast: Cast) -> None:
    """It sends to « les lignes qui l’excluent »: they must be told apart (L221-5, L221-13)."""
    bread = market.shop(cast.bakery).offers[0]
    book = market.shop(cast.bookshop, category="livres").offers[0]
    order = market.ordered(cast.lot, (bread, 1), (book, 1))
    rows = {row[0].split("\n")[0]: row[0] for row in contract_sheet(order).rows}
    lines = OrderLine.objects.filter(merchant_order__order=order)
    for line in lines.select_related("merchant_order__establishment"):
        named = f"{line.merchant_order.establishment.name} : {line.product_name}"
        why = (
            "Sans droit de rétractation\xa0: susceptible de se détériorer rapidement (L221-28, 4°)"
        )
        assert rows[named] == (f"{named}\n{why}" if line.withdrawal_exception else named)
    assert lines.exclude(withdrawal_exception="").count() == 1


@pytest.mark.parametrize(
    ("cents", "years", "is_kept"),
    [(12_000, 0, True), (12_000, 10, True), (12_000, 11, False), (11_999, 0, False)],
)
def test_contracts_of_120_euros_and_more_are_kept_ten_years(
    cents: int, years: int, *, is_kept: bool
) -> None:
    assert (KEPT_FROM_CENTS, KEPT_YEARS) == (12_000, 10)  # D213-1, D213-2
    part = MerchantOrder(total_cents=cents, placed_at=moment("2024-02-27 10:00"))
    part.received_at = moment("2024-02-29 10:00")
    assert must_be_kept(part, on=date(2024 + years, 2, 28)) is is_kept


def test_no_job_erases_an_order_within_ten_years_and_its_link_still_opens(
    cast: Cast, client: Client
) -> None:
    order = ordered(cast)
    later = market.NOW + timedelta(days=366 * 10)
    for forget in (forget_old_carts, erase_old_reservations, erase_old_messages):
        forget(at=later)
    is_pdf(client, reverse("storefront:contract", args=[order.token]))
    assert order.merchant_orders.get().lines.count() == 2


def test_terms_become_plain_text_line_by_line() -> None:
    assert (
        plain_text("<p>Un&nbsp;&amp; deux</p><ul><li>a</li><li>b</li></ul>") == "Un\xa0& deux\na\nb"
    )


def test_a_document_is_announced_once_with_its_link(cast: Cast) -> None:
    part = sold(cast)
    invoice = Invoice.objects.get()
    for _again in range(2):
        announce_documents()
        tell_of_documents(at=timezone.now() + QUIET)
    letter = Message.objects.get(template="document_issued")
    assert letter.to == part.order.customer_email
    assert letter.subject == f"Facture {invoice.number} — Au Pain de Chanvre"
    assert f"/factures/{invoice.pk}.pdf" in letter.text
    assert "{" not in letter.text + letter.html


def test_fault_44_the_documents_of_one_order_come_in_one_letter(cast: Cast) -> None:
    order = order_at(cast.lot, cast.bakery, cast.bookshop, state="placed")
    order.merchant_orders.update(paid_at=NOON)
    for place, part in enumerate(order.merchant_orders.order_by("pk")):
        told = sale(part.organisation, at=NOON, reference=part.number)
        record_sale(told, source=f"payment:{place + 10}", at=NOON)
    other = sold(cast).order
    announce_documents()
    assert tell_of_documents(at=timezone.now()) == 0  # more may come
    assert tell_of_documents(at=timezone.now() + QUIET) == 2
    letter = Message.objects.exclude(subject__contains="—").get()
    assert letter.subject == f"Les documents de votre commande {order.number}"
    for invoice in Invoice.objects.exclude(reference__startswith=other.number):
        assert f"/factures/{invoice.pk}.pdf" in letter.text
        assert f"/factures/{invoice.pk}.pdf" in letter.html
    for name in ("Au Pain de Chanvre", "Le Livre d’Olt"):
        assert name in letter.text
    assert tell_of_documents(at=timezone.now() + 2 * QUIET) == 0
    assert Message.objects.filter(template="document_issued").count() == 2
