"""The operator invoices its commission by month, in its own series, and nothing while it is zero."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from facturx import xml_check_xsd
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, orders
from tests.factories.settlements import commission, given_back, sale

from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal
from chalandise.settlements.actions.commissions import (
    issue_commissions_of_last_month,
    note_commission_paid,
)
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.errors import NothingLeftError
from chalandise.settlements.facts import Sale
from chalandise.settlements.invoicing.facturx import facturx_xml
from chalandise.settlements.invoicing.pdf import COLOUR, _said
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.models import CommissionInvoice, CommissionPaid
from chalandise.settlements.states import PaidBy

pytestmark = pytest.mark.django_db
OCTOBER = moment("2026-10-14 10:00")
NOVEMBER = moment("2026-11-10 10:00")


@pytest.fixture(autouse=True)
def _operator(cast: Cast) -> None:
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    Portal.objects.filter(pk=cast.lot.pk).update(
        operator_siren="775709702",
        operator_vat_number="FR00775709702",
        operator_address="1 place de la Mairie\n46000 Cahors",
    )


def sold(
    cast: Cast, *, bp: int, portal: Portal | None = None, paid_by: PaidBy = PaidBy.ONLINE_CARD
) -> Sale:
    part = orders.order_at(portal or cast.lot, cast.bakery, state="placed").merchant_orders.get()
    told = sale(
        part.organisation, at=OCTOBER, reference=part.number, commission_bp=bp, paid_by=paid_by
    )
    record_sale(told, source=f"payment:{part.pk}", at=OCTOBER)
    return told


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


def invoiced(month: str) -> list[tuple[str, int]]:
    """Let the job run twice early in a month."""
    for _again in range(2):
        issue_commissions_of_last_month(at=moment(f"{month}-02 05:00"))
    return list(CommissionInvoice.objects.order_by("pk").values_list("number", "gross_cents"))


def test_without_commission_nothing_is_invoiced(cast: Cast) -> None:
    sold(cast, bp=0)
    assert invoiced("2026-11") == []


def test_a_month_of_a_merchant_is_one_invoice_whatever_the_portals_below(cast: Cast) -> None:
    sold(cast, bp=500)
    sold(cast, bp=500, portal=cast.cahors)
    assert invoiced("2026-11") == [("COM-2026-F00001", 2 * 146)]  # 5 % of 29.27 euros, twice
    made = CommissionInvoice.objects.get()
    assert (made.portal, made.month) == (cast.lot, date(2026, 10, 1))
    assert made.net_cents + made.tax_cents == made.gross_cents
    document = document_from_json(made.document)
    assert (document.seller.siren, document.buyer.siren) == ("775709702", "123456782")
    assert document.lines[0].name == "Commission sur les ventes – octobre 2026"
    assert ("Période", "octobre 2026") in _said(document, COLOUR)["facts"]  # no order is named
    assert b"<ram:BillingSpecifiedPeriod>" in facturx_xml(document)
    assert xml_check_xsd(facturx_xml(document), flavor="factur-x", level="en16931")


def test_what_went_back_above_what_was_earned_is_credited(cast: Cast) -> None:
    told = sold(cast, bp=500)
    assert len(invoiced("2026-11")) == 1
    record_refund(given_back(told, 2927, at=NOVEMBER), source="refund:1", at=NOVEMBER)
    assert invoiced("2026-12")[1:] == [("COM-2026-A00001", 146)]
    note = CommissionInvoice.objects.get(kind="credit_note")
    assert note.original is not None
    assert note.document["original_number"] == note.original.number


def test_only_what_was_withheld_is_called_paid(cast: Cast) -> None:
    sold(cast, bp=500)
    sold(cast, bp=500, paid_by=PaidBy.CASH)
    assert invoiced("2026-11") == [("COM-2026-F00001", 2 * 146)]
    document = document_from_json(CommissionInvoice.objects.get().document)
    assert document.paid_cents == 146
    told = _said(document, COLOUR)["paid"]
    assert [sum_ for _words, sum_ in told] == ["1,46\u00a0€", "1,46\u00a0€"]
    xml = facturx_xml(document)
    assert b"<ram:DuePayableAmount>1.46</ram:DuePayableAmount>" in xml
    assert "Paiement à réception".encode() in xml
    assert xml_check_xsd(xml, flavor="factur-x", level="en16931")


def test_a_commission_of_the_counter_alone_is_all_due(cast: Cast) -> None:
    sold(cast, bp=500, paid_by=PaidBy.CARD)
    invoiced("2026-11")
    document = document_from_json(CommissionInvoice.objects.get().document)
    assert (document.paid_cents, document.paid_on) == (0, None)
    assert "Reste à payer" in _said(document, COLOUR)["paid"][0][0]


def test_an_operator_without_a_number_invoices_nothing(cast: Cast) -> None:
    Portal.objects.update(operator_siren="")
    sold(cast, bp=500)
    assert invoiced("2026-11") == []


def test_the_database_keeps_what_is_written(cast: Cast) -> None:
    made = commission(cast.lot, cast.bakery)
    for change in (
        lambda: CommissionInvoice.objects.update(gross_cents=0),
        lambda: CommissionInvoice.objects.all().delete(),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()
    made.pk, made.sequence, made.month = None, 3, date(2026, 9, 1)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        made.save(force_insert=True)


def test_merchant_and_desk_read_it(cast: Cast, client: Client) -> None:
    made = commission(cast.lot, cast.bakery)
    client.force_login(cast.claire)
    shop = cast.bakery.slug
    assert made.number in client.get(reverse("counter:papers", args=[shop])).content.decode()
    file = client.get(reverse("counter:commission_file", args=[shop, made.pk]))
    assert file.content.startswith(b"%PDF")
    client.force_login(cast.helene)
    assert made.number in client.get(reverse("console:taxes")).content.decode()


@time_machine.travel("2026-11-12T10:00:00Z", tick=True)
def test_an_agent_notes_what_was_paid_and_the_merchant_reads_it(cast: Cast, client: Client) -> None:
    sold(cast, bp=500, paid_by=PaidBy.CASH)
    invoiced("2026-11")
    made = CommissionInvoice.objects.get()
    address = reverse("console:commission_paid", args=[made.pk])
    papers = reverse("counter:papers", args=[cast.bakery.slug])
    client.force_login(cast.claire)
    assert "Reste à régler" in client.get(papers).content.decode()
    assert client.post(address, {"do": "paid", "paid_on": "2026-11-10"}).status_code == 404
    client.force_login(cast.helene)
    for wrong in ("2026-11-01", "2999-01-01", "demain"):  # the invoice is of the 2nd
        client.post(address, {"do": "paid", "paid_on": wrong})
        assert not CommissionPaid.objects.exists()
    for _again in range(2):
        client.post(address, {"do": "paid", "paid_on": "2026-11-10"})
    assert CommissionPaid.objects.get().paid_on == date(2026, 11, 10)
    assert "payée le 10 novembre 2026" in read(client, reverse("console:taxes"))
    client.force_login(cast.claire)
    page = read(client, papers)
    assert "Payée le 10 novembre 2026" in page
    assert "Reste à régler" not in page
    client.force_login(cast.helene)
    client.post(address, {"do": "undo"})
    assert not CommissionPaid.objects.exists()
    verbs = Entry.objects.filter(verb__in=("noted_paid", "note_taken_back")).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["noted_paid", "note_taken_back"]


def test_nothing_is_noted_of_what_was_kept_at_each_payment(cast: Cast) -> None:
    made = commission(cast.lot, cast.bakery)
    with pytest.raises(NothingLeftError):
        note_commission_paid(made, paid_on=made.issued_on, by=Actor.system("x"), at=NOVEMBER)
