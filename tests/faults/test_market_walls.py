"""What a merchant sells, delivers and is paid is nobody else's business (45, 47, 48, 51)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import logistics, market
from tests.faults.test_rights import hostile_fields

from chalandise.catalogue.models import Offer, Product, SellerProfile, Variant
from chalandise.logistics.models import DeliveryZone, PickupPoint, ShippingRate
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.models import MerchantAccount
from chalandise.stock.models import StockLevel

Row = models.Model


@dataclass(frozen=True)
class Market:
    """One of each thing that Claire keeps for herself."""

    offer: Offer
    zone: DeliveryZone
    parcel: ShippingRate
    order: Order
    part: MerchantOrder
    withdrawal: Withdrawal

    @property
    def rows(self) -> tuple[Row, ...]:
        product = self.offer.variant.product
        return (product, self.offer, self.zone, self.parcel, self.part, self.withdrawal)


@pytest.fixture
def claires(cast: Cast, freeze: Callable[[str], Any]) -> Market:
    freeze("2026-11-18 09:00")
    at = timezone.now()
    shop = market.shop(cast.bakery)
    market.shop(cast.bookshop)
    order = market.ordered(cast.lot, (shop.offers[0], 2), at=at)
    part = market.part_of(order, cast.bakery)
    handed = at - timedelta(days=1)
    MerchantOrder.objects.filter(pk=part.pk).update(
        state=MerchantOrderState.COMPLETED, received_at=handed, paid_at=handed
    )
    line = part.lines.get()
    withdrawal = confirm_withdrawal(order, {line.pk: 1}, name="N", email="n@exemple.test", at=at)[0]
    part.refresh_from_db()
    return Market(
        offer=shop.offers[0],
        zone=logistics.zone(cast.bakery),
        parcel=logistics.parcel(cast.bakery),
        order=order,
        part=part,
        withdrawal=withdrawal,
    )


def values_of(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    return [type(one)._base_manager.filter(pk=one.pk).values().get() for one in rows]


def test_fault_45_a_neighbour_opens_nothing_of_the_market_by_its_number(
    cast: Cast, claires: Market, sign_in: Callable[..., Client]
) -> None:
    """Idris asks under Claire's address, and with her numbers under his own."""
    product = claires.offer.variant.product
    paths: dict[str, dict[str, str]] = {
        f"commandes/{claires.part.pk}/": {},
        f"commandes/{claires.part.pk}/faire/": {"do": "ready"},
        f"commandes/{claires.part.pk}/horaire/": {},
        f"commandes/{claires.part.pk}/bon/": {},
        f"commandes/{claires.part.pk}/a-dire/": {},
        f"commandes/{claires.part.pk}/remise/": {"code": claires.part.pickup_code},
        f"commandes/retours/{claires.withdrawal.pk}/": {"do": "return"},
        f"etal/{product.pk}/": {"name": "volé"},
        f"etal/{product.pk}/montrer/": {"do": "withdraw"},
        f"etal/{product.pk}/photos/": {},
        f"etal/{product.pk}/variante/": {"name": "volé", "price": "1"},
        f"etal/{product.pk}/{claires.offer.pk}/": {"price": "1"},
        f"etal/vendu/{claires.offer.pk}/": {},
        f"retrait-livraison/zone/{claires.zone.pk}/": {"name": "volé"},
        f"retrait-livraison/colis/{claires.parcel.pk}/": {"name": "volé"},
    }
    before = values_of(claires.rows)
    idris = sign_in(cast.idris)
    for slug in (cast.bakery.slug, cast.bookshop.slug):
        for path, data in paths.items():
            address = f"/comptoir/{slug}/{path}"
            for answer in (idris.get(address), idris.post(address, data)):
                assert answer.status_code in {403, 404, 405}, address
                assert claires.part.number not in answer.content.decode()
    assert values_of(claires.rows) == before


