"""Nothing is published while the law asks for something that is missing."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from PIL import Image
from pytest_django import Settings
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import (
    NewProduct,
    accept_mandate,
    add_photo,
    edit_offer,
    edit_product,
    publish_product,
    put_on_shelf,
    put_photo_first,
    remove_photo,
    save_seller_profile,
    withdraw_product,
)
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.catalogue.classification import guess_category, product_categories
from chalandise.catalogue.errors import BadFieldError, BadPriceError, NotPublishableError
from chalandise.catalogue.gate import Facts, missing_of
from chalandise.catalogue.models import Product, ProductCategory
from chalandise.catalogue.queries import get_product_for_member, get_product_on
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.catalogue.sheets import EPR_STREAMS
from chalandise.catalogue.states import VatCode, WithdrawalException
from chalandise.directory.classification import classification
from chalandise.kernel.errors import NotFoundError, StaleStateError

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY


@pytest.fixture
def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (800, 600), "tan").save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def test_photo_name_price_done(cast: Cast, picture: bytes) -> None:
    catalogue.categories()
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    said = NewProduct(name="", price_cents=1, allergens=("gluten", "milk"), alt="Un croissant doré")
    made = put_on_shelf(
        cast.bakery, picture, name="Croissant", price_cents=130, by=BY, at=NOW, new=said
    )
    assert (made.state, made.category_id) == ("published", "viennoiseries")
    assert made.allergens == ["gluten", "milk"]
    assert made.is_perishable
    assert made.photos.get().alt == "Un croissant doré"
    assert get_product_on(cast.lot, made.slug).pk == made.pk
    with pytest.raises(NotFoundError):
        get_product_on(cast.elsewhere, made.slug)


def test_a_bread_without_a_word_on_allergens_waits(cast: Cast) -> None:
    catalogue.categories()
    assert cast.bakery.organisation is not None
    catalogue.seller(cast.bakery.organisation)
    made = put_on_shelf(cast.bakery, None, name="Baguette", price_cents=120, by=BY, at=NOW)
    assert made.state == "draft"
    assert missing_to_publish(made) == ("allergens",)
    with pytest.raises(NotPublishableError) as refused:
        publish_product(made, by=BY, at=NOW)
    assert refused.value.missing == ("allergens",)
    edit_product(made, {"allergens": []}, by=BY, at=NOW)
    publish_product(made, by=BY, at=NOW)
    with pytest.raises(StaleStateError):
        publish_product(made, by=BY, at=NOW)


def test_a_product_on_the_shelf_keeps_what_the_law_asks(cast: Cast) -> None:
    made = catalogue.product(cast.bakery, "Baguette")
    with pytest.raises(NotPublishableError):
        edit_product(made, {"allergens": None}, by=BY, at=NOW)
    assert Product.objects.get().allergens == []
    withdraw_product(made, by=BY, at=NOW, reason="rappel")
    edit_product(made, {"allergens": None}, by=BY, at=NOW)
    with pytest.raises(NotPublishableError):
        publish_product(made, by=BY, at=NOW)


def test_a_seller_of_whom_something_is_missing_publishes_nothing(cast: Cast) -> None:
    catalogue.categories()
    organisation = cast.bookshop.organisation
    assert organisation is not None
    novel = NewProduct(name="", price_cents=1, publisher_price_cents=1200)
    made = put_on_shelf(
        cast.bookshop, None, name="Un roman", price_cents=1200, by=BY, at=NOW, new=novel
    )
    edit_product(made, {"safety": catalogue.PUBLISHER}, by=BY, at=NOW)
    assert missing_to_publish(made) == ("seller:profile", "seller:mandate")
    save_seller_profile(organisation, {"legal_name": "Le Livre d’Olt"}, by=BY, at=NOW)
    assert missing_to_publish(made) == (
        "seller:address",
        "seller:email",
        "seller:phone",
        "seller:siret",
        "seller:mediator_name",
        "seller:terms_version",
        "seller:vat_number",
        "seller:mediator_address",
        "seller:mandate",
    )
    accept_mandate(organisation, by=BY, at=NOW)
    accept_mandate(organisation, by=BY, at=NOW)
    profile = save_seller_profile(
        organisation,
        {
            "address": "3 place Champollion\n46100 Figeac",
            "email": "olt@exemple.test",
            "phone": "+33565000002",
            "siret": "12345678200028",
            "vat_regime": "franchise",
            "mediator_name": "Médiation",
            "mediator_url": "https://mediation.exemple.test/",
            "terms_html": "<p>Les prix sont en euros.</p><script>x</script>",
        },
        by=BY,
        at=NOW,
    )
    assert (profile.siren, profile.terms_version) == ("123456782", 1)
    assert profile.terms_html == "<p>Les prix sont en euros.</p>"
    publish_product(made, by=BY, at=NOW)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"siret": "123"}, "siret", "unknown_value"),
        ({"email": "pas une adresse"}, "email", "invalid"),
        ({"mediator_url": "javascript:alert(1)"}, "mediator_url", "invalid"),
        ({"terms_html": "voir ec.europa.eu/consumers/odr"}, "terms_html", "closed_platform"),
        ({"epr_ids": {"packaging": "n’importe quoi"}}, "idu:packaging", "unknown_value"),
        ({"organisation": 3}, "organisation", "unknown_value"),
    ],
)
def test_a_seller_profile_refuses_nonsense(
    cast: Cast, changes: dict[str, object], field: str, reason: str
) -> None:
    assert cast.bakery.organisation is not None
    with pytest.raises(BadFieldError) as refused:
        save_seller_profile(cast.bakery.organisation, changes, by=BY, at=NOW)
    assert (refused.value.field, refused.value.reason) == (field, reason)


NOTHING = Facts(
    requirements=[],
    is_blocked=False,
    is_alcohol=False,
    may_sell_alcohol=False,
    offer_count=1,
    photo_count=0,
    net_quantities=[None],
    weight_priced=[False],
    allergens=None,
    food_sheet={},
    safety={},
    epr_ids={},
    seller_epr_ids={},
    origin="",
    alcohol_degree=None,
    minimum_age=0,
    seller_missing=[],
)


def _facts(**fields: object) -> Facts:
    return Facts(**{**vars(NOTHING), **fields})  # type: ignore[arg-type]


def test_only_what_the_category_needs_is_asked() -> None:
    assert missing_of(NOTHING) == ()
    assert missing_of(_facts(requirements=["origin"])) == ("origin",)
    assert missing_of(_facts(requirements=["origin"], origin="Lot, France")) == ()


def test_pre_packed_food_shows_its_sheet_and_loose_food_its_allergens() -> None:
    asks = ["net_quantity", "allergens", "food_sheet"]
    assert missing_of(_facts(requirements=asks)) == (
        "net_quantity",
        "allergens",
        "food_sheet:ingredients",
        "food_sheet:storage",
        "food_sheet:operator_name",
        "food_sheet:operator_address",
    )
    loose = _facts(requirements=asks, food_sheet={"is_prepacked": "no"}, allergens=[])
    assert missing_of(loose) == ()
    sheet = dict.fromkeys(["ingredients", "storage", "operator_name", "operator_address"], "x")
    packed = _facts(
        requirements=asks, food_sheet=sheet, allergens=["nuts"], net_quantities=[Decimal(250)]
    )
    assert missing_of(packed) == ()


def test_things_say_who_made_them_and_show_a_picture() -> None:
    asks = ["manufacturer", "idu:toys"]
    assert missing_of(_facts(requirements=asks)) == (
        "safety:manufacturer_name",
        "safety:manufacturer_address",
        "safety:manufacturer_email",
        "photo",
        "idu:toys",
    )
    own = _facts(
        requirements=asks,
        safety={"is_own_make": "yes"},
        photo_count=1,
        seller_epr_ids={"toys": "FR123456_12ABCD"},
    )
    assert missing_of(own) == ()
    assert missing_of(_facts(requirements=["idu:toys"], epr_ids={"toys": "FR1"})) == ("idu:toys",)
    assert missing_of(_facts(requirements=["idu:toys"], epr_ids={"toys": "not_concerned"})) == ()


def test_alcohol_needs_a_licence_and_tobacco_is_not_sold() -> None:
    wine = {"requirements": ["alcohol_degree"], "is_alcohol": True}
    assert missing_of(_facts(**wine)) == ("alcohol_degree", "alcohol_licence")
    assert missing_of(_facts(**wine, alcohol_degree=Decimal("12.5"), may_sell_alcohol=True)) == ()
    assert missing_of(_facts(is_blocked=True)) == ("category_blocked",)


def test_the_shipped_categories_hold_together(db: None) -> None:
    specs = product_categories()
    leaves = [spec for spec in specs if spec.parent]
    shops = {spec.key for spec in classification().leaves}
    assert 85 <= len(leaves) <= 120
    assert len({spec.key for spec in specs}) == len(specs)
    known = {"net_quantity", "allergens", "food_sheet", "manufacturer", "origin", "fish"}
    known |= {
        "publisher_price",
        "publisher",
        "alcohol_degree",
        "minimum_age",
        *(f"idu:{stream}" for stream in EPR_STREAMS),
    }
    for spec in leaves:
        assert spec.vat_code in VatCode.values, spec.key
        assert set(spec.requirements) <= known, spec.key
        assert spec.withdrawal_exception in WithdrawalException.values, spec.key
        assert set(spec.shops) <= shops, spec.key
        assert spec.minimum_age == (18 if spec.is_alcohol else 0), spec.key
        assert not spec.is_alcohol or spec.vat_code == "standard", spec.key
    first = load_product_categories(by=BY, at=NOW)
    assert first == len(specs) == ProductCategory.objects.count()
    assert load_product_categories(by=BY, at=NOW) == 0


@pytest.mark.parametrize(
    ("name", "shop", "category"),
    [
        ("Pain au chocolat", "boulangerie", "viennoiseries"),
        ("Pains de seigle", "boulangerie", "pains"),
        ("Truffe au chocolat noir", "chocolaterie-confiserie", "chocolats"),
        ("Cahors AOP 2020", "caviste", "vins"),
        ("Rocamadour fermier", "ferme", "fromages"),
        ("Panier garni d’automne", "epicerie", "paniers-gourmands"),
        ("Quelque chose", "librairie", "livres"),
        ("Quelque chose", "inconnu", "autres-produits"),
        ("Cigarettes", "tabac", "tabac-nicotine"),
    ],
)
def test_the_name_and_the_shop_tell_the_category(name: str, shop: str, category: str) -> None:
    assert guess_category(name, shop) == category


@pytest.mark.parametrize("price", [0, -1, 10_000_001, True, 2.5, "250", None])
def test_a_product_needs_a_price(cast: Cast, price: object) -> None:
    catalogue.categories()
    with pytest.raises(BadPriceError):
        put_on_shelf(cast.bakery, None, name="Pain", price_cents=price, by=BY, at=NOW)  # type: ignore[arg-type]
    assert not Product.objects.exists()


def test_photographs_are_ordered_and_forgotten(cast: Cast, picture: bytes) -> None:
    made = catalogue.product(cast.bakery)
    one = add_photo(made, picture, alt="La mie", by=BY, at=NOW)
    other = add_photo(made, picture, alt="La croûte", by=BY, at=NOW)
    put_photo_first(other, by=BY, at=NOW)
    assert [photo.alt for photo in made.photos.all()] == ["La croûte", "La mie"]
    remove_photo(one, by=BY, at=NOW)
    assert [photo.alt for photo in made.photos.all()] == ["La croûte"]


def test_only_the_people_of_the_shop_open_its_products(cast: Cast) -> None:
    made = catalogue.product(cast.bakery)
    assert get_product_for_member(cast.claire, made.pk) == made
    for stranger in (cast.idris, cast.nadia, cast.odile):
        with pytest.raises(NotFoundError):
            get_product_for_member(stranger, made.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gtin": "3760001000001"}, "gtin"),
        ({"net_quantity": "-2", "net_unit": "g"}, "net_quantity"),
        ({"net_quantity": "1e3", "net_unit": "g"}, "net_quantity"),
        ({"net_unit": "pouce"}, "net_unit"),
        ({"vat_code": "zero"}, "vat_code"),
        ({"price_cents": 3}, "price_cents"),
        ({"is_weight_priced": True}, "is_weight_priced"),
        ({"tolerance_percent": "80"}, "tolerance_percent"),
    ],
)
def test_an_offer_refuses_nonsense(cast: Cast, changes: dict[str, object], field: str) -> None:
    bread = catalogue.offer(cast.bakery)
    with pytest.raises(BadFieldError) as refused:
        edit_offer(bread, changes, by=BY, at=NOW)
    assert refused.value.field == field


def test_the_facts_of_a_variant_are_written(cast: Cast) -> None:
    bread = catalogue.offer(cast.bakery)
    changes = {"gtin": "3 017620 422003", "net_quantity": "0,75", "net_unit": "kg"}
    edit_offer(bread, changes, by=BY, at=NOW)
    bread.variant.refresh_from_db()
    assert (bread.variant.gtin, bread.variant.net_quantity) == ("3017620422003", Decimal("0.75"))
