"""What the law of books and that of the « soldes » show at the counter: form, table, file."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue

from chalandise.catalogue.actions import price_book
from chalandise.catalogue.models import Offer, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def idris(client: Client, cast: Cast, freeze: Any) -> Client:
    freeze("2026-11-18 10:30")
    client.force_login(cast.idris, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def book(cast: Cast, **fields: Any) -> Offer:
    return catalogue.offer(cast.bookshop, "Roman", price_cents=2000, category="livres", **fields)


def test_the_form_of_a_new_book_asks_for_its_publisher_s_price(cast: Cast, idris: Client) -> None:
    offer = book(cast, state="draft")
    product = offer.variant.product
    page = reverse("counter:product", args=[cast.bookshop.slug, product.pk])
    shown = said(idris.get(page))
    assert "un livre neuf se vend à ce prix" in shown
    assert f"{page}#id_publisher_price" in shown
    assert 'name="publisher_price" value="20,00"' in shown  # what is asked is proposed
    data = {"name": "Roman", "category": "livres", "publisher_price": "22,00"}
    refused = idris.post(page, data)
    assert refused.status_code == 422
    assert "s’écarte de plus de 5 %" in said(refused)
    assert idris.post(page, {**data, "publisher_price": "21"}).status_code == 302
    offer.refresh_from_db()
    assert offer.publisher_price_cents == 2100
    bread = catalogue.product(cast.bookshop, "Marque-page", category="autres-produits")
    other = idris.get(reverse("counter:product", args=[cast.bookshop.slug, bread.pk]))
    assert "publisher_price" not in said(other)


def test_the_price_of_a_new_book_is_refused_in_words(cast: Cast, idris: Client) -> None:
    offer = book(cast)
    page = reverse("counter:offer", args=[cast.bookshop.slug, offer.variant.product_id, offer.pk])
    asked = {"do": "price", "price-price": "15", "price-publisher_price": "20"}
    answer = idris.post(page, asked)
    assert answer.status_code == 422
    assert "jusqu’à 5 % de moins (loi du 10 août 1981) : entre 19,00 € et 20,00 €" in said(answer)
    days = {"promotion-starts_on": "2026-11-19", "promotion-ends_on": "2026-11-26"}
    assert idris.post(page, {**asked, "price-price": "20"}).status_code == 302
    cheap = idris.post(page, {"do": "promotion", "promotion-price": "14", **days})
    assert cheap.status_code == 422
    assert "entre 19,00 € et 20,00 €" in said(cheap)
    assert idris.post(page, {**asked, "price-is_old_stock": "on"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.price_cents, offer.publisher_price_cents) == (1500, 2000)


def test_the_table_has_the_publishers_prices_of_books(cast: Cast, idris: Client) -> None:
    offer, soap = book(cast), catalogue.offer(cast.bookshop, "Savon", category="savons")
    page = reverse("counter:table", args=[cast.bookshop.slug])
    shown = said(idris.get(page))
    assert f'name="publisher-{offer.pk}" value=""' in shown
    assert f"publisher-{soap.pk}" not in shown
    typed = {
        f"price-{offer.pk}": "18",
        f"publisher-{offer.pk}": "20",
        f"available-{offer.pk}": "on",
    }
    answer = idris.post(page, typed)
    assert answer.status_code == 422
    assert "entre 19,00 € et 20,00 €" in said(answer)
    assert Offer.objects.get(pk=offer.pk).publisher_price_cents is None
    assert idris.post(page, {**typed, f"price-{offer.pk}": "19"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.price_cents, offer.publisher_price_cents) == (1900, 2000)


def test_one_more_edition_has_a_publisher_s_price_of_its_own(cast: Cast, idris: Client) -> None:
    offer = book(cast)
    product = offer.variant.product
    price_book(
        offer, publisher_price_cents=2000, is_old_stock=False, by=catalogue.BY, at=catalogue.SINCE
    )
    page = reverse("counter:variant", args=[cast.bookshop.slug, product.pk])
    data = {"name": "Poche", "price": "7", "publisher_price": "8"}
    refused = idris.post(page, data)
    assert refused.status_code == 422
    assert "entre 7,60 € et 8,00 €" in said(refused)
    assert idris.post(page, {**data, "price": "7,60"}).status_code == 302
    assert sorted(Offer.objects.values_list("publisher_price_cents", flat=True)) == [800, 2000]


def test_the_table_and_the_file_warn_of_the_word_soldes(cast: Cast, idris: Client) -> None:
    book(cast)
    table = reverse("counter:table", args=[cast.bookshop.slug])
    assert "deux saisons" not in said(idris.get(table))
    Product.objects.update(name="Soldes : roman")
    shown = said(idris.get(table))
    assert shown.count("est réservé à deux saisons") == 1
    assert "6 janvier 2027" in shown
    assert "voyez plus haut quand ce mot est permis" in shown
    file = SimpleUploadedFile("produits.csv", "Nom;Prix\nSavon soldé;4\nBol;9\n".encode())
    page = reverse("counter:import_file", args=[cast.bookshop.slug])
    tried = said(idris.post(page, {"file": file}, follow=True))
    assert tried.count("est réservé à deux saisons") == 1


def test_in_season_nobody_is_warned(cast: Cast, idris: Client, freeze: Any) -> None:
    book(cast)
    Product.objects.update(name="Soldes : roman")
    freeze("2027-01-06 10:30")
    table = reverse("counter:table", args=[cast.bookshop.slug])
    assert "deux saisons" not in said(idris.get(table))
