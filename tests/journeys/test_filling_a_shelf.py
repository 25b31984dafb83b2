"""A shelf filled from a telephone in a few gestures, and every page around it, at every width."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.factories import catalogue, logistics, stock
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, refused
from tests.journeys.test_keeping_right import Thumb

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.catalogue.states import ProductState

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]
LONG = "Tourte de seigle bio au levain naturel, cuite sur sole de pierre, fournée-du-mercredi-soir"
MOST_GESTURES = 4


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path, file = tmp_path / "pain.jpg", BytesIO()
    Image.new("RGB", (900, 700), (206, 160, 98)).save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


@pytest.mark.parametrize("javascript", [True, False])
def test_a_photograph_a_name_a_price_and_it_is_on_the_shelf(
    open_page: Opener, town: Town, let_in: LetIn, photo: Path, javascript: bool
) -> None:
    """Four gestures from the page of the shelf: well under a minute."""
    shop = town.cast.bookshop
    catalogue.product(shop, "Roman", category="autres-produits")  # of a seller who may sell
    page = open_page(width=390, javascript=javascript, has_touch=True)
    let_in(page, town.cast.idris)
    page.goto(town.counter(shop, "etal/ajouter/"))
    thumb = Thumb()
    page.get_by_label("La photo").set_input_files(photo)
    thumb.taps += 1
    page.get_by_label("Qu’est-ce que c’est ?").fill("Carnet cousu main")
    thumb.taps += 1
    page.get_by_label("Prix").fill("12,50")
    thumb.taps += 1
    thumb.tap(page.get_by_role("button", name="Mettre à l’étal"))
    expect(page.get_by_role("status").first).to_contain_text("Carnet cousu main")
    assert thumb.taps <= MOST_GESTURES
    made = Product.objects.get(name="Carnet cousu main")
    assert made.photos.count() == 1


def test_a_sale_in_the_shop_is_two_taps(open_page: Opener, town: Town, let_in: LetIn) -> None:
    offer = stock.counted(town.cast.bakery, "Baguette", on_hand=5)
    page = open_page(width=390, has_touch=True)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "etal/"))
    thumb = Thumb()
    thumb.tap(page.locator("summary").filter(has_text="Vendu en boutique"))
    thumb.tap(page.get_by_role("button", name="2 vendu en boutique"))
    expect(page.get_by_role("status").first).to_contain_text("Baguette")
    assert thumb.taps == 2
    assert stock.level(offer) == (3, 0, 0)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_every_page_around_the_shelf(
    open_page: Opener, town: Town, let_in: LetIn, photo: Path, tmp_path: Path, width: int
) -> None:
    shop = town.cast.bakery
    catalogue.categories()
    page = open_page(width=width)
    let_in(page, town.cast.claire)

    def see(path: str, name: str) -> None:
        page.goto(town.counter(shop, path))
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        look(page, f"shelf-{name}")

    see("etal/", "empty")
    see("etal/ajouter/", "put")
    see("vendre/", "selling-empty")
    see("retrait-livraison/", "ways-empty")
    page.goto(town.counter(shop, "etal/ajouter/"))
    page.get_by_label("La photo").set_input_files(photo)
    page.get_by_label("Qu’est-ce que c’est ?").fill(LONG)
    page.get_by_label("Prix").fill("4,20")
    page.get_by_role("button", name="Mettre à l’étal").click()
    expect(page.get_by_role("status").first).to_contain_text("Encore un mot")
    look(page, "shelf-product-lacking")
    draft = Product.objects.get()
    page.get_by_role("link", name="Cochez ses allergènes").click()
    see(f"etal/{draft.pk}/photos/", "photos")
    jar = catalogue.product(
        shop, "Confiture de figues", category="confitures", state=ProductState.DRAFT
    )
    see(f"etal/{jar.pk}/", "product-food")
    page.get_by_label("Nom", exact=True).fill("")
    page.locator("#fiche").evaluate("form => form.noValidate = true")
    page.locator("#fiche").get_by_role("button", name="Enregistrer").click()
    refused(page)
    look(page, "shelf-product-refused")
    bread = stock.counted(shop, "Baguette", on_hand=5)
    stock.counted(shop, "Éclair au café", on_hand=0)
    sizes = catalogue.product(shop, "Miche")
    catalogue.variant(sizes, "Grande, pour la semaine", price_cents=900)
    see("etal/", "full")
    see("etal/?q=introuvable", "nothing-found")
    see(f"etal/{sizes.pk}/", "product-sizes")
    see(f"etal/{bread.variant.product_id}/{bread.pk}/", "offer")
    see(f"etal/{sizes.pk}/variante/", "variant")
    see("etal/tableau/", "table")
    page.get_by_label("Prix (€)").first.fill("trois euros")
    page.get_by_role("button", name="Tout enregistrer").click()
    refused(page)
    look(page, "shelf-table-refused")
    see("etal/fichier/", "file")
    file = tmp_path / "caisse.csv"
    file.write_text("Nom;Prix TTC;Stock;Remarque\nTourte;4,20;6;du jour\nMiche;gratuit;2;\n")
    page.get_by_label("Votre fichier").set_input_files(file)
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    expect(page.get_by_role("heading", name="Ce qui se passerait")).to_be_visible()
    look(page, "shelf-file-tried")
    see("vendre/", "selling")
    logistics.counter(shop)
    zone = logistics.zone(shop, (1, "17:00", "19:00", 8))
    parcel = logistics.parcel(shop)
    point = logistics.pooled_point(town.cast.lot)
    see("retrait-livraison/", "ways")
    see(f"retrait-livraison/zone/{zone.pk}/", "zone")
    see(f"retrait-livraison/colis/{parcel.pk}/", "parcel")
    see(f"retrait-livraison/point/{point.pk}/", "point")
