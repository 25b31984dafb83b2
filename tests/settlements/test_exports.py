"""What leaves the house: tables that no spreadsheet runs, entries that balance, the yearly file."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from pypdf import PdfReader
from tests.cast import Cast
from tests.factories import catalogue, orders, organisations
from tests.factories.settlements import BAKER, FEE, LOAVES, WINE, given_back, sale

from chalandise.catalogue.models import SoleTrader
from chalandise.kernel.csv_out import Number
from chalandise.kernel.xlsx_out import xlsx_table
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.organisations.models import Organisation
from chalandise.settlements.actions.closing import close_periods_of
from chalandise.settlements.actions.ledger import note_payout
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.actions.statements import (
    issue_statement,
    issue_statements_of_last_month,
)
from chalandise.settlements.exports.accounting import COLUMNS, accounting_table
from chalandise.settlements.exports.merchant import (
    customers_table,
    orders_table,
    products_table,
)
from chalandise.settlements.exports.reports import daily_totals_table
from chalandise.settlements.exports.statements import (
    seller_year_pdf,
    statement_pdf,
    statement_table,
)
from chalandise.settlements.exports.tables import Table, day
from chalandise.settlements.facts import SoldLine
from chalandise.settlements.invoicing.document import Party
from chalandise.settlements.models import Statement
from chalandise.settlements.queries.dac7 import organisations_that_sold, seller_of
from chalandise.settlements.queries.totals import owed_to
from chalandise.settlements.states import PaidBy
from chalandise.settlements.tax.dac7 import (
    DPI,
    Activity,
    Quarters,
    Seller,
    dac7_xml,
    without_negatives,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)
CHAMBER = Party(
    "Chambre de démonstration", ("1 place Publique",), "46000", "Cahors", siren="214600421"
)
BOOK = SoldLine("9", "Savon", Decimal(1), 70_00, 2000)
POISON = [
    "=1+1",
    "+33565000001",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =HYPERLINK(0)",
    "'quoted",
    "https://exemple.test/",
    "0612",
]


@pytest.fixture
def bakery(db: None) -> Organisation:
    return organisations.organisation(name="Au Pain de Chanvre")


@pytest.mark.parametrize("cell", POISON)
def test_fault_68_an_xlsx_cell_is_text_whatever_it_says(cell: str) -> None:
    book = load_workbook(io.BytesIO(xlsx_table(["Nom"], [[cell]])))
    found = book.worksheets[0]["A2"]
    assert found.data_type == "s"
    assert found.value == cell.replace("\r", "")
    assert found.hyperlink is None


def test_a_number_of_ours_adds_up_in_a_spreadsheet() -> None:
    row = [Number("-12,50"), Number("3"), "-12,50"]
    book = load_workbook(io.BytesIO(xlsx_table(["a", "b", "c"], [row])))
    found = book.worksheets[0][2]
    assert [one.value for one in found] == [-12.5, 3, "-12,50"]
    assert [one.data_type for one in found] == ["n", "n", "s"]


@given(text=st.text(max_size=60))
def test_fault_68_any_text_comes_back_as_text(text: str) -> None:
    book = load_workbook(io.BytesIO(xlsx_table(["Nom"], [[text, "x"]])))
    found = book.worksheets[0]["A2"]
    assert found.data_type in {"s", "n"}  # "n" is an empty cell
    assert found.data_type == "s" or found.value is None


@pytest.mark.parametrize("cell", POISON[:8])
def test_fault_68_a_csv_cell_begins_with_no_formula(cell: str) -> None:
    table = Table("essai", ("Nom",), ((cell,),))
    rows = list(csv.reader(io.StringIO(table.written_as("csv").decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0].startswith("'")
    assert rows[1][0].lstrip("'") == cell
    assert table.file_name("csv") == "essai.csv"
    assert table.written_as("xlsx").startswith(b"PK")


def test_a_merchants_entries_balance_and_have_the_columns_of_the_fec(bakery: Organisation) -> None:
    sold = sale(bakery, at=NOW, commission_bp=500)
    record_sale(sold, source="payment:1", at=NOW)
    other = sale(bakery, LOAVES, at=NOW, paid_by=PaidBy.CASH)
    record_sale(other, source="payment:2", at=NOW)
    record_refund(given_back(sold, 1000, at=NOW + DAY), source="refund:1", at=NOW + DAY)
    table = accounting_table(bakery.pk, JANUARY, DECEMBER)
    assert table.heading == COLUMNS
    assert len(COLUMNS) == 18
    balance: defaultdict[str, Decimal] = defaultdict(Decimal)
    accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in table.rows:
        entry = dict(zip(COLUMNS, row, strict=True))
        debit, credit = (Decimal(entry[side].replace(",", ".")) for side in ("Debit", "Credit"))
        assert (debit == 0) != (credit == 0)
        assert re.fullmatch(r"\d{8}", entry["EcritureDate"])
        balance[entry["EcritureNum"]] += debit - credit
        accounts[entry["CompteNum"]] += debit - credit
    assert dict(balance) == {"1": 0, "2": 0, "3": 0}
    assert accounts["411000"] == 0
    assert accounts["531000"] == Decimal("5.97")
    assert accounts["511700"] == Decimal("19.27")
    pieces = {row[8] for row in table.rows}
    assert pieces == {"CH-2026-F00001", "CH-2026-F00002", "CH-2026-A00001"}


def test_entries_cost_two_queries_at_any_length(bakery: Organisation) -> None:
    costs = []
    for _time in range(2):
        for _sale in range(3):
            sold = sale(bakery, at=NOW)
            record_sale(sold, source=sold.reference, at=NOW)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            accounting_table(bakery.pk, JANUARY, DECEMBER)
        costs.append(len(queries))
    assert costs == [2, 2]


def test_daily_totals_leave_as_a_table(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    close_periods_of(bakery.pk, at=NOW + DAY)
    table = daily_totals_table(bakery.pk, JANUARY, DECEMBER)
    assert table.rows[0][:1] + table.rows[0][2:] == (
        "23/11/2026", "5,5", "1", "5,66", "0,31", "5,97", "0",
    )  # fmt: skip
    assert len(table.rows) == 3


def test_a_statement_opens_where_the_one_before_closed(bakery: Organisation) -> None:
    october = datetime(2026, 10, 5, 9, tzinfo=UTC)
    early = sale(bakery, at=october)
    record_sale(early, source="payment:1", at=october)
    note_payout(bakery.pk, 1000, reference="po_1", at=october + DAY)
    record_sale(sale(bakery, LOAVES, at=NOW), source="payment:2", at=NOW)
    record_refund(given_back(early, 500, at=NOW), source="refund:1", at=NOW)
    december = datetime(2026, 12, 2, 9, tzinfo=UTC)
    first = issue_statement(bakery.pk, date(2026, 10, 1), date(2026, 10, 31), at=december)
    second = issue_statement(bakery.pk, date(2026, 11, 1), date(2026, 11, 30), at=december)
    assert first.totals == {
        "opening_cents": 0,
        "closing_cents": 1927,
        "payout_cents": -1000,
        "sale_cents": 2927,
    }
    assert second.totals["opening_cents"] == first.totals["closing_cents"]
    assert second.totals["closing_cents"] == 1927 + 597 - 500 == owed_to(bakery.pk)
    assert (first.number, second.number) == (1, 2)
    assert issue_statement(bakery.pk, date(2026, 11, 1), date(2026, 11, 30), at=NOW) == second
    assert ";-5,00\r\n" in statement_table(second).written_as("csv").decode()
    rows = statement_table(second).rows
    assert [row[3] for row in rows] == ["5,97", "-5,00"]


def test_statements_of_last_month_are_written_once(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    december = datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert issue_statements_of_last_month(at=december) == 1
    assert issue_statements_of_last_month(at=december + DAY) == 0
    assert Statement.objects.get().starts_on == date(2026, 11, 1)


def test_a_statement_is_a_page_to_read(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    statement = issue_statement(bakery.pk, date(2026, 11, 1), date(2026, 11, 30), at=NOW)
    content = statement_pdf(statement, BAKER, operator="#panic() Chambre")
    text = _text(content)
    assert "29,27 €" in text
    assert "#panic() Chambre" in text


def _text(content: bytes) -> str:
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", " ", words.replace("\u202f", " ").replace("\u00a0", " "))


def _seller(goods: Activity = Activity(), services: Activity = Activity()) -> Seller:  # noqa: B008
    return Seller(7, BAKER, goods, services)


BIG = Activity((300_000, 0, 45_050, 0), (12, 0, 3, 0), (1000, 0, 0, 0))


@pytest.mark.parametrize(
    ("activity", "is_declared"),
    [
        (Activity((200_000, 0, 0, 0), (29, 0, 0, 0)), False),
        (Activity((200_001, 0, 0, 0), (29, 0, 0, 0)), True),
        (Activity((100, 0, 0, 0), (10, 10, 10, 0)), True),
        (Activity(), False),
    ],
)
def test_the_threshold_is_thirty_sales_or_two_thousand_euros(
    activity: Activity, is_declared: bool
) -> None:
    assert _seller(goods=activity).is_declared is is_declared


def test_services_have_no_threshold() -> None:
    assert _seller(services=Activity((1000, 0, 0, 0), (1, 0, 0, 0))).is_declared


def test_the_yearly_file_obeys_the_schema_of_the_tax_office(dgfip: etree.XMLSchema) -> None:
    unknown = Seller(8, Party("Ferme & fils\x00", (), "46000", "Cahors"), BIG, BIG)
    small = _seller(goods=Activity((100, 0, 0, 0), (1, 0, 0, 0)))
    sellers = [_seller(goods=BIG), unknown, small]
    xml = dac7_xml(CHAMBER, sellers, year=2026, platform="Achat Lot", at=NOW)
    tree = etree.fromstring(xml)
    dgfip.assertValid(tree)
    space = {"d": DPI}
    names = tree.xpath("//d:ReportableSeller//d:EntSellerID/d:Name/text()", namespaces=space)
    assert names == ["Au Pain de Chanvre", "Ferme & fils"]
    first = tree.xpath("//d:ReportableSeller[1]//d:SaleOfGoods//text()", namespaces=space)
    assert [x for x in first if x.strip()] == [
        "3000", "0", "451", "0", "12", "0", "3", "0", "10", "0", "0", "0", "0", "0", "0", "0",
    ]  # fmt: skip


def test_a_year_without_sellers_is_declared_empty(dgfip: etree.XMLSchema) -> None:
    tree = etree.fromstring(dac7_xml(CHAMBER, [], year=2026, platform="Achat Lot", at=NOW))
    dgfip.assertValid(tree)
    assert tree.findtext(f".//{{{DPI}}}MessageTypeIndic") == "DPI403"


@given(quarters=st.tuples(*[st.integers(-10_000, 10_000)] * 4))
def test_no_quarter_is_negative_and_the_year_is_the_same(quarters: Quarters) -> None:
    told = without_negatives(quarters)
    assert min(told) >= 0
    assert sum(told) == max(sum(quarters), 0)


def test_a_sellers_year_comes_out_of_the_journal_of_sales(bakery: Organisation) -> None:
    march = datetime(2026, 3, 3, 9, tzinfo=UTC)
    kept = sale(bakery, LOAVES, WINE, FEE, at=march, commission_bp=500)
    record_sale(kept, source="payment:1", at=march)
    undone = sale(bakery, BOOK, at=NOW)
    record_sale(undone, source="payment:2", at=NOW)
    record_refund(given_back(undone, 7000, at=NOW), source="refund:2", at=NOW)
    catalogue.seller(bakery)
    with CaptureQueriesContext(connection) as queries:
        seller = seller_of(bakery, year=2026)
    assert len(queries) == 2
    assert seller.goods.counts == (1, 0, 0, 0)
    assert seller.goods.paid_cents == (2577 - 146, 0, 0, 0)
    assert seller.goods.fees_cents == (146, 0, 0, 0)
    assert seller.services.paid_cents == (350, 0, 0, 0)
    assert organisations_that_sold(year=2026) == [bakery.pk]
    assert organisations_that_sold(year=2025) == []
    assert seller.missing == ()
    assert "24,31 €" in _text(seller_year_pdf(seller, year=2026, operator="Chambre"))


def test_a_sole_trader_reads_what_is_declared_of_them(bakery: Organisation) -> None:
    record_sale(sale(bakery, at=NOW), source="payment:1", at=NOW)
    profile = catalogue.seller(bakery)
    company = _text(seller_year_pdf(seller_of(bakery, year=2026), year=2026, operator="Chambre"))
    assert "Au Pain de Chanvre SARL 1 rue du Marché" in company
    assert "personne physique" not in company
    SoleTrader.objects.create(
        profile=profile, first_name="Claire", last_name="Fournil", born_on=date(1978, 5, 3)
    )
    text = _text(seller_year_pdf(seller_of(bakery, year=2026), year=2026, operator="Chambre"))
    assert "Claire Fournil 1 rue du Marché 46000 Cahors" in text
    assert "Date de naissance : 3 mai 1978" in text
    assert "Déclaré comme personne physique" in text


def test_a_merchant_takes_away_their_own_orders_and_customers_only(cast: Cast) -> None:
    mine = cast.bakery.organisation
    assert mine is not None
    order = orders.order_at(cast.lot, cast.bakery, cast.bookshop, state=MerchantOrderState.PLACED)
    orders.order_at(cast.lot, cast.bakery)  # never paid: no customer of hers
    on = order.placed_at.date()
    table = orders_table(mine, on, on)
    numbers = {row[0] for row in table.rows}
    assert numbers == {one.number for one in order.merchant_orders.filter(organisation=mine)}
    assert len(table.rows) == 2
    (customer,) = customers_table(mine).rows
    assert customer[1] == "nadia@exemple.test"
    assert customer[3:5] == ("1", "21,90")
    stranger = organisations.organisation()
    assert orders_table(stranger, on, on).rows == ()
    assert customers_table(stranger).rows == ()


def test_customers_without_an_e_mail_are_told_apart(cast: Cast) -> None:
    mine = cast.bakery.organisation
    assert mine is not None
    for name in ("Rose", "Rose", "Anatole"):
        one = orders.order_at(cast.lot, cast.bakery, state=MerchantOrderState.PLACED)
        Order.objects.filter(pk=one.pk).update(customer_email="", customer_name=name)
    rows = customers_table(mine).rows
    assert [(row[0], row[1], row[3]) for row in rows] == [("Anatole", "", "1"), ("Rose", "", "2")]


def test_a_merchant_takes_away_their_products(cast: Cast) -> None:
    mine = cast.bakery.organisation
    assert mine is not None
    catalogue.product(cast.bakery, "Tourte de seigle")
    catalogue.product(cast.bookshop, "Atlas")
    (row,) = products_table(mine).rows
    assert row[1] == "Tourte de seigle"


@pytest.mark.parametrize("export", [customers_table, products_table])
def test_exports_cost_the_same_at_any_size(
    cast: Cast, export: Callable[[Organisation], Table]
) -> None:
    mine = cast.bakery.organisation
    assert mine is not None
    costs = []
    for _time in range(2):
        for n in range(3):
            catalogue.product(cast.bakery, f"Pain {len(costs)}{n}")
            orders.order_at(cast.lot, cast.bakery, state=MerchantOrderState.PLACED)
        with CaptureQueriesContext(connection) as queries:
            assert export(mine).rows
        costs.append(len(queries))
    assert costs == [1, 1]


def test_days_of_a_workbook_are_dates_that_sort() -> None:
    table = Table("dates", ("Jour",), ((day(date(2026, 11, 2)),), (day(date(2026, 10, 19)),)))
    book = load_workbook(io.BytesIO(table.written_as("xlsx")))
    found = [cell.value for cell in book.worksheets[0]["A"][1:]]
    assert found == [datetime(2026, 11, 2), datetime(2026, 10, 19)]  # noqa: DTZ001 - as sheets have them
    assert "19/10/2026" in table.written_as("csv").decode()
