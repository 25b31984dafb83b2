"""What is a price, and what is not (fault 14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue

from chalandise.catalogue.actions import (
    RowEdit,
    edit_many,
    edit_offer,
    publish_ready,
    recall_products,
    withdraw_product,
)
from chalandise.catalogue.errors import BadPriceError, BulkEditError
from chalandise.catalogue.models import Offer, Product
from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS, read_price, require_price
from chalandise.catalogue.queries import terms_of
from chalandise.catalogue.states import NetUnit, VatCode
from chalandise.catalogue.units import price_of_weight, unit_price
from chalandise.catalogue.vat import UnknownRateError, rate_bp, vat_periods

NOW = moment("2026-11-18 10:30")
TODAY = date(2026, 11, 18)
BY = catalogue.BY


@given(st.integers(1, HIGHEST_PRICE_CENTS))
def test_any_price_is_read_as_french_people_write_it(cents: int) -> None:
    units, rest = divmod(cents, 100)
    spaced = f"{units:,}".replace(",", "\u202f")
    for text in (f"{units},{rest:02d}", f"{units}.{rest:02d} €", f"{spaced},{rest:02d}\u00a0€"):
        assert read_price(text) == cents


@given(st.text() | st.from_regex(r"[-+]?[0-9.,e٠-٩]{1,8}", fullmatch=True))
def test_fault_14_whatever_is_typed_is_a_price_or_refused(typed: str) -> None:
    try:
        cents = read_price(typed)
    except BadPriceError as refused:
        told = refused.typed
    else:
        told = typed
        assert require_price(cents) == cents
    assert told == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "0,00",
        "-1",
        "+1",
        "1e3",
        "NaN",
        "١",
        "１２",
        "1,234",
        "12,5,0",
        "1000000",
        "12 €€",
        "=",
    ],
)
def test_odd_prices_are_refused(typed: str) -> None:
    with pytest.raises(BadPriceError):
        read_price(typed)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12", 1200), ("12,5", 1250), ("12.50 €", 1250), ("1 250,00\u00a0€", 125000), ("€3", 300)],
)
def test_usual_prices_are_read(typed: str, cents: int) -> None:
    assert read_price(typed) == cents


@pytest.mark.parametrize("cents", [0, -5, HIGHEST_PRICE_CENTS + 1])
def test_the_database_refuses_an_impossible_price(cast: Cast, cents: int) -> None:
    bread = catalogue.offer(cast.bakery)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalogue_offer SET price_cents = %s", [cents])
    bread.refresh_from_db()
    assert bread.price_cents == 250


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_offer SET is_weight_priced = true",
        "UPDATE catalogue_offer SET tolerance_percent = 90",
        "UPDATE catalogue_variant SET net_quantity = 3",
        "UPDATE catalogue_variant SET net_unit = 'g'",
        "UPDATE catalogue_variant SET net_quantity = -3, net_unit = 'g'",
        "UPDATE catalogue_variant SET gtin = 'abc'",
        "UPDATE catalogue_product SET season_months = '{13}'",
        "UPDATE catalogue_product SET alcohol_degree = -1",
        "UPDATE catalogue_product SET minimum_age = 99",
        "UPDATE catalogue_sellerprofile SET siret = '12'",
    ],
)
def test_the_database_refuses_impossible_facts(cast: Cast, statement: str) -> None:
    catalogue.offer(cast.bakery)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("cents", "quantity", "unit", "expected"),
    [
        (320, "250", "g", (1280, "kg")),
        (450, "1.5", "kg", (300, "kg")),
        (1200, "75", "cL", (1600, "L")),
        (199, "330", "mL", (603, "L")),
        (900, "6", "piece", (150, "piece")),
        (900, "1", "piece", None),
        (1000, "3", "m", (333, "m")),
        (100, None, "", None),
    ],
)
def test_the_price_of_a_unit(
    cents: int, quantity: str | None, unit: str, expected: tuple[int, str] | None
) -> None:
    found = unit_price(cents, Decimal(quantity) if quantity else None, unit)
    assert (found and (found.cents, found.unit)) == expected


@given(
    st.integers(1, HIGHEST_PRICE_CENTS),
    st.decimals("0.001", "999999", places=3),
    st.sampled_from(NetUnit.values),
)
def test_a_unit_price_times_the_quantity_is_the_price(
    cents: int, quantity: Decimal, unit: str
) -> None:
    found = unit_price(cents, quantity, unit)
    if found is None:
        assert unit == NetUnit.PIECE
        assert quantity == 1
        return
    scale = {"g": 1000, "mL": 1000, "cL": 100}.get(unit, 1)
    back = found.cents * quantity / scale
    assert abs(back - cents) <= quantity / scale / 2 + Decimal("0.001")


@given(st.integers(1, 20_000), st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_heavier_piece_never_costs_less(per_kilogram: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert price_of_weight(per_kilogram, low) <= price_of_weight(per_kilogram, high)


@pytest.mark.parametrize(
    ("code", "departement", "on", "expected"),
    [
        ("reduced", "46", TODAY, 550),
        ("standard", "46", TODAY, 2000),
        ("intermediate", "75", TODAY, 1000),
        ("super_reduced", "46", TODAY, 210),
        ("reduced", "2A", TODAY, 210),
        ("standard", "2B", TODAY, 2000),
        ("standard", "971", TODAY, 850),
        ("reduced", "974", TODAY, 210),
        ("super_reduced", "972", TODAY, 105),
        ("standard", "973", TODAY, 0),
        ("standard", "976", TODAY, 0),
        ("exempt", "46", TODAY, 0),
        ("standard", "46", date(2013, 12, 31), 1960),
        ("intermediate", "46", date(2013, 12, 31), 700),
        ("standard", "46", date(2014, 1, 1), 2000),
    ],
)
def test_the_rate_depends_on_the_place_and_the_day(
    code: str, departement: str, on: date, expected: int
) -> None:
    assert rate_bp(code, territory_departement=departement, on=on) == expected


def test_every_zone_knows_every_rate() -> None:
    for period in vat_periods():
        assert set(period.rates) == set(VatCode.values), period.zone
    with pytest.raises(UnknownRateError):
        rate_bp("standard", territory_departement="46", on=date(1950, 1, 1))
    with pytest.raises(UnknownRateError):
        rate_bp("invented", territory_departement="46", on=TODAY)


def test_a_new_rate_counts_from_midnight_by_the_shop_s_clock(cast: Cast) -> None:
    book = catalogue.offer(cast.bookshop, category="papeterie")
    eve = moment("2013-12-31 23:59")
    assert terms_of([book.pk], at=eve)[book.pk].vat_rate_bp == 1960
    assert terms_of([book.pk], at=moment("2014-01-01 00:00"))[book.pk].vat_rate_bp == 2000


def test_a_table_of_changes_is_written_whole(cast: Cast) -> None:
    bread, cake = (catalogue.offer(cast.bakery, name) for name in ("Pain", "Gâteau"))
    changed = edit_many(
        cast.bakery,
        {
            bread.pk: RowEdit(price_cents=275, is_available=False),
            cake.pk: RowEdit(name="Gâteau aux noix", category="patisseries"),
        },
        by=BY,
        at=NOW,
    )
    assert changed == 2
    bread.refresh_from_db()
    assert (bread.price_cents, bread.is_available) == (275, False)
    assert Product.objects.get(name="Gâteau aux noix").category_id == "patisseries"
    same = {bread.pk: RowEdit(price_cents=275, is_available=False)}
    assert edit_many(cast.bakery, same, by=BY, at=NOW) == 0


def test_one_impossible_cell_changes_nothing(cast: Cast) -> None:
    bread, cake = (catalogue.offer(cast.bakery, name) for name in ("Pain", "Gâteau"))
    foreign = catalogue.offer(cast.bookshop, category="livres")
    rows = {
        bread.pk: RowEdit(price_cents=275),
        cake.pk: RowEdit(price_cents=0),
        foreign.pk: RowEdit(price_cents=1),
    }
    with pytest.raises(BulkEditError) as refused:
        edit_many(cast.bakery, rows, by=BY, at=NOW)
    assert refused.value.problems == {
        cake.pk: ("price_cents", "not_a_price"),
        foreign.pk: ("offer", "unknown_value"),
    }
    assert set(Offer.objects.values_list("price_cents", flat=True)) == {250}


def test_a_recall_empties_every_shelf(cast: Cast) -> None:
    one, other = catalogue.offer(cast.bakery), catalogue.offer(cast.bookshop)
    safe = catalogue.offer(cast.bakery)
    for offer in (one, other):
        edit_offer(offer, {"gtin": "3017620422003"}, by=BY, at=NOW)
    taken = recall_products("3017620422003", by=BY, at=NOW, reason="RappelConso 2026-1")
    assert taken == [one.variant.product_id, other.variant.product_id]
    assert recall_products("", by=BY, at=NOW, reason="x") == []
    assert Product.objects.get(state="published") == safe.variant.product


def test_what_is_ready_is_published_and_the_rest_says_why(cast: Cast) -> None:
    ready, lacking = catalogue.product(cast.bakery), catalogue.product(cast.bakery)
    for one in (ready, lacking):
        withdraw_product(one, by=BY, at=NOW)
    Product.objects.filter(pk=lacking.pk).update(allergens=None)
    left = publish_ready(Product.objects.all(), by=BY, at=NOW)
    assert left == {lacking.pk: ("allergens",)}
    ready.refresh_from_db()
    assert ready.state == "published"
