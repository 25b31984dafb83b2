"""What a merchant sells, delivers and is paid is nobody else's business (45, 47, 48, 51)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.factories import logistics, market
from tests.faults.test_rights import hostile_fields

from chalandise.catalogue.models import Offer, PriceChange, Product, SellerProfile
from chalandise.logistics.models import DeliveryZone, PickupPoint, ShippingRate
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.states import MerchantOrderState
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


def test_fault_48_the_forms_of_the_market_change_their_own_fields_and_no_other(
    cast: Cast, claires: Market, sign_in: Callable[..., Client], settings: Any
) -> None:
    harm = hostile_fields()
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2 * len(harm)  # the limit is another fault's
    claire, product = sign_in(cast.claire), claires.offer.variant.product
    shelf = f"/comptoir/{cast.bakery.slug}/etal/"
    giving = f"/comptoir/{cast.bakery.slug}/retrait-livraison/"
    writes: list[tuple[str, dict[str, str]]] = [
        (f"{shelf}{product.pk}/", {"name": "Tourte", "category": "pains"}),
        (f"{shelf}{product.pk}/{claires.offer.pk}/", {"price": "4,60"}),
        (f"{shelf}vendu/{claires.offer.pk}/", {"quantity": "1"}),
        (f"{shelf}ajouter/", {"name": "Fougasse", "price": "3,20", "category": "pains"}),
        (f"{giving}zone/{claires.zone.pk}/", {"name": "Tout près"}),
        (f"{giving}colis/{claires.parcel.pk}/", {"name": "Colis"}),
        (f"/comptoir/{cast.bakery.slug}/vendre/", {"legal_name": "Fournil SARL"}),
        (f"/comptoir/{cast.bakery.slug}/commandes/{claires.part.pk}/faire/", {"do": "rien"}),
    ]
    money = values_of((claires.part, claires.withdrawal))
    histories = PriceChange.objects.filter(offer=claires.offer).count()
    for address, own in writes:
        answer = claire.post(address, {**harm, **own})
        assert answer.status_code < 500, address
    assert values_of((claires.part, claires.withdrawal)) == money
    assert PriceChange.objects.filter(offer=claires.offer).count() <= histories + 1
    product.refresh_from_db()
    assert product.establishment == cast.bakery
    assert product.slug != "CANARI-MASS"
    for model in (PickupPoint, DeliveryZone, ShippingRate):
        owners = set(model.objects.values_list("establishment_id", flat=True))
        assert owners <= {cast.bakery.pk, cast.bookshop.pk}, model
    assert Product.objects.filter(establishment=cast.bookshop, name="Fougasse").count() == 0
    assert not SellerProfile.objects.filter(held_at__isnull=False).exists()
    level = StockLevel.objects.get(offer=claires.offer)
    assert level.on_hand >= level.reserved


def test_the_hostile_fields_name_those_of_the_market() -> None:
    assert {"price_cents", "commission_bp", "establishment_id", "on_hand"} <= set(hostile_fields())
