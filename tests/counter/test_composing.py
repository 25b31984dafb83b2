"""Gift baskets at the counter: composed with a neighbour, agreed by the neighbour, shown."""

from __future__ import annotations

import html

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, stock

from chalandise.accounts.models import User
from chalandise.catalogue.models import BasketInvitation, BasketPart, Product
from chalandise.directory.models import Establishment

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(response: HttpResponse) -> str:
    return html.unescape(response.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def at(name: str, shop: Establishment, *args: object) -> str:
    return reverse(f"counter:{name}", args=[shop.slug, *args])


def test_a_basket_is_composed_press_by_press_and_every_press_shows_the_shares(cast: Cast) -> None:
    bread = stock.counted(cast.bakery, "Tourte de seigle", on_hand=7, price_cents=600)
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500)
    client, page = client_of(cast.claire), at("basket", cast.bakery)
    assert "Tourte de seigle" in said(client.get(page))
    added = said(client.post(page, {"add": bread.pk}))
    assert f'name="q-{bread.pk}" value="1"' in added
    found = said(client.post(page, {f"q-{bread.pk}": "2", "q": "recettes", "do": "look"}))
    assert f'name="add" value="{book.pk}"' in found
    parts = {f"q-{bread.pk}": "2", f"q-{book.pk}": "1", "name": "Panier", "price": "25"}
    shown = said(client.post(page, {**parts, "do": "look"}))
    for sum_cents in ("27,00 €", "15,00 €", "10,00 €", "25,00 €"):
        assert f"<strong>{sum_cents}</strong>" in shown
    assert "De quoi faire 3 paniers" in shown
    assert "au moins 15,01 €" in said(client.post(page, {**parts, "price": "12"}))
    gone = said(client.post(page, {**parts, "remove": book.pk}))
    assert f'name="q-{book.pk}"' not in gone
    assert not Product.objects.filter(kind="basket").exists()


def test_a_neighbour_agrees_and_the_basket_goes_on_the_shelf(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, "Tourte de seigle", price_cents=600)
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500)
    claire, idris = client_of(cast.claire), client_of(cast.idris)
    key = "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0002"
    data = {
        f"q-{bread.pk}": "2",
        f"q-{book.pk}": "1",
        "name": "Panier de lecture",
        "price": "25",
        "do": "compose",
        "key": key,
    }
    for _again in range(2):  # a double tap makes one basket
        made = said(claire.post(at("basket", cast.bakery), data, follow=True))
    made_one = Product.objects.get(kind="basket")
    assert sum(BasketPart.objects.values_list("share_cents", flat=True)) == 2500
    page = said(claire.get(at("product", cast.bakery, made_one.pk)))
    assert "Attendez les autres commerçants" in page
    assert "attend une réponse" in page
    claire.post(at("product_do", cast.bakery, made_one.pk), {"do": "publish"})
    made_one.refresh_from_db()
    assert made_one.state == "draft"

    assert "Un voisin aimerait un de vos produits" in said(idris.get(at("shelf", cast.bookshop)))
    asked = said(idris.get(at("baskets", cast.bookshop)))
    assert "Panier de lecture" in asked
    assert "<strong>15,00 €</strong>" in asked
    invitation = BasketInvitation.objects.get()
    idris.post(at("basket_do", cast.bookshop, invitation.pk), {"do": "agree"})
    claire.post(at("product_do", cast.bakery, made_one.pk), {"do": "publish"})
    made_one.refresh_from_db()
    assert made_one.state == "published"
    idris.post(at("basket_do", cast.bookshop, invitation.pk), {"do": "decline"})
    made_one.refresh_from_db()
    assert made_one.state == "withdrawn"
    assert made


def test_a_neighbour_cannot_answer_for_another(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery, price_cents=600)
    book = catalogue.offer(cast.bookshop, price_cents=1500)
    data = {f"q-{bread.pk}": "1", f"q-{book.pk}": "1", "name": "Panier", "price": "25"}
    claire = client_of(cast.claire)
    claire.post(at("basket", cast.bakery), {**data, "do": "compose"})
    invitation = BasketInvitation.objects.get()
    answer = claire.post(at("basket_do", cast.bakery, invitation.pk), {"do": "agree"})
    assert answer.status_code == 404
    invitation.refresh_from_db()
    assert invitation.state == "asked"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Le panier est vide"),
        ({"price": "beaucoup"}, "écrivez-le comme 12,50"),
        ({"q-x": "1", "q-²": "1", "q-1": "²", "add": "²", "remove": "²"}, "Le panier est vide"),
        ({"q-999999": "5"}, "Rien n’a été fait"),
    ],
)
def test_what_cannot_be_composed_is_said_and_nothing_typed_is_lost(
    cast: Cast, data: dict[str, str], words: str
) -> None:
    catalogue.product(cast.bakery)
    typed = {"name": "Panier des voisins", "price": "25", **data, "do": "compose"}
    response = client_of(cast.claire).post(at("basket", cast.bakery), typed)
    assert response.status_code == 422
    assert words in said(response)
    assert 'value="Panier des voisins"' in said(response)
    assert not Product.objects.filter(kind="basket").exists()


