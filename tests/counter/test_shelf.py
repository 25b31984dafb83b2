"""The merchant's shelf: shown, filled from a telephone, sold from, completed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue, stock

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product, SellerProfile
from chalandise.catalogue.states import ProductState
from chalandise.directory.models import Establishment
from chalandise.fulfilment.policies import KEPT_FOR, PERISHABLE_KEPT_FOR
from chalandise.payments.models import MerchantAccount
from chalandise.stock.models import StockMovement

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, shop: Establishment, *more: object) -> str:
    return reverse(f"counter:{name}", args=[shop.slug, *more])


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (640, 480), (200, 150, 90)).save(file, "JPEG")
    return SimpleUploadedFile("pain.jpg", file.getvalue(), "image/jpeg")


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_an_empty_shelf_invites(cast: Cast):
    page = said(client_of(cast.claire).get(at("shelf", cast.bakery)))
    assert "Votre étal attend son premier produit" in page
    assert at("put", cast.bakery) in page


def test_a_product_is_kept_with_what_it_still_lacks(cast: Cast):
    catalogue.categories()
    client = client_of(cast.claire)
    data = {"photo": picture(), "name": "Tourte de seigle", "price": "4,20"}
    page = said(client.post(at("put", cast.bakery), data, follow=True))
    made = Product.objects.get()
    assert made.state == ProductState.DRAFT
    assert made.category_id == "pains"
    assert made.photos.count() == 1
    assert "Allergènes présents" in page  # the short screen asks that and nothing else
    assert "Genre de produit" not in page
    page = said(client.get(at("product", cast.bakery, made.pk)))
    assert "Cochez ses allergènes" in page
    assert at("finish", cast.bakery, made.pk) in page
    assert f"{at('product', cast.bakery, made.pk)}#id_allergens" in page
    assert page.count("Vendre en ligne") >= 1


def test_a_product_of_a_seller_who_may_sell_is_published_at_once(cast: Cast):
    catalogue.product(cast.bakery)  # a seller of whom nothing is missing
    data = {"name": "Carte postale", "price": "1,50"}
    page = said(client_of(cast.claire).post(at("put", cast.bakery), data, follow=True))
    made = Product.objects.get(name="Carte postale")
    assert (made.state == ProductState.PUBLISHED) == ("est à l’étal" in page)


def test_a_bad_price_loses_nothing(cast: Cast):
    catalogue.categories()
    data = {"name": "Tourte de seigle", "price": "environ 4 euros"}
    response = client_of(cast.claire).post(at("put", cast.bakery), data)
    page = said(response)
    assert response.status_code == 422
    assert 'value="Tourte de seigle"' in page
    assert 'value="environ 4 euros"' in page
    assert "écrivez-le comme 12,50" in page
    assert not Product.objects.exists()


def test_a_sale_in_the_shop_takes_two_taps_and_is_never_counted_twice(cast: Cast):
    offer = stock.counted(cast.bakery, "Baguette", on_hand=5)
    client = client_of(cast.claire)
    assert "restent" in said(client.get(at("shelf", cast.bakery)))
    data = {"quantity": "2", "key": "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0001"}
    for _again in range(2):
        client.post(at("sold", cast.bakery, offer.pk), data)
    assert stock.level(offer) == (3, 0, 0)


def test_what_comes_in_or_is_lost_is_added_to_what_is_there_once(cast: Cast):
    offer = stock.counted(cast.bakery, "Baguette", on_hand=5)
    client = client_of(cast.claire)
    page = at("offer", cast.bakery, offer.variant.product_id, offer.pk)
    moved = at("stock_moved", cast.bakery, offer.pk)
    assert f'action="{moved}"' in said(client.get(page))
    came = {"do": "received", "quantity": "12", "key": "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0003"}
    for _again in range(2):
        told = said(client.post(moved, came, follow=True))
    assert "rien n’a été fait deux fois" in told
    assert stock.level(offer) == (17, 0, 0)
    told = said(client.post(moved, {"do": "lost", "quantity": "3"}, follow=True))
    assert "il en reste 14 à vendre" in told
    reasons = (
        StockMovement.objects.filter(offer=offer).order_by("pk").values_list("reason", "delta")
    )
    assert list(reasons)[-2:] == [("delivery", 12), ("loss", -3)]
    for wrong in (
        {"do": "lost", "quantity": "15"},
        {"do": "received", "quantity": "-1"},
        {"do": "x"},
    ):
        told = said(client.post(moved, {"quantity": "1", **wrong}, follow=True))
        assert "Rien n’a" in told, wrong
    assert stock.level(offer) == (14, 0, 0)


def test_what_nobody_counts_neither_comes_in_nor_is_lost(cast: Cast):
    offer = catalogue.offer(cast.bakery, "Tourte")
    client = client_of(cast.claire)
    moved = at("stock_moved", cast.bakery, offer.pk)
    page = said(client.get(at("offer", cast.bakery, offer.variant.product_id, offer.pk)))
    assert moved not in page
    told = said(client.post(moved, {"do": "received", "quantity": "2"}, follow=True))
    assert "ne sont pas comptées" in told
    assert not StockMovement.objects.filter(offer=offer).exists()


def test_more_than_is_left_is_not_sold(cast: Cast):
    offer = stock.counted(cast.bakery, "Baguette", on_hand=1)
    page = said(
        client_of(cast.claire).post(
            at("sold", cast.bakery, offer.pk), {"quantity": "3"}, follow=True
        )
    )
    assert "Rien n’a été changé" in page
    assert stock.level(offer) == (1, 0, 0)


def test_the_shelf_is_searched_without_accents(cast: Cast):
    catalogue.product(cast.bakery, "Éclair au café")
    catalogue.product(cast.bakery, "Baguette")
    page = said(client_of(cast.claire).get(at("shelf", cast.bakery), {"q": "eclair"}))
    assert "Éclair au café" in page
    assert "Baguette" not in page


def test_allergens_are_some_or_none_and_never_both(cast: Cast):
    made = catalogue.product(cast.bakery, "Tourte", state=ProductState.DRAFT, allergens=None)
    client, page = client_of(cast.claire), at("product", cast.bakery, made.pk)
    data = {"name": "Tourte", "category": "pains", "allergens": ["gluten"], "no_allergens": "on"}
    response = client.post(page, data)
    assert response.status_code == 422
    assert "décochez l’un des deux" in said(response)
    del data["no_allergens"]
    assert client.post(page, data).status_code == 302
    made.refresh_from_db()
    assert made.allergens == ["gluten"]


def test_what_customers_see_keeps_what_the_law_asks(cast: Cast):
    made = catalogue.product(cast.bakery, "Tourte")
    data = {"name": "Tourte de Claire", "category": "pains"}
    response = client_of(cast.claire).post(at("product", cast.bakery, made.pk), data)
    assert response.status_code == 422
    assert "Cochez ses allergènes" in said(response)
    assert 'value="Tourte de Claire"' in said(response)
    made.refresh_from_db()
    assert made.name == "Tourte"


def test_a_price_changes_and_the_old_one_is_told(cast: Cast):
    offer = catalogue.offer(cast.bakery, "Tourte", price_cents=420)
    page = at("offer", cast.bakery, offer.variant.product_id, offer.pk)
    client = client_of(cast.claire)
    assert client.post(page, {"do": "price", "price-price": "4,50"}).status_code == 302
    offer.refresh_from_db()
    assert offer.price_cents == 450
    assert "4,20" in said(client.get(page))


def test_the_pieces_begin_to_be_counted(cast: Cast):
    offer = catalogue.offer(cast.bakery, "Tourte")
    page = at("offer", cast.bakery, offer.variant.product_id, offer.pk)
    client = client_of(cast.claire)
    data = {"do": "stock", "stock-keeps": "on", "stock-on_hand": "douze"}
    refused = client.post(page, data)
    assert refused.status_code == 422
    assert 'value="douze"' in said(refused)
    data["stock-on_hand"] = "12"
    assert client.post(page, data).status_code == 302
    assert stock.level(offer) == (12, 0, 0)


def test_a_promotion_is_announced_and_called_off(cast: Cast, freeze):
    freeze("2026-11-18 10:30")
    offer = catalogue.offer(cast.bakery, "Cahier", category="autres-produits", price_cents=600)
    page = at("offer", cast.bakery, offer.variant.product_id, offer.pk)
    client = client_of(cast.claire)
    data = {
        "do": "promotion",
        "promotion-price": "5",
        "promotion-starts_on": "2026-11-18",
        "promotion-ends_on": "2026-11-20",
    }
    assert client.post(page, data).status_code == 302
    promotion = offer.promotions.get()
    assert "au lieu de 6,00" in said(client.get(page))
    over = at("promotion_over", cast.bakery, offer.variant.product_id, offer.pk, promotion.pk)
    client.post(over)
    assert "au lieu de" not in said(client.get(page))


def test_one_more_size_is_added(cast: Cast):
    made = catalogue.product(cast.bakery, "Tourte")
    data = {"name": "500 g", "price": "3"}
    client = client_of(cast.claire)
    assert client.post(at("variant", cast.bakery, made.pk), data).status_code == 302
    assert client.post(at("variant", cast.bakery, made.pk), data).status_code == 422
    assert made.variants.count() == 2


def test_who_sells_is_said_once_for_all(cast: Cast):
    client, page = client_of(cast.claire), at("selling", cast.bakery)
    shown = said(client.get(page))
    assert "Changer d’avis" in shown  # the terms proposed
    hours = timedelta(hours=1)
    for kept in (KEPT_FOR // hours, PERISHABLE_KEPT_FOR // hours):
        assert f"{kept} heures après la fin" in shown
    data = {
        "legal_name": "Fournil de Claire SARL",
        "address": "1 rue du Marché, 46000 Cahors",
        "email": "boutique@exemple.test",
        "phone": "05 65 00 00 01",
        "siret": "123 456 782 0001",
        "vat_regime": "franchise",
        "mediator_name": "Médiation de démonstration",
        "mediator_url": "mediation.exemple.test",
        "terms_html": "Nos conditions.\n\nSimples.",
    }
    refused = client.post(page, data)
    assert refused.status_code == 422
    assert "quatorze chiffres" in said(refused)
    assert "Nos conditions." in said(refused)
    data["siret"] = "123 456 782 00010"
    assert client.post(page, data).status_code == 302
    profile = SellerProfile.objects.get()
    assert (profile.siren, profile.terms_version) == ("123456782", 1)
    client.post(page, data)
    profile.refresh_from_db()
    assert profile.terms_version == 1  # the same words are the same terms
    client.post(at("mandate", cast.bakery), {"accept": "yes"})
    assert "Signé par" in said(client.get(page))


def test_a_product_of_another_shop_is_not_there(cast: Cast):
    theirs = catalogue.product(cast.bookshop, "Roman")
    client = client_of(cast.claire)
    for name in ("product", "product_photos", "variant"):
        assert client.get(at(name, cast.bakery, theirs.pk)).status_code == 404


def test_a_double_tap_makes_one_product(cast: Cast):
    catalogue.categories()
    client = client_of(cast.claire)
    data = {"name": "Tourte", "price": "4,20", "key": "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0002"}
    for _again in range(2):
        client.post(at("put", cast.bakery), data)
    assert Product.objects.count() == 1


def test_where_money_goes_asks_to_sign_in_anew(cast: Cast):
    client = client_of(cast.claire)
    User.objects.filter(pk=cast.claire.pk).update(last_login=moment("2026-01-01 10:00"))
    response = client.post(at("bank", cast.bakery), {"do": "open"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert client.get(at("selling", cast.bakery)).status_code == 302  # signed out


@pytest.mark.django_db(transaction=True)
def test_an_account_is_opened_where_money_is_taken_and_looked_at_on_return(cast: Cast):
    client = client_of(cast.claire)
    assert "Ouvrir mon compte" in said(client.get(at("selling", cast.bakery)))
    response = client.post(at("bank", cast.bakery), {"do": "open"})
    assert response.status_code == 302
    assert MerchantAccount.objects.count() == 1
    assert at("selling", cast.bakery) not in response.headers["Location"]
    back = said(client.get(at("bank_back", cast.bakery), follow=True))
    assert "Votre compte est" in back


@pytest.mark.parametrize("size", [1, 12])
def test_the_shelf_asks_the_same_number_of_statements_at_any_size(
    cast: Cast, size: int, django_assert_max_num_queries
):
    for number in range(size):
        stock.counted(cast.bakery, f"Produit {number}", on_hand=5)
    client = client_of(cast.claire)
    client.get(at("shelf", cast.bakery))
    with django_assert_max_num_queries(18):
        assert client.get(at("shelf", cast.bakery)).status_code == 200


def test_a_promotion_beyond_any_calendar_is_refused(cast: Cast):
    offer = catalogue.offer(cast.bakery, "Cahier", category="autres-produits", price_cents=600)
    page = at("offer", cast.bakery, offer.variant.product_id, offer.pk)
    data = {
        "do": "promotion",
        "promotion-price": "5",
        "promotion-starts_on": "0001-01-01",
        "promotion-ends_on": "9999-12-31",
    }
    assert client_of(cast.claire).post(page, data).status_code == 422
