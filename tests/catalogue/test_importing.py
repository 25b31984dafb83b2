"""A merchant's own file: tried first, written whole or not at all."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.shared_data import SHARED, shared_data

from chalandise.catalogue.actions import import_products
from chalandise.catalogue.errors import ImportRefusedError
from chalandise.catalogue.importing.report import ImportReport
from chalandise.catalogue.models import ImportMapping, Offer, PriceChange, Product
from chalandise.stock.actions import import_shelf
from chalandise.stock.models import StockLevel

NOW = moment("2026-11-18 10:30")
BY = catalogue.BY

FRENCH = """Désignation;Prix TTC;Stock;Rayon;TVA;Contenance;Allergènes;EAN
Confiture de fraises;4,50;12;Confitures et pâtes à tartiner;5,5;250 g;aucun;3017620422003
Cerneaux de noix;9,90;;;5,5 %;500 g;noix;3,01762E+12
Cahors 2020;12;6;Vins;20;75 cl;sulfites;
"""


@pytest.fixture(autouse=True)
def _categories(db: None) -> None:
    catalogue.categories()


def bring(cast: Cast, content: bytes | str, **options: object) -> ImportReport:
    data = content.encode() if isinstance(content, str) else content
    return import_products(cast.bookshop, data, by=BY, at=NOW, **options)  # type: ignore[arg-type]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_french_file_is_understood_at_once(cast: Cast) -> None:
    report = bring(cast, FRENCH)
    assert report.is_applied
    assert [row.outcome for row in report.rows] == ["created"] * 3
    jam, nuts, wine = Product.objects.order_by("pk")
    assert (jam.category_id, nuts.category_id, wine.category_id) == (
        "confitures",
        "noix-fruits-secs",
        "vins",
    )
    assert (jam.allergens, nuts.allergens, wine.allergens) == ([], ["nuts"], ["sulphites"])
    assert {one.state for one in (jam, nuts, wine)} == {"draft"}
    assert wine.minimum_age == 18
    offers = [catalogue.offer_of(one) for one in (jam, nuts, wine)]
    assert [one.price_cents for one in offers] == [450, 990, 1200]
    assert [one.vat_code for one in offers] == ["reduced", "reduced", "standard"]
    sizes = [(str(one.variant.net_quantity), one.variant.net_unit) for one in offers]
    assert sizes == [("250.000", "g"), ("500.000", "g"), ("75.000", "cL")]
    assert [one.variant.gtin for one in offers] == ["3017620422003", "", ""]
    assert ("gtin", "scientific") in report.rows[1].warnings
    assert report.stock == {offers[0].pk: 12, offers[2].pk: 6}
    assert PriceChange.objects.count() == 3


def test_a_try_writes_nothing(cast: Cast) -> None:
    report = bring(cast, FRENCH, is_dry_run=True)
    assert not report.is_applied
    assert report.count("created") == 3
    assert not Product.objects.exists()
    assert not ImportMapping.objects.exists()


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    bring(cast, FRENCH)
    again = bring(cast, FRENCH)
    assert again.count("unchanged") == 3
    assert again.product_ids == ()
    assert PriceChange.objects.count() == 3
    dearer = bring(cast, FRENCH.replace("9,90", "10,90"))
    assert [row.outcome for row in dearer.rows] == ["unchanged", "updated", "unchanged"]
    assert Product.objects.count() == 3
    assert catalogue.offer_of(Product.objects.get(name="Cerneaux de noix")).price_cents == 1090


def test_one_bad_row_stops_the_file_unless_it_is_left_out(cast: Cast) -> None:
    bad = FRENCH + "Mystère;gratuit;trois;;;;;\n;3;;;;;;\n"
    report = bring(cast, bad)
    assert not report.is_applied
    assert report.rows[3].problems == (("price", "not_a_price"), ("stock", "not_a_count"))
    assert (report.rows[4].number, report.rows[4].problems) == (6, (("name", "missing"),))
    assert not Product.objects.exists()
    report = bring(cast, bad, leaving_out_refused=True)
    assert report.is_applied
    assert Product.objects.count() == 3


def test_the_mapping_is_remembered(cast: Cast) -> None:
    odd = "Truc;Bidule;Machin\nLe grand Meaulnes;12,00;Roman\n"
    with pytest.raises(ImportRefusedError) as refused:
        bring(cast, odd)
    assert refused.value.reason == "no_name_column"
    report = bring(cast, odd, columns={"name": 0, "price": 1, "category": 2})
    assert report.is_applied
    again = bring(cast, odd.replace("Le grand Meaulnes", "Nana"))
    assert again.count("created") == 1
    with pytest.raises(ImportRefusedError):
        import_products(cast.bakery, odd.encode(), by=BY, at=NOW)
    for wrong in ({"name": 9, "price": 1}, {"name": -1, "price": 1}, {"prix": 1, "name": 0}):
        with pytest.raises(ImportRefusedError):
            bring(cast, odd, columns=wrong)


def test_prices_without_tax_gain_it(cast: Cast) -> None:
    report = bring(cast, "Nom,Prix HT,TVA\nUn roman,10.00,5.5\nUne lampe,10.00,20\n")
    assert report.is_applied
    assert list(Offer.objects.order_by("pk").values_list("price_cents", flat=True)) == [1055, 1200]
    assert ("price", "tax_added") in report.rows[0].warnings


def test_rows_of_one_name_are_its_variants(cast: Cast) -> None:
    report = bring(
        cast,
        "Produit\tDéclinaison\tPrix\nMiel\t250 g\t5\nMiel\t500 g\t9\nMiel\t500 g\t9\nSavon\t\t4\n",
        leaving_out_refused=True,
    )
    assert report.rows[2].problems == (("key", "same_row_twice"),)
    assert [row.outcome for row in report.rows] == ["refused"] * 3 + ["created"]
    bring(cast, "Produit\tDéclinaison\tPrix\nMiel\t250 g\t5\nMiel\t500 g\t9\n")
    honey = Product.objects.get(name="Miel")
    names = honey.variants.order_by("position").values_list("name", "offer__price_cents")
    assert list(names) == [("250 g", 500), ("500 g", 900)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "latin-1"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_dialect_is_read(cast: Cast, encoding: str, delimiter: str, ending: str) -> None:
    lines = [["Désignation", "Prix"], ["Crème brûlée", '"4,50"'], ["Pâté d'été", "3"]]
    text = ending.join(delimiter.join(line) for line in lines)
    report = bring(cast, text.encode(encoding), is_dry_run=True)
    assert [(row.name, row.outcome) for row in report.rows] == [
        ("Crème brûlée", "created"),
        ("Pâté d'été", "created"),
    ]


def test_excel_says_how_it_parts_columns(cast: Cast) -> None:
    report = bring(cast, "sep=;\r\nNom;Prix\r\nNana, de Zola;8\r\n", is_dry_run=True)
    assert [(row.number, row.name) for row in report.rows] == [(3, "Nana, de Zola")]


def test_a_workbook_is_read_like_any_file(cast: Cast) -> None:
    content = workbook(
        ["Nom", "Prix TTC", "Stock", "EAN", "Rayon"],
        [None, None, None, None, None],
        ["Un roman", 12.5, 4.0, 3017620422003, "Livres"],
        ["Un autre", 0.1 + 0.2, 1, "3,01762E+12", "Livres"],
        ["Un troisième", date(2026, 11, 18), 1, None, "Livres"],
        ["=1+1", "12", 1, None, "Livres"],
    )
    report = bring(cast, content, leaving_out_refused=True)
    outcomes = {row.name: (row.outcome, row.problems) for row in report.rows}
    assert outcomes["Un roman"] == ("created", ())
    assert outcomes["Un autre"] == ("created", ())
    assert outcomes["Un troisième"] == ("refused", (("price", "not_a_price"),))
    first, second = Offer.objects.order_by("pk")[:2]
    assert (first.price_cents, second.price_cents) == (1250, 30)
    assert first.variant.gtin == "3017620422003"


def test_the_stock_of_the_file_is_counted(cast: Cast) -> None:
    done = import_shelf(cast.bookshop, FRENCH.encode(), by=BY, at=NOW)
    assert done.report.is_applied
    assert done.below_booked == {}
    assert sorted(StockLevel.objects.values_list("on_hand", flat=True)) == [6, 12]
    assert Offer.objects.filter(keeps_stock=True).count() == 2


@pytest.mark.parametrize("number", [3, 60])
def test_statements_do_not_grow_with_the_file(cast: Cast, number: int) -> None:
    lines = ["Nom;Prix;Stock", *(f"Roman {i};12,00;3" for i in range(number))]
    with CaptureQueriesContext(connection) as captured:
        import_shelf(cast.bookshop, "\n".join(lines).encode(), by=BY, at=NOW)
    assert len(captured) == 32


@shared_data("catalogues/woocommerce_sample_products.csv")
def test_the_sample_of_woocommerce(cast: Cast) -> None:
    content = (SHARED / "catalogues/woocommerce_sample_products.csv").read_bytes()
    report = bring(cast, content, leaving_out_refused=True)
    assert report.is_applied
    hoodie = Product.objects.get(name="Hoodie")
    offers = Offer.objects.filter(variant__product=hoodie)
    assert offers.count() >= 3
    assert offers.filter(variant__name="Red, No", price_cents=4500).exists()
    belt = Product.objects.get(name="Belt")
    assert catalogue.offer_of(belt).price_cents == 6500, "the ordinary price, never the reduced one"
    refused = [row for row in report.rows if row.outcome == "refused"]
    assert all(row.problems for row in refused)
    again = bring(cast, content, leaving_out_refused=True)
    assert again.count("created") == again.count("updated") == 0


@shared_data("catalogues/woocommerce_importer_test_sample.csv")
def test_the_importer_sample_of_woocommerce(cast: Cast) -> None:
    content = (SHARED / "catalogues/woocommerce_importer_test_sample.csv").read_bytes()
    report = bring(cast, content, leaving_out_refused=True)
    assert report.is_applied
    assert Product.objects.filter(name="Woo Logo").exists()


@shared_data("catalogues/prestashop_products_import.csv")
def test_the_sample_of_prestashop(cast: Cast) -> None:
    content = (SHARED / "catalogues/prestashop_products_import.csv").read_bytes()
    report = bring(cast, content)
    assert report.is_applied
    assert len(report.rows) == Product.objects.count() > 5
    nano = catalogue.offer_of(Product.objects.get(name="iPod Nano"))
    assert (nano.price_cents, nano.variant.weight_grams, report.stock[nano.pk]) == (10000, 68, 160)


@shared_data("catalogues/prestashop_combinations_import.csv")
def test_a_file_of_something_else_is_no_list_of_products(cast: Cast) -> None:
    for name in ("prestashop_combinations_import.csv", "prestashop_categories_import.csv"):
        with pytest.raises(ImportRefusedError):
            bring(cast, (SHARED / "catalogues" / name).read_bytes())
    assert not Product.objects.exists()
