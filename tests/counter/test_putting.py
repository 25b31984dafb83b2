"""Photo-to-shelf: what the law asks of a kind is asked there and then, and never answered by us."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from tests.cast import Cast
from tests.counter.test_shelf import at, client_of, picture, said
from tests.factories import catalogue, directory

from chalandise.catalogue.actions import NewProduct, finish_product, put_on_shelf
from chalandise.catalogue.models import (
    Offer,
    Product,
    ProductCategory,
    ProductPhoto,
    SellerProfile,
)
from chalandise.catalogue.states import ProductState
from chalandise.counter.goods.asked_form import AskedForm
from chalandise.directory.models import Establishment

pytestmark = pytest.mark.django_db

BOOK = {
    "name": "Roman d’Olt",
    "price": "19,00",
    "manufacturer_name": "Éditions du Causse",
    "manufacturer_address": "8 rue des Typographes, 46000 Cahors",
    "manufacturer_email": "causse@exemple.test",
}

SAME_TAP = re.compile(r'name="allergens" value="(same:[^"]+)"')
TICKED = re.compile(r'name="allergens" value="([^"]+)"[^>]* checked')


@pytest.fixture
def claire(cast: Cast) -> Client:
    catalogue.categories()
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    return client_of(cast.claire)


def shop_of(cast: Cast, trade: str) -> Establishment:
    kind = directory.category(trade, trade)
    return directory.establishment(
        f"Chez {trade}",
        slug=trade,
        category=kind,
        claimed_at=catalogue.SINCE,
        organisation=cast.bakery.organisation,
    )


def put(client: Client, shop: Establishment, **said_of_it: object) -> Product:
    client.post(at("put", shop), {"photo": picture(), "price": "4,20", **said_of_it})
    return Product.objects.order_by("-pk")[0]


def test_the_first_screen_asks_what_the_trade_of_the_shop_usually_owes(claire: Client, cast: Cast):
    page = said(claire.get(at("put", cast.bakery)))
    assert "Allergènes présents" in page
    assert "Aucun des" in page
    assert "Ingrédients" not in page
    page = said(claire.get(at("put", shop_of(cast, "librairie"))))
    assert "C’est le prix de l’éditeur" in page
    assert "Allergènes" not in page


def test_an_english_counter_names_the_kind_in_english(claire: Client, cast: Cast):
    ProductCategory.objects.filter(pk="pains").update(name="Pains cuits", name_en="Loaves")
    page = claire.get(at("put", cast.bakery), headers={"accept-language": "en"}).content.decode()
    assert "Loaves (guessed)" in page
    assert "Before it is sold: Loaves" in page
    assert "Pains cuits" not in page


def test_a_name_of_another_kind_brings_its_questions_and_keeps_what_was_answered(
    claire: Client, cast: Cast
):
    look = {"do": "look", "kind": "pains", "name": "Confiture de figues", "allergens": ["nuts"]}
    page = said(claire.post(at("put", cast.bakery), look))
    assert "Ingrédients" in page
    assert 'value="nuts" id="id_allergens_8" checked' in page
    assert 'role="alert"' not in page
    same = claire.post(at("put", cast.bakery), {**look, "name": "Baguette"})
    assert (same.status_code, same.content) == (204, b"")
    chosen = said(claire.post(at("put", cast.bakery), {**look, "category": "savons"}))
    assert "Ingrédients" not in chosen
    assert not Product.objects.exists()


def test_allergens_are_never_said_for_the_merchant(claire: Client, cast: Cast):
    first = put(claire, cast.bakery, name="Pain", allergens=["gluten", "milk"])
    assert first.state == ProductState.PUBLISHED
    page = said(claire.get(at("put", cast.bakery)))
    assert "checked" not in page.partition("id_allergens")[2].partition("</fieldset>")[0]
    second = put(claire, cast.bakery, name="Miche")
    assert (second.state, second.allergens) == (ProductState.DRAFT, None)


def test_one_tap_says_the_same_as_last_time_and_one_says_none(claire: Client, cast: Cast):
    put(claire, cast.bakery, name="Pain", allergens=["gluten", "milk"])
    assert "Comme dans «\u202fPain\u202f»\u202f: gluten, lait" in said(
        claire.get(at("put", cast.bakery))
    )
    same = put(claire, cast.bakery, name="Miche", allergens=["same:gluten,milk", "sesame"])
    assert (same.state, same.allergens) == ("published", ["gluten", "milk", "sesame"])
    none = put(claire, cast.bakery, name="Boule", allergens=["none"])
    assert (none.state, none.allergens) == ("published", [])


def test_what_the_tap_said_when_it_was_read_is_what_customers_read(claire: Client, cast: Cast):
    put(claire, cast.bakery, name="Pain", allergens=["gluten", "milk"])
    read = SAME_TAP.findall(said(claire.get(at("put", cast.bakery))))
    put(claire, cast.bakery, name="Cake", allergens=["eggs", "nuts"])  # a colleague, meanwhile
    again = said(claire.post(at("put", cast.bakery), {"name": "Boule", "allergens": read}))
    assert TICKED.findall(again) == ["gluten", "milk"]  # the price lacks; nothing else is ticked
    jam = {"do": "look", "kind": "pains", "name": "Confiture de figues", "allergens": read}
    assert TICKED.findall(said(claire.post(at("put", cast.bakery), jam))) == ["gluten", "milk"]
    same = put(claire, cast.bakery, name="Miche", allergens=read)
    assert (same.name, same.state, same.allergens) == ("Miche", "published", ["gluten", "milk"])


def test_a_tap_that_carries_anything_but_allergens_says_nothing(claire: Client, cast: Cast):
    for tap in ("same", "same:", "same:gluten,plutonium", "same:none"):
        data = {"name": "Pain", "price": "4,20", "allergens": [tap]}
        assert claire.post(at("put", cast.bakery), data).status_code == 422, tap
    assert not Product.objects.exists()


def test_some_and_none_at_once_is_asked_again(claire: Client, cast: Cast):
    data = {"name": "Pain", "price": "4,20", "allergens": ["none", "milk"]}
    response = claire.post(at("put", cast.bakery), data)
    assert response.status_code == 422
    assert "décochez l’un des deux" in said(response)
    assert not Product.objects.exists()


def test_a_jam_says_its_label_once_and_only_what_is_its_own_afterwards(claire: Client, cast: Cast):
    shop = shop_of(cast, "conserverie")
    label = {
        "amount": "250 g",
        "allergens": ["none"],
        "ingredients": "Figues 60 %, sucre",
        "storage": "Au frais après ouverture, 12 mois",
        "is_own_make": "on",
    }
    first = put(claire, shop, name="Confiture de figues", **label)
    assert first.state == ProductState.PUBLISHED
    profile = cast.bakery.organisation.seller_profile  # type: ignore[union-attr]
    assert first.food_sheet["operator_name"] == profile.legal_name
    page = said(claire.post(at("put", shop), {"do": "look", "name": "Confiture de prunes"}))
    assert "Repris de «\u202fConfiture de figues\u202f»" in page
    assert 'value="250 g"' in page
    assert "Au frais après ouverture, 12 mois" in page
    assert "Figues" not in page.partition("id_ingredients")[2].partition("</textarea>")[0]
    assert str(first.variants.get().net_quantity) == "250.000"


def test_an_amount_that_says_nothing_is_refused_and_the_rest_kept(claire: Client, cast: Cast):
    data = {"name": "Savon de chanvre", "price": "6", "amount": "un bon morceau"}
    response = claire.post(at("put", cast.bakery), data)
    assert response.status_code == 422
    assert 'value="un bon morceau"' in said(response)
    assert not Product.objects.exists()


def test_who_grows_it_says_so_in_one_tap(claire: Client, cast: Cast):
    shop = shop_of(cast, "maraicher")
    made = put(claire, shop, name="Carottes", is_made_here="on")
    assert (made.state, made.origin) == ("published", "Cahors (Lot), France")
    assert made.is_made_here
    page = said(claire.get(at("put", shop)))
    assert 'id="id_is_made_here" checked' in page
    bought = put(claire, shop, name="Oranges", origin="Espagne")
    assert (bought.state, bought.origin, bought.is_made_here) == ("published", "Espagne", False)


def test_a_book_costs_what_its_publisher_asks_and_its_publisher_is_typed_once(
    claire: Client, cast: Cast
):
    shop = shop_of(cast, "librairie")
    first = put(claire, shop, **{**BOOK, "is_publisher_price": "on"})
    assert first.state == ProductState.PUBLISHED
    assert Offer.objects.get(variant__product=first).publisher_price_cents == 1900
    assert '<option value="Éditions du Causse">' in said(claire.get(at("put", shop)))
    less = {"name": "Essai", "price": "18,50", "manufacturer_name": "Éditions du Causse"}
    second = put(claire, shop, **less, publisher_price="19,00")
    assert second.state == ProductState.PUBLISHED
    assert second.safety["manufacturer_email"] == "causse@exemple.test"
    response = claire.post(at("put", shop), {**less, "publisher_price": "25,00"})
    assert response.status_code == 422
    assert "loi" in said(response)
    assert Product.objects.count() == 2


def test_a_second_hand_book_owes_neither_price_nor_publisher(claire: Client, cast: Cast):
    made = put(claire, shop_of(cast, "librairie"), name="Roman", is_second_hand="on")
    assert (made.state, made.labels) == ("published", ["second_hand"])


def test_what_is_still_missing_is_asked_alone_and_kept_piece_by_piece(claire: Client, cast: Cast):
    data = {"name": "Confiture de figues", "price": "4,20", "ingredients": "Figues, sucre"}
    page = said(claire.post(at("put", cast.bakery), data, follow=True))
    made = Product.objects.get()
    assert made.state == ProductState.DRAFT
    assert made.food_sheet == {"ingredients": "Figues, sucre"}
    assert "Combien y en a-t-il" in page
    finish = at("finish", cast.bakery, made.pk)
    claire.post(finish, {"storage": "Au frais", "is_own_make": "on", "allergens": ["none"]})
    page = said(claire.get(finish))
    assert "Combien y en a-t-il" in page
    assert "Ingrédients" not in page
    claire.post(finish, {"amount": "1,5 kg"})
    made.refresh_from_db()
    assert made.state == ProductState.PUBLISHED
    assert made.food_sheet["ingredients"] == "Figues, sucre"
    assert claire.get(finish).status_code == 302


def test_a_photograph_that_the_law_wants_is_asked_on_the_second_screen(claire: Client, cast: Cast):
    shop = shop_of(cast, "poterie-ceramique")
    data = {"name": "Bol en grès", "price": "18", "is_own_make": "on"}
    page = said(claire.post(at("put", shop), data, follow=True))
    made = Product.objects.get()
    assert made.state == ProductState.DRAFT
    assert "La photo" in page
    maker = SellerProfile.objects.get(organisation=shop.organisation)
    kind = ProductCategory.objects.get(pk=made.category_id)
    asks = AskedForm(None, shop=shop, category=kind).fields["is_own_make"]
    reads = f"Les clients lisent alors\u00a0: {maker.legal_name}"
    assert reads in str(asks.help_text)
    assert reads in said(claire.get(at("product", shop, made.pk)))
    claire.post(at("finish", shop, made.pk), {"photo": picture()})
    made.refresh_from_db()
    assert (made.state, made.photos.count()) == ("published", 1)


def test_the_same_press_twice_makes_one_product(claire: Client, cast: Cast):
    key = "5f0c1a54-3f1a-4d8e-9f0e-0a8f2f6c0777"
    for _press in range(2):
        put(claire, cast.bakery, name="Pain", allergens=["gluten"], key=key)
    assert Product.objects.count() == 1


ANSWERS = {
    "allergens": ["none"],
    "origin": "Lot, France",
    "amount": "250 g",
    "ingredients": "Figues, sucre",
    "storage": "Au sec, douze mois",
    "is_own_make": "on",
    "alcohol_degree": "12,5",
    "is_publisher_price": "on",
    "commercial_name": "Truite arc-en-ciel",
    "scientific_name": "Oncorhynchus mykiss",
    "production": "farmed",
}


def test_no_kind_is_left_that_the_short_screens_cannot_bring_to_customers(
    claire: Client, cast: Cast
):
    """Of every kind that may be sold: one answer to each question, and it is published."""
    kinds = ProductCategory.objects.filter(parent__isnull=False, is_blocked=False)
    most = 0
    for kind in kinds:
        made = put_on_shelf(
            cast.bakery,
            None,
            name=kind.name,
            price_cents=900,
            by=catalogue.BY,
            at=catalogue.SINCE,
            new=NewProduct(kind.name, 900, category=kind.pk),
        )
        ProductPhoto.objects.create(product=made, name=f"photo-{made.pk}", width=9, height=9)
        asked = AskedForm(None, shop=cast.bakery, category=kind).fields
        streams = {name: "on" for name in asked if name.startswith("free_")}
        said = {name: answer for name, answer in {**ANSWERS, **streams}.items() if name in asked}
        form = AskedForm(QueryDict(urlencode(said, doseq=True)), shop=cast.bakery, category=kind)
        assert form.is_valid(), (kind.pk, form.errors)
        answers = form.answers(price_cents=900)
        missing = finish_product(made, answers, by=catalogue.BY, at=catalogue.SINCE)
        assert missing == (), kind.pk
        assert Product.objects.get(pk=made.pk).state == ProductState.PUBLISHED, kind.pk
        most = max(most, len(said))
    assert most == 6  # besides photograph, name, price and the last press