def _composed(cast: Cast) -> tuple[Client, Client, Product]:
    """Claire composes a basket with Idris, who says yes."""
    bread = catalogue.offer(cast.bakery, "Tourte de seigle", price_cents=600)
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500)
    claire, idris = client_of(cast.claire), client_of(cast.idris)
    data = {f"q-{bread.pk}": "2", f"q-{book.pk}": "1", "name": "Panier de lecture", "price": "25"}
    claire.post(at("basket", cast.bakery), {**data, "do": "compose"})
    invitation = BasketInvitation.objects.get()
    idris.post(at("basket_do", cast.bookshop, invitation.pk), {"do": "agree"})
    return claire, idris, Product.objects.get(kind="basket")


@pytest.mark.parametrize("is_shown_first", [False, True])
def test_a_neighbour_whose_price_went_up_is_never_sold_below_it(
    cast: Cast, is_shown_first: bool
) -> None:
    claire, idris, made = _composed(cast)
    page = at("product_do", cast.bakery, made.pk)
    if is_shown_first:
        claire.post(page, {"do": "publish"})
    book = catalogue.offer_of(Product.objects.get(name="Recettes du Quercy"))
    price = at("offer", cast.bookshop, book.variant.product_id, book.pk)
    idris.post(price, {"do": "price", "price-price": "90"})
    refused = said(claire.post(page, {"do": "publish"}, follow=True))
    made.refresh_from_db()
    assert made.state == ("withdrawn" if is_shown_first else "draft")
    assert "Augmentez son prix" in refused
    own = at("offer", cast.bakery, made.pk, catalogue.offer_of(made).pk)
    claire.post(own, {"do": "price", "price-price": "100"})
    claire.post(page, {"do": "publish"})
    made.refresh_from_db()
    assert made.state == "published"
    assert BasketPart.objects.get(offer=book).share_cents == 9000


def test_numbers_typed_into_the_form_tell_nothing_of_drafts_nor_of_other_portals(
    cast: Cast,
) -> None:
    bread = catalogue.offer(cast.bakery, "Tourte de seigle", price_cents=600)
    secret = catalogue.offer(cast.bookshop, "Roman à paraître", price_cents=1500, state="draft")
    far = stock.counted(cast.foreign_shop, "Fromage d’ailleurs", on_hand=17, price_cents=600)
    client, page = client_of(cast.claire), at("basket", cast.bakery)
    data = {f"q-{one.pk}": "1" for one in (bread, secret, far)} | {"name": "Panier", "price": "30"}
    shown = said(client.post(page, {**data, "do": "look"}))
    assert "Tourte de seigle" in shown
    assert "Roman à paraître" not in shown
    assert "Fromage d’ailleurs" not in shown
    assert "De quoi faire" not in shown
    refused = client.post(page, {**data, "do": "compose"})
    assert refused.status_code == 422
    assert "n’est plus à l’étal" in said(refused)
    assert not BasketInvitation.objects.exists()


def test_what_a_neighbour_agreed_to_takes_no_other_form(cast: Cast) -> None:
    claire, idris, made = _composed(cast)
    refused = claire.post(at("variant", cast.bakery, made.pk), {"name": "le grand", "price": "12"})
    assert refused.status_code == 422
    assert "n’a qu’une forme et qu’un prix" in said(refused)
    size = {"do": "size", "size-made_to_order_minutes": "0", "size-vat_code": "reduced"}
    by_weight = {"size-is_weight_priced": "on", "size-estimate_grams": "100"}
    own = at("offer", cast.bakery, made.pk, catalogue.offer_of(made).pk)
    assert claire.post(own, {**size, **by_weight}).status_code == 422
    assert claire.post(own, size).status_code == 302
    assert not Product.objects.filter(variants__offer__is_weight_priced=True).exists()
    assert idris.get(at("baskets", cast.bookshop)).status_code == 200


def test_neighbours_are_not_written_to_without_end(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, "Recettes du Quercy", price_cents=1500)
    client, page = client_of(cast.claire), at("basket", cast.bakery)
    data = {f"q-{book.pk}": "1", "price": "25", "do": "compose"}
    answers = [client.post(page, {**data, "name": f"Panier {one}"}) for one in range(31)]
    assert [one.status_code for one in answers[-2:]] == [302, 422]
    assert "Beaucoup de voisins" in said(answers[-1])
    assert BasketInvitation.objects.count() == 30


@pytest.mark.parametrize("name", ["basket", "put"])
def test_a_key_that_is_none_is_replaced_and_never_written_back(cast: Cast, name: str) -> None:
    page = at(name, cast.bakery)
    answer = client_of(cast.claire).post(page, {"key": "A" * 1_000_000})
    assert len(answer.content) < 20_000
    key = "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0002"
    assert f'value="{key}"' in said(client_of(cast.claire).post(page, {"key": key}))
