"""New books cost what their publisher asks, or up to five per cent less (loi of 10 August 1981)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import (
    NewProduct,
    RowEdit,
    change_price,
    compose_basket,
    edit_many,
    edit_product,
    import_products,
    price_book,
    publish_product,
    put_on_shelf,
    start_promotion,
)
from chalandise.catalogue.baskets import PricedPart, shares_of
from chalandise.catalogue.books import least_price, refusal_of
from chalandise.catalogue.errors import (
    BadPriceError,
    BasketError,
    BookPriceError,
    BulkEditError,
    NotPublishableError,
)
from chalandise.catalogue.models import BasketPart, Offer, PriceChange, Product
from chalandise.catalogue.queries.baskets import draft_basket
from chalandise.catalogue.queries.publishing import missing_to_publish
from chalandise.settlements.exports.merchant import products_table

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY


def book(cast: Cast, price_cents: int = 2000, **fields: object) -> Offer:
    new = {"publisher_price_cents": price_cents}
    return catalogue.offer(
        cast.bookshop, "Roman", price_cents=price_cents, category="livres", new=new, **fields
    )


@pytest.mark.parametrize(("publisher", "least"), [(2000, 1900), (1299, 1235), (1, 1), (790, 751)])
def test_the_least_price_is_95_per_cent_and_never_a_cent_below(publisher: int, least: int) -> None:
    assert least_price(publisher) == least


@given(price=st.integers(1, 10_000_000), publisher=st.integers(1, 10_000_000))
def test_what_is_let_pass_lies_within_the_law(price: int, publisher: int) -> None:
    reason = refusal_of(price, publisher, is_old_stock=False)
    assert (reason == "") == (95 * publisher <= 100 * price <= 100 * publisher)
    assert refusal_of(price, None, is_old_stock=False) == ""
    old = refusal_of(price, publisher, is_old_stock=True)
    assert (old == "above_publisher") == (price > publisher)


@pytest.mark.django_db
def test_a_new_book_is_not_published_before_its_publisher_s_price_is_known(cast: Cast) -> None:
    catalogue.product(cast.bookshop)  # a seller of whom nothing is missing
    made = put_on_shelf(cast.bookshop, None, name="Un roman", price_cents=2000, by=BY, at=NOW)
    with pytest.raises(NotPublishableError) as refused:
        publish_product(made, by=BY, at=NOW)
    assert refused.value.missing == ("publisher_price", "publisher")
    edit_product(made, {"safety": catalogue.PUBLISHER}, by=BY, at=NOW)
    offer = catalogue.offer_of(made)
    price_book(offer, publisher_price_cents=2000, is_old_stock=False, by=BY, at=NOW)
    publish_product(made, by=BY, at=NOW)
    second = put_on_shelf(
        cast.bookshop, None, name="Un vieux roman", price_cents=300, by=BY, at=NOW
    )
    edit_product(second, {"labels": ["second_hand"]}, by=BY, at=NOW)
    publish_product(second, by=BY, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("price", "reason"), [(2001, "above_publisher"), (1899, "below_publisher")]
)
def test_a_price_the_law_does_not_leave_is_refused(cast: Cast, price: int, reason: str) -> None:
    offer = book(cast)
    with pytest.raises(BookPriceError) as refused:
        change_price(offer, price_cents=price, by=BY, at=NOW)
    assert (refused.value.reason, refused.value.least_cents) == (reason, 1900)
    with pytest.raises(BulkEditError) as cells:
        edit_many(cast.bookshop, {offer.pk: RowEdit(price_cents=price)}, by=BY, at=NOW)
    assert cells.value.problems == {offer.pk: ("price_cents", reason)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(price_cents=price)
    assert PriceChange.objects.filter(offer=offer).count() == 1
    change_price(offer, price_cents=1900, by=BY, at=NOW)


@pytest.mark.django_db
def test_a_promotion_takes_five_per_cent_off_a_new_book_and_no_more(cast: Cast) -> None:
    offer = book(cast)
    days = {"starts_at": NOW, "ends_at": NOW + timedelta(days=7), "by": BY, "at": NOW}
    with pytest.raises(BookPriceError):
        start_promotion(offer, price_cents=1500, **days)  # type: ignore[arg-type]
    assert not offer.promotions.exists()
    start_promotion(offer, price_cents=1900, **days)  # type: ignore[arg-type]
    with pytest.raises(BookPriceError):  # what is announced holds
        price_book(
            offer,
            price_cents=2200,
            publisher_price_cents=2200,
            is_old_stock=False,
            by=BY,
            at=NOW,
        )


@pytest.mark.django_db
def test_an_older_book_long_in_stock_may_cost_less_when_it_is_declared(cast: Cast) -> None:
    offer = book(cast)
    price_book(
        offer, price_cents=1000, publisher_price_cents=2000, is_old_stock=True, by=BY, at=NOW
    )
    offer.refresh_from_db()
    assert (offer.price_cents, offer.is_old_stock) == (1000, True)
    with pytest.raises(BookPriceError):
        change_price(offer, price_cents=2100, by=BY, at=NOW)
    with pytest.raises(BookPriceError):  # the tick taken back, the price does not stand
        price_book(offer, publisher_price_cents=2000, is_old_stock=False, by=BY, at=NOW)
    with pytest.raises(BadPriceError):
        price_book(offer, publisher_price_cents=0, is_old_stock=True, by=BY, at=NOW)


@pytest.mark.django_db
def test_a_book_that_becomes_second_hand_is_free_of_its_publisher(cast: Cast) -> None:
    offer = book(cast)
    edit_product(offer.variant.product, {"labels": ["second_hand"]}, by=BY, at=NOW)
    change_price(offer, price_cents=400, by=BY, at=NOW)
    offer.refresh_from_db()
    assert (offer.price_cents, offer.publisher_price_cents) == (400, None)
    with pytest.raises(NotPublishableError):
        edit_product(offer.variant.product, {"labels": []}, by=BY, at=NOW)


FILE = """Titre;Prix TTC;Prix éditeur;Rayon;Fonds de plus de deux ans
Roman à prix plein;20;20;Livres;
Roman remisé;19;20;Livres;non
Roman bradé;15;20;Livres;
Roman trop cher;21;20;Livres;
Vieux fonds;9;20;Livres;oui
Savon;4;12;Savons;
"""


@pytest.mark.django_db
def test_a_file_says_publishers_prices_and_each_bad_row_why(cast: Cast) -> None:
    catalogue.categories()
    content = FILE.encode()
    report = import_products(cast.bookshop, content, by=BY, at=NOW)
    assert not report.is_applied
    assert [row.problems for row in report.rows] == [
        (),
        (),
        (("price", "below_publisher"),),
        (("price", "above_publisher"),),
        (),
        (),
    ]
    report = import_products(cast.bookshop, content, by=BY, at=NOW, leaving_out_refused=True)
    assert report.count("created") == 4
    known = dict(Offer.objects.values_list("variant__product__name", "publisher_price_cents"))
    assert known["Roman remisé"] == known["Vieux fonds"] == 2000
    assert known["Savon"] is None
    again = import_products(cast.bookshop, content, by=BY, at=NOW, leaving_out_refused=True)
    assert again.count("unchanged") == 4


@pytest.mark.django_db
def test_a_file_brings_publishers_prices_to_books_that_are_here_already(cast: Cast) -> None:
    catalogue.categories()
    bare = "Titre;Prix TTC;Rayon\nRoman;20;Livres\nNouvelles;15;Livres\n"
    import_products(cast.bookshop, bare.encode(), by=BY, at=NOW)
    said = "Titre;Prix TTC;Prix éditeur;Rayon\nRoman;20,50;21;Livres\nNouvelles;15;15;Livres\n"
    first, second = Offer.objects.order_by("pk")
    start_promotion(
        second,
        price_cents=1000,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=3),
        by=BY,
        at=NOW,
    )
    report = import_products(cast.bookshop, said.encode(), by=BY, at=NOW, leaving_out_refused=True)
    assert [row.outcome for row in report.rows] == ["updated", "refused"]
    first.refresh_from_db()
    assert (first.price_cents, first.publisher_price_cents) == (2050, 2100)
    cheap = "Titre;Prix TTC;Rayon\nRoman;12;Livres\n"  # the publisher's price stays known
    report = import_products(cast.bookshop, cheap.encode(), by=BY, at=NOW)
    assert report.rows[0].problems == (("price", "below_publisher"),)


@pytest.mark.django_db
def test_publishers_prices_leave_with_the_merchant_s_products(cast: Cast) -> None:
    book(cast)
    assert cast.bookshop.organisation is not None
    table = products_table(cast.bookshop.organisation)
    (row,) = table.rows
    said = dict(zip(table.heading, row, strict=True))
    assert said["Prix de l’éditeur"] == "20,00"
    assert Product.objects.count() == 1


def test_a_publisher_s_price_is_said_when_a_book_is_made(cast: Cast) -> None:
    catalogue.categories()
    new = NewProduct(name="", price_cents=1, category="livres", publisher_price_cents=2000)
    with pytest.raises(BookPriceError):
        put_on_shelf(cast.bookshop, None, name="Roman", price_cents=1500, by=BY, at=NOW, new=new)
    assert not Product.objects.exists()


def test_a_basket_leaves_the_price_of_its_books_alone() -> None:
    novel = PricedPart(2000, is_own=True, is_fixed=True)
    candle = PricedPart(1000, is_own=True)
    assert shares_of(2700, [novel, candle]) == [2000, 700]
    assert shares_of(3300, [novel, candle]) == [2000, 1300]
    assert shares_of(2000, [novel, candle]) is None
    assert shares_of(2000, [novel]) == [2000]
    assert shares_of(1999, [novel]) is shares_of(2001, [novel]) is None
    theirs = PricedPart(1000, is_own=False)
    assert shares_of(3200, [novel, theirs]) == [2000, 1200]


@pytest.mark.django_db
def test_a_basket_is_no_discount_on_a_new_book(cast: Cast) -> None:
    novel = book(cast)
    candle = catalogue.offer(cast.bookshop, "Bougie", price_cents=1000, category="autres-produits")
    alone = {"name": "Panier", "parts": {novel.pk: 1}, "by": BY, "at": NOW}
    for cents in (1500, 2100):
        with pytest.raises(BasketError, match="book_price"):
            compose_basket(cast.bookshop, price_cents=cents, **alone)
    made = compose_basket(
        cast.bookshop,
        name="Panier",
        price_cents=2500,
        parts={novel.pk: 1, candle.pk: 1},
        by=BY,
        at=NOW,
    )
    shares = BasketPart.objects.order_by("position")
    assert [one.share_cents for one in shares] == [2000, 500]
    assert missing_to_publish(made) == ()
    draft = draft_basket(cast.bookshop, {novel.pk: 1}, price_cents=1500)
    assert (draft.is_of_books_alone, draft.least_cents, draft.is_shared) == (True, 2000, False)


@pytest.mark.django_db
def test_what_becomes_a_book_keeps_its_price_in_a_basket(cast: Cast) -> None:
    other = catalogue.offer(cast.bookshop, "Carnet", price_cents=2000, category="autres-produits")
    candle = catalogue.offer(cast.bookshop, "Bougie", price_cents=1000, category="autres-produits")
    made = compose_basket(
        cast.bookshop,
        name="Panier",
        price_cents=2700,
        parts={other.pk: 1, candle.pk: 1},
        by=BY,
        at=NOW,
    )
    Product.objects.filter(pk=other.variant.product_id).update(state="draft")
    edit_product(Product.objects.get(variants__offer=other), {"category": "livres"}, by=BY, at=NOW)
    assert list(BasketPart.objects.order_by("position").values_list("share_cents", flat=True)) == [
        2000,
        700,
    ]
    assert made.state == "draft"


def _discount(novel: Offer, candle: Offer) -> None:
    BasketPart.objects.filter(offer=novel).update(share_cents=1500)
    BasketPart.objects.filter(offer=candle).update(share_cents=1000)
    connection.check_constraints()


@pytest.mark.django_db
def test_the_database_lets_no_basket_discount_a_book(cast: Cast) -> None:
    novel = book(cast)
    candle = catalogue.offer(cast.bookshop, "Bougie", price_cents=1000, category="autres-produits")
    compose_basket(
        cast.bookshop,
        name="Panier",
        price_cents=2500,
        parts={novel.pk: 1, candle.pk: 1},
        by=BY,
        at=NOW,
    )
    with pytest.raises(IntegrityError, match="for new books of"), transaction.atomic():
        _discount(novel, candle)
