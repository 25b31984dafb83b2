"""A shelf filled from a telephone in a few gestures, and every page around it, at every width."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from tests.factories import catalogue, directory, logistics, stock
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, look_twice, refused
from tests.journeys.test_keeping_right import Thumb
from tests.patience import eventually

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.catalogue.states import ProductState
from chalandise.directory.models import Establishment

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]
# How long a person needs, not this machine: Card, Moran and Newell's keystroke-level model gives 1.35 s
# to turn to a thing and 1.1 s to reach it; two thumbs write 36 words a minute on a telephone (Palin
# and others, 2019), so 0.33 s a letter; a photograph is aimed and taken in 5 s.
SECONDS_A_GESTURE, SECONDS_A_LETTER, SECONDS_A_PHOTO = 2.45, 0.33, 5.0
PRICE = "12,50"
LONG = "Tourte de seigle bio au levain naturel, cuite sur sole de pierre, fournée-du-mercredi-soir"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path, file = tmp_path / "pain.jpg", BytesIO()
    Image.new("RGB", (900, 700), (206, 160, 98)).save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


@dataclass(frozen=True)
class Goods:
    """Something put on a shelf: its name, the taps and the lines that its kind asks for."""

    name: str
    most_gestures: int
    taps: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()

    def seconds_of_a_person(self, gestures: int) -> float:
        """How long somebody takes who makes so many gestures and types all of it."""
        letters = sum(
            len(text) for text in (self.name, PRICE, *(line for _label, line in self.lines))
        )
        return SECONDS_A_PHOTO + SECONDS_A_GESTURE * gestures + SECONDS_A_LETTER * letters


FAMILIES: dict[str, tuple[Goods, ...]] = {
    "boulangerie": (
        Goods("Pain de campagne", 5, ("gluten",)),
        Goods("Croissant au beurre", 6, ("gluten", "lait")),
    ),
    "fromagerie": (
        Goods("Rocamadour affiné", 5, ("lait",)),
        Goods("Tomme de brebis", 5, ("lait",)),
    ),
    "librairie": (
        Goods(
            "Roman d’Olt",
            8,
            ("C’est le prix de l’éditeur",),
            (
                ("Éditeur", "Éditions du Causse"),
                ("Adresse de l’éditeur", "8 rue des Typographes, 46000 Cahors"),
                ("E-mail ou site de l’éditeur", "causse@exemple.test"),
            ),
        ),
        Goods(
            "Roman de Quercy",
            6,
            ("C’est le prix de l’éditeur",),
            (("Éditeur", "Éditions du Causse"),),
        ),
    ),
    "apiculteur": (  # with jams the heaviest: a label to write out, its quantity and its origin
        Goods(
            "Miel de châtaignier",
            9,
            ("Je le produis ici", "C’est moi qui le fabrique"),
            (
                ("Combien y en a-t-il ?", "500 g"),
                ("Ingrédients", "Miel de châtaignier"),
                ("Comment le conserver, jusqu’à quand", "Au sec, date sur le couvercle"),
            ),
        ),
        Goods("Miel de printemps", 5, lines=(("Ingrédients", "Miel toutes fleurs"),)),
    ),
    "caviste": (
        Goods(
            "Cahors cuvée du Causse",
            8,
            ("sulfites",),
            (
                ("Combien y en a-t-il ?", "75 cL"),
                ("Alcool (% du volume)", "13,5"),
                ("Sinon, d’où vient-il ?", "AOC Cahors, France"),
            ),
        ),
    ),
    "poterie-ceramique": (
        Goods("Bol en grès", 5, ("C’est moi qui le fabrique",)),
        Goods("Vase en grès", 4),  # as of the last one: the tick stands there, to be seen
    ),
}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_photograph_a_name_a_price_what_the_kind_asks_and_customers_see_it(
    open_page: Opener, town: Town, let_in: LetIn, photo: Path, javascript: bool
) -> None:
    """Each gesture counts, typing a line as one: at most nine, four once the shop is known.

    At a person's pace all of it is done in less than a minute.
    """
    organisation = town.cast.bakery.organisation
    assert organisation is not None
    catalogue.categories()
    catalogue.seller(organisation)
    page = open_page(width=390, javascript=javascript, has_touch=True)
    let_in(page, town.cast.claire)
    for trade, shelf in FAMILIES.items():
        kind = directory.category(trade, trade)
        shop = directory.establishment(
            f"Chez {trade}",
            slug=f"chez-{trade}",
            category=kind,
            claimed_at=catalogue.SINCE,
            organisation=organisation,
        )
        for goods in shelf:
            taps = _put(page, town, shop, goods, photo)
            made = Product.objects.get(name=goods.name)
            assert made.state == ProductState.PUBLISHED, goods.name
            assert made.photos.count() == 1
            assert taps <= goods.most_gestures, goods.name
            assert goods.seconds_of_a_person(taps) < 60, goods.name
            page.goto(f"{town.url}/produits/{made.slug}/")
            expect(page.get_by_role("heading", level=1)).to_have_text(goods.name)


def _put(page: Page, town: Town, shop: Establishment, goods: Goods, photo: Path) -> int:
    """Put something on a shelf from the page for it; count the gestures."""
    page.goto(town.counter(shop, "etal/ajouter/"))
    thumb = Thumb()
    page.get_by_label("La photo").set_input_files(photo)
    page.get_by_label("Qu’est-ce que c’est ?").fill(goods.name)
    page.get_by_label("Prix, toutes taxes comprises (€)").fill(PRICE)
    thumb.taps += 3
    asked = page.locator("#asked")
    for label in goods.taps:
        said = page.get_by_text(label, exact=label.islower())
        thumb.tap(asked.locator("label.choice").filter(has=said))
    for label, text in goods.lines:
        asked.get_by_label(label, exact=True).fill(text)
        thumb.taps += 1
    thumb.tap(page.get_by_role("button", name="Terminer"))
    expect(page.get_by_role("status").first).to_contain_text(f"{goods.name} est à l’étal")
    return thumb.taps


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_of_another_trade_is_asked_at_once_with_script_and_on_a_second_screen_without(
    open_page: Opener, town: Town, let_in: LetIn, photo: Path, javascript: bool
) -> None:
    """A baker sells a notebook: its maker is asked, not its allergens."""
    shop = town.cast.bakery
    catalogue.product(shop, "Pain")  # of a seller who may sell
    page = open_page(width=390, javascript=javascript, has_touch=True)
    let_in(page, town.cast.claire)
    page.goto(town.counter(shop, "etal/ajouter/"))
    page.get_by_label("La photo").set_input_files(photo)
    page.get_by_label("Qu’est-ce que c’est ?").fill("Carnet cousu main")
    page.get_by_label("Prix, toutes taxes comprises (€)").fill("12,50")
    if not javascript:
        page.get_by_role("button", name="Terminer").click()
        expect(page.get_by_role("status").first).to_contain_text("Encore un mot")
    own = page.get_by_label("C’est moi qui le fabrique")
    expect(own).to_be_visible()
    expect(page.get_by_label("gluten")).to_have_count(0)
    look(page, f"put-asked-{javascript}")
    own.check()
    page.get_by_label("Non concerné").check()
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("status").first).to_contain_text("est à l’étal")
    made = Product.objects.get(name="Carnet cousu main")
    assert (made.state, made.allergens, made.photos.count()) == (ProductState.PUBLISHED, None, 1)


def test_a_tap_made_while_the_questions_of_another_kind_are_on_their_way_is_kept(
    open_page: Opener, town: Town, let_in: LetIn
) -> None:
    """A slow line: the name was typed, its kind is being asked for, and the thumb goes on."""
    shop = town.cast.bakery
    catalogue.product(shop, "Pain")  # of a seller who may sell
    page, held = open_page(width=390, has_touch=True), list[Route]()
    let_in(page, town.cast.claire)
    page.goto(town.counter(shop, "etal/ajouter/"))
    kind = page.locator("#asked-title")
    was = kind.inner_text()
    page.route("**/etal/ajouter/", lambda route: held.append(route))
    page.get_by_label("Qu’est-ce que c’est ?").fill("Croissant au beurre")
    page.get_by_label("Prix, toutes taxes comprises (€)").fill(PRICE)
    assert eventually(lambda: page.evaluate("true") and bool(held))
    page.get_by_label("lait", exact=True).check()
    held[0].continue_()
    expect(kind).not_to_have_text(was)
    expect(page.get_by_label("lait", exact=True)).to_be_checked()
    expect(page.get_by_label("gluten", exact=True)).not_to_be_checked()


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


def test_every_page_around_the_shelf(
    page: Page, town: Town, let_in: LetIn, photo: Path, tmp_path: Path
) -> None:
    shop = town.cast.bakery
    catalogue.categories()
    let_in(page, town.cast.claire)

    def see(path: str, name: str) -> None:
        page.goto(town.counter(shop, path))
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        look_twice(page, f"shelf-{name}")

    see("etal/", "empty")
    see("etal/ajouter/", "put")
    see("vendre/", "selling-empty")
    see("retrait-livraison/", "ways-empty")
    page.goto(town.counter(shop, "etal/ajouter/"))
    page.get_by_label("La photo").set_input_files(photo)
    page.get_by_label("Qu’est-ce que c’est ?").fill(LONG)
    page.get_by_label("Prix, toutes taxes").fill("4,20")
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("status").first).to_contain_text("Encore un mot")
    look_twice(page, "shelf-finish")
    page.get_by_role("link", name="Tout sur ce produit").click()
    look_twice(page, "shelf-product-lacking")
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
    look_twice(page, "shelf-product-refused")
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
    look_twice(page, "shelf-table-refused")
    see("etal/fichier/", "file")
    file = tmp_path / "caisse.csv"
    file.write_text("Nom;Prix TTC;Stock;Remarque\nTourte;4,20;6;du jour\nMiche;gratuit;2;\n")
    page.get_by_label("Votre fichier").set_input_files(file)
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    expect(page.get_by_role("heading", name="Ce qui se passerait")).to_be_visible()
    look_twice(page, "shelf-file-tried")
    see("vendre/", "selling")
    logistics.counter(shop)
    zone = logistics.zone(shop, (1, "17:00", "19:00", 8))
    parcel = logistics.parcel(shop)
    point = logistics.pooled_point(town.cast.lot)
    see("retrait-livraison/", "ways")
    see(f"retrait-livraison/zone/{zone.pk}/", "zone")
    see(f"retrait-livraison/colis/{parcel.pk}/", "parcel")
    see(f"retrait-livraison/point/{point.pk}/", "point")
