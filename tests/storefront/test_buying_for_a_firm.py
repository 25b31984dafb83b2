"""« J’achète pour une entreprise »: from the first screen of the checkout to the invoice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.models import Checkout, Order
from chalandise.payments.models import Payment
from chalandise.payments.states import PaymentState
from chalandise.settlements.actions.closing import count_daily_totals
from chalandise.settlements.actions.following import follow_payment
from chalandise.settlements.invoicing.facturx import NAMESPACES, facturx_xml
from chalandise.settlements.invoicing.storing import document_from_json
from chalandise.settlements.models import DailyTotal, Invoice, SalesRecord
from chalandise.settlements.papers.contracts import contract_sheet
from chalandise.settlements.queries.verifying import verify

pytestmark = pytest.mark.django_db
NADIA = {"name": "Nadia Cabas", "email": "nadia@exemple.test", "phone": "06 00 00 00 00"}
FIRM = {
    "is_business": "on",
    "company": "Mairie de Figeac",
    "siren": "732 829 320",
    "vat_number": "FR44732829320",
    "company_address": "5 rue Colomb\r\n46100 Figeac",
}


def who(client: Client, checkout: Checkout, **said: str) -> Any:
    return client.post(
        reverse("storefront:checkout_who", args=[checkout.form_token]), {**NADIA, **said}
    )


def started(cast: Cast, freeze: Any) -> Checkout:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    return market.started(cast.lot, (shop.offers[0], 2))


def ordered(client: Client, cast: Cast, freeze: Any, **said: str) -> Order:
    checkout = started(cast, freeze)
    assert who(client, checkout, **said).status_code == 302
    checkout.refresh_from_db()
    market.choose_ways(checkout, market.first_ways(checkout, at=market.NOW), at=market.NOW)
    return market.place(checkout, pays="online")


def paid(order: Order) -> None:
    """Take the money of an order into the books."""
    part = order.merchant_orders.get()
    payment = Payment.objects.create(
        merchant_order=part,
        provider="simulated",
        amount_cents=part.total_cents,
        captured_cents=part.total_cents,
        state=PaymentState.CAPTURED,
        captured_at=market.NOW,
        provider_reference="bc_1",
    )
    mark_paid(part.pk, at=market.NOW)
    follow_payment(payment, at=market.NOW)


def test_a_firm_is_named_from_the_checkout_to_the_invoice(
    client: Client, cast: Cast, freeze: Any
) -> None:
    order = ordered(client, cast, freeze, **FIRM)
    assert order.business == {
        "name": "Mairie de Figeac",
        "siren": "732829320",
        "vat_number": "FR44732829320",
        "address": "5 rue Colomb\n46100 Figeac",
    }
    assert order.recap["customer"]["business"] == order.business
    paid(order)
    document = document_from_json(Invoice.objects.get().document)
    buyer = document.buyer
    assert (buyer.name, buyer.siren, buyer.town) == ("Mairie de Figeac", "732829320", "Figeac")
    assert "Indemnité forfaitaire" in " ".join(document.legal_mentions)
    xml = etree.fromstring(facturx_xml(document))
    party = xml.find(".//ram:BuyerTradeParty", NAMESPACES)
    assert party is not None
    found = {
        path: party.findtext(path, namespaces=NAMESPACES)
        for path in (
            "ram:Name",
            "ram:SpecifiedLegalOrganization/ram:ID",
            "ram:SpecifiedTaxRegistration/ram:ID",
            "ram:PostalTradeAddress/ram:PostcodeCode",
        )
    }
    assert list(found.values()) == ["Mairie de Figeac", "732829320", "FR44732829320", "46100"]
    assert "Mairie de Figeac" in contract_sheet(order).who


def test_sales_to_firms_are_not_in_the_totals_of_sales_to_consumers(
    client: Client, cast: Cast, freeze: Any
) -> None:
    order = ordered(client, cast, freeze, **FIRM)
    paid(order)
    record = SalesRecord.objects.get()
    assert record.is_to_business
    count_daily_totals(record.organisation_id, date(2026, 11, 18), at=market.NOW)
    assert not DailyTotal.objects.exists()
    assert not verify(record.organisation_id).faults


def test_without_the_box_the_order_is_a_consumer_s(client: Client, cast: Cast, freeze: Any) -> None:
    order = ordered(client, cast, freeze)
    assert order.business == {}
    assert "business" not in order.recap["customer"]
    paid(order)
    record = SalesRecord.objects.get()
    assert not record.is_to_business
    count_daily_totals(record.organisation_id, date(2026, 11, 18), at=market.NOW)
    assert DailyTotal.objects.get().gross_cents == record.gross_cents


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({**FIRM, "siren": "732829321"}, "Ce n’est pas un SIREN"),
        ({**FIRM, "siren": ""}, "Donnez son SIREN"),
        ({**FIRM, "company": ""}, "Donnez le nom de l’entreprise"),
        ({**FIRM, "company_address": ""}, "Donnez l’adresse que la facture doit porter"),
        ({**FIRM, "vat_number": "FR00"}, "Ce n’est pas un numéro de TVA"),
        ({**FIRM, "vat_number": "FR11123456782"}, "celui d’un autre SIREN"),
        ({**FIRM, "is_business": ""}, "Cochez la case"),
    ],
)
def test_what_an_invoice_could_not_say_is_asked_again(
    client: Client, cast: Cast, freeze: Any, said: dict[str, str], word: str
) -> None:
    checkout = started(cast, freeze)
    answer = who(client, checkout, **said)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    checkout.refresh_from_db()
    assert (checkout.business, checkout.customer_name) == ({}, "")


def test_a_firm_reads_what_the_fourteen_days_are_and_may_still_use_them(
    client: Client, cast: Cast, freeze: Any
) -> None:
    order = ordered(client, cast, freeze, **FIRM)
    mark_paid(order.merchant_orders.get().pk, at=market.NOW)
    shown = client.get(reverse("storefront:order", args=[order.token])).content.decode()
    assert "sont un droit des consommateurs" in shown
    assert reverse("storefront:withdraw_from", args=[order.token]) in shown


def test_the_recap_above_the_button_names_the_firm(client: Client, cast: Cast, freeze: Any) -> None:
    checkout = started(cast, freeze)
    who(client, checkout, **FIRM)
    checkout.refresh_from_db()
    market.choose_ways(checkout, market.first_ways(checkout, at=market.NOW), at=market.NOW)
    page = client.get(reverse("storefront:checkout_pay", args=[checkout.form_token]))
    shown = page.content.decode()
    assert "Mairie de Figeac" in shown
    assert "SIREN 732829320" in shown
    assert "sont un droit des consommateurs" in shown
    again = client.get(reverse("storefront:checkout_who", args=[checkout.form_token]))
    assert "5 rue Colomb" in again.content.decode()  # whoever comes back finds what they said
