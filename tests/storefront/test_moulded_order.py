"""The page of an order is the page that its templates write, whatever became of the order."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import bank, catalogue, logistics, market, payments
from tests.factories.fulfilment import MERCHANT
from tests.storefront.test_moulded_checkout import CHANGING
from tests.storefront.test_moulded_pages import NASTY, write_plainly
from tests.storefront.test_order_page import gift_of

from chalandise.catalogue.models import Product
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.ordering.actions.serving import decline_merchant_order
from chalandise.ordering.models import Order
from chalandise.payments.actions.visiting import continue_visit
from chalandise.storefront.buying import recap_page
from chalandise.storefront.following import order_lines, order_parts
from chalandise.web import pages

NOW = market.NOW
DRAWING = (pages, recap_page, order_lines, order_parts)


def orders_of(cast: Cast) -> list[Order]:
    """Order in every way, and let the shops answer."""
    gift, book = gift_of(cast)
    bread = market.shop(cast.bakery, withdrawal_exception="perishable").offers[0]
    organisation = cast.bakery.organisation
    assert organisation is not None
    catalogue.seller(organisation, legal_form=NASTY, address=f"{NASTY}\n46000")
    Product.objects.filter(variants__offer=bread).update(name=NASTY)
    Establishment.objects.filter(pk=cast.bookshop.pk).update(name=NASTY, phone="+33565000001")
    logistics.zone(cast.bookshop)
    waiting = market.ordered(cast.lot, (gift, 1), (book, 2), pays="online")
    untouched = market.ordered(cast.lot, (bread, 2), (book, 1))
    answered = market.ordered(cast.lot, (bread, 1), (book, 1))
    first, second = answered.merchant_orders.order_by("pk")
    decline_merchant_order(first, reason=NASTY, by=MERCHANT, at=NOW)
    accept(second, by=MERCHANT, at=NOW)
    mark_ready(second, by=MERCHANT, at=NOW)
    brought = market.ordered(cast.lot, (book, 1), kinds={cast.bookshop.pk: "delivery"})
    return [waiting, untouched, answered, brought, paid_and_short(cast, bread)]


def paid_and_short(cast: Cast, bread: object) -> Order:
    """Pay for bread of which one is missing, and something else is offered for another."""
    paid = market.ordered(cast.lot, (bread, 3), pays="online")  # type: ignore[arg-type]
    visit = payments.visit(paid, at=NOW)
    payments.pay(visit, bank.AT_ONCE, at=NOW)
    continue_visit(visit, at=NOW)
    part = paid.merchant_orders.get()
    accept(part, by=MERCHANT, at=NOW)
    line = part.lines.get()
    report_missing(line, quantity=1, by=MERCHANT, at=NOW)
    report_missing(
        line, quantity=1, by=MERCHANT, at=NOW, substitute=Substitute("Pain de seigle", 300)
    )
    return paid


def test_an_order_shows_what_the_templates_write(
    cast: Cast, client: Client, freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze("2026-11-18 10:30")
    paths = [reverse("storefront:order", args=[one.token]) for one in orders_of(cast)]
    paths.append(f"{paths[0]}?banque=1")

    def read() -> list[bytes]:
        asked = [client.get(one, headers={"accept-language": language})
                 for one in paths for language in ("fr", "en")]  # fmt: skip
        assert {one.status_code for one in asked} == {200}
        return [re.sub(rb"\s+", b" ", CHANGING.sub(rb"\1", one.content)) for one in asked]

    first, again = read(), read()
    for module in DRAWING:
        monkeypatch.setattr(module, "fill_in", write_plainly)
    assert first == again == read()
    said = unescape(b"".join(first).decode())
    assert said.count(NASTY) > 10
    assert said.count('class="pane order-part"') == 2 * (3 + 2 + 2 + 1 + 1 + 3)
    for words in ("Annuler", "banque", "Pain", "Reçu", "1 manquant"):
        assert words in said