def test_fault_47_51_no_page_of_an_order_is_kept_and_none_opens_without_its_link(
    cast: Cast, claires: Market, sign_in: Callable[..., Client]
) -> None:
    visitor, claire, helene = Client(), sign_in(cast.claire), sign_in(cast.helene)
    checkout = market.checked_out(cast.lot, (claires.offer, 1), at=timezone.now())
    slug, token = cast.bakery.slug, claires.order.token
    private = [
        (visitor, reverse("storefront:cart")),
        (visitor, f"/commande/{checkout.form_token}/vous/"),
        (visitor, f"/commande/{checkout.form_token}/retrait/"),
        (visitor, f"/commande/suivi/{token}/"),
        (visitor, f"/retractation/recue/{claires.withdrawal.token}/"),
        (claire, f"/comptoir/{slug}/commandes/"),
        (claire, f"/comptoir/{slug}/commandes/{claires.part.pk}/"),
        (claire, f"/comptoir/{slug}/commandes/retours/"),
        (claire, f"/comptoir/{slug}/etal/"),
        (claire, f"/comptoir/{slug}/papiers/"),
        (helene, "/console/"),
    ]
    for client, address in private:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert "no-store" in answer.headers["Cache-Control"], address
        assert "private" in answer.headers["Cache-Control"], address
    guesses = [str(claires.order.pk), claires.order.number, token[:-1], token.swapcase()]
    for guess in guesses:
        assert visitor.get(f"/commande/suivi/{guess}/").status_code == 404, guess


KEPT = (
    *(Product, Variant, Offer, StockLevel, SellerProfile, MerchantAccount),
    *(PickupPoint, DeliveryZone, ShippingRate, Order, MerchantOrder, Withdrawal),
)


def market_as_it_is() -> dict[tuple[str, object], dict[str, Any]]:
    """Every row of what is sold, given, owed and promised."""
    return {
        (model.__name__, row[model._meta.pk.attname]): row
        for model in KEPT
        for row in model._base_manager.values()
    }


def told(before: dict[Any, dict[str, Any]], after: dict[Any, dict[str, Any]]) -> set[str]:
    """Name the columns that moved, and the tables that have a row more or less."""
    moved = {
        f"{key[0]}.{name}"
        for key in before.keys() & after.keys()
        for name, value in before[key].items()
        if after[key][name] != value and name != "updated_at"
    }
    return moved | {name for name, _pk in before.keys() ^ after.keys()}


def typed(answer: HttpResponse) -> dict[str, Any]:
    """Return what stands in the forms of a page, field by field, as a browser would send it."""
    shown = answer.context.keys() if answer.context else []
    forms = [answer.context[name] for name in shown if isinstance(answer.context[name], BaseForm)]
    fields = [form[name] for form in forms for name in form.fields]
    values = {one.html_name: (one.field.widget, one.value()) for one in fields}
    return {
        name: "on" if value is True else widget.format_value(value)
        for name, (widget, value) in values.items()
    }


SALES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "etal/{product}/": ({"name": "Tourte"}, {"Product.name", "Product.sort_key"}),
    "etal/{product}/{offer}/": ({"do": "price", "price-price": "4,60"}, {"Offer.price_cents"}),
    "etal/vendu/{offer}/": ({"quantity": "1"}, {"StockLevel.on_hand"}),
    "etal/ajouter/": (
        {"name": "Fougasse", "price": "3,20", "category": "pains", "allergens": ["none"]},
        {"Product", "Variant", "Offer"},
    ),
    "retrait-livraison/zone/{zone}/": ({"name": "Tout près"}, {"DeliveryZone.name"}),
    "retrait-livraison/colis/{parcel}/": ({"name": "Sac"}, {"ShippingRate.name"}),
    "vendre/": ({"legal_name": "Fournil SAS"}, {"SellerProfile.legal_name"}),
    "commandes/{part}/faire/": ({"do": "rien"}, set()),
}


def test_fault_48_the_forms_of_the_market_change_their_own_fields_and_no_other(
    cast: Cast, claires: Market, sign_in: Callable[..., Client], settings: Any
) -> None:
    """Claire sends each form as it stands with one thing changed, and every column there is."""
    harm = hostile_fields()
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3 * len(harm)  # the limit is another fault's
    ours = dict(zip(("product", "offer", "zone", "parcel", "part"), claires.rows, strict=False))
    numbers = {name: row.pk for name, row in ours.items()}
    claire = sign_in(cast.claire)
    for path, (own, moved) in SALES.items():
        address = f"/comptoir/{cast.bakery.slug}/{path.format(**numbers)}"
        present = typed(claire.get(address))
        sent = {name: value for name, value in (harm | present).items() if value is not None}
        before = market_as_it_is()
        assert claire.post(address, {**sent, **own}).status_code == 302, address
        assert told(before, market_as_it_is()) == moved, address
    assert Product.objects.get(name="Fougasse").establishment == cast.bakery


def test_the_hostile_fields_name_those_of_the_market() -> None:
    assert {"price_cents", "commission_bp", "establishment_id", "on_hand"} <= set(hostile_fields())
