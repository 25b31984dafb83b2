"""From merchant orders to the facts of the books, and who may read what came of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from lxml import etree
from tests.cast import Cast
from tests.factories import catalogue, orders
from tests.factories.settlements import given_back, sale

from chalandise.catalogue.models import MandateAcceptance
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import LineChange, MerchantOrder
from chalandise.ordering.states import ChangeKind, MerchantOrderState, WayKind
from chalandise.settlements.actions.closing import close_periods_of
from chalandise.settlements.actions.ledger import About
from chalandise.settlements.actions.overpaying import note_overpayment, note_overpayment_back
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.actions.statements import issue_statement
from chalandise.settlements.cli import settlements
from chalandise.settlements.exports.archive import archive_of
from chalandise.settlements.models import Invoice, SalesClosure, SalesRecord
from chalandise.settlements.queries.doors import (
    get_invoice_for_member,
    get_invoice_of_order,
    get_organisation_for_member,
    get_statement_for_member,
    invoices_of_orders,
    list_invoices_of,
    receipt_of,
)
from chalandise.settlements.queries.facts import (
    lines_given_back,
    mandatary_of,
    party_of_organisation,
    sale_of,
)
from chalandise.settlements.queries.totals import balances_of
from chalandise.settlements.states import PaidBy
from chalandise.settlements.tax.dac7 import DPI

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SELLER = {
    "legal_name": "Fournil SARL",
    "legal_form": "SARL au capital de 8 000 €",
    "address": "12 rue Nationale\nBâtiment B\n46000 Cahors",
    "siret": "73282932000074",
    "vat_number": "FR 44 732829320",
    "vat_regime": "normal",
}


@pytest.fixture
def part(cast: Cast) -> MerchantOrder:
    """Nadia's order of two loaves and a candle, brought to her."""
    order = orders.order_row(
        cast.lot,
        total_cents=2540,
        address={"street": "3 place du Marché", "postal_code": "46100", "commune_name": "Figeac"},
    )
    return orders.merchant_order(
        cast.bakery, order, fee_cents=350, fee_vat_rate_bp=2000, commission_bp=200
    )


def _sale(part: MerchantOrder, cents: int, paid_by: PaidBy = PaidBy.ONLINE_CARD, **seller: str):
    part.seller = {**SELLER, **seller}
    return sale_of(part, paid_cents=cents, paid_by=paid_by, happened_at=NOW)


def test_a_sale_is_what_was_copied_on_the_order(part: MerchantOrder) -> None:
    sold = _sale(part, 2540)
    assert sold.seller.name == "Fournil SARL"
    assert sold.seller.lines == ("12 rue Nationale", "Bâtiment B")
    assert (sold.seller.postal_code, sold.seller.town) == ("46000", "Cahors")
    assert (sold.seller.siren, sold.seller.vat_number) == ("732829320", "FR44732829320")
    assert (sold.buyer.lines, sold.buyer.town) == (("3 place du Marché",), "Figeac")
    assert [(one.name, one.gross_cents, one.rate_bp) for one in sold.lines] == [
        ("Tourte de seigle", 900, 550),
        ("Bougie", 1290, 2000),
        ("Livraison", 350, 2000),
    ]
    assert sold.commission_bp == 200
    assert sold.delivered_on is None
    assert not sold.is_franchise


def test_article_293_b_travels_with_the_order(part: MerchantOrder) -> None:
    assert _sale(part, 2540, vat_regime="franchise").is_franchise


def test_paid_on_collection_the_sale_is_what_stands(part: MerchantOrder) -> None:
    bread = part.lines.get(position=1)
    LineChange.objects.create(line=bread, kind=ChangeKind.MISSING, quantity=-1, cents=-450)
    sold = _sale(part, 2090, PaidBy.CASH)
    assert (sold.lines[0].quantity, sold.lines[0].gross_cents) == (1, 450)
    assert sold.gross_cents == 2090
    assert sold.delivered_on == date(2026, 11, 23)


def test_what_was_paid_online_before_a_change_is_the_sale(part: MerchantOrder) -> None:
    bread = part.lines.get(position=1)
    LineChange.objects.create(line=bread, kind=ChangeKind.MISSING, quantity=-1, cents=-450)
    assert _sale(part, 2540).gross_cents == 2540


def test_another_amount_is_shared_over_the_lines(part: MerchantOrder) -> None:
    sold = _sale(part, 2000)
    assert sold.gross_cents == 2000
    assert [one.gross_cents for one in sold.lines] == [709, 1016, 275]


def test_lines_given_back_cost_what_they_cost(part: MerchantOrder) -> None:
    bread, candle = part.lines.order_by("position")
    (one,) = lines_given_back(part, [(bread.pk, 1), (candle.pk, 0)], amount_cents=450)
    assert (one.quantity, one.gross_cents, one.rate_bp) == (1, 450, 550)


def test_delivery_given_back_with_its_goods_is_called_delivery(part: MerchantOrder) -> None:
    bread, candle = part.lines.order_by("position")
    whole = lines_given_back(part, [(bread.pk, 2), (candle.pk, 1)], amount_cents=2540)
    assert [(one.name, one.gross_cents) for one in whole] == [
        ("Tourte de seigle", 900),
        ("Bougie", 1290),
        ("Livraison", 350),
    ]
    (alone,) = lines_given_back(part, [(candle.pk, 1)], amount_cents=1290)
    assert alone.name == "Bougie"


def test_a_gesture_on_a_whole_order_is_not_called_delivery(part: MerchantOrder) -> None:
    assert lines_given_back(part, [], amount_cents=200, reason=ChangeKind.GESTURE) == ()
    (alone,) = lines_given_back(part, [], amount_cents=350, reason=MerchantOrderState.CANCELLED)
    assert alone.name == "Livraison"


def test_goods_that_cost_less_by_then_leave_delivery_whole(part: MerchantOrder) -> None:
    bread, candle = part.lines.order_by("position")
    LineChange.objects.create(line=candle, kind=ChangeKind.GESTURE, quantity=0, cents=-200)
    rest = [(bread.pk, 2), (candle.pk, 1)]
    declined = lines_given_back(part, rest, amount_cents=2340, reason=MerchantOrderState.DECLINED)
    assert [one.gross_cents for one in declined] == [900, 1090, 350]
    LineChange.objects.create(line=candle, kind=ChangeKind.WITHDRAWN, quantity=-1, cents=-1090)
    withdrawn = lines_given_back(
        part, [(candle.pk, 1)], amount_cents=1440, reason=ChangeKind.WITHDRAWN
    )
    assert [(one.name, one.gross_cents) for one in withdrawn] == [
        ("Bougie", 1090),
        ("Livraison", 350),
    ]


def test_goods_that_weighed_more_are_not_delivery(part: MerchantOrder) -> None:
    bread, _candle = part.lines.order_by("position")
    LineChange.objects.create(line=bread, kind=ChangeKind.WEIGHED, quantity=0, cents=90)
    LineChange.objects.create(line=bread, kind=ChangeKind.WITHDRAWN, quantity=-2, cents=-990)
    (alone,) = lines_given_back(
        part, [(bread.pk, 2)], amount_cents=990, reason=ChangeKind.WITHDRAWN
    )
    assert (alone.name, alone.gross_cents) == ("Tourte de seigle", 990)


def test_a_pickup_point_is_where_it_is_brought(part: MerchantOrder) -> None:
    part.way_kind = WayKind.POINT
    part.way = {"label": "Halle de Figeac", "address": "Place Carnot, 46100 Figeac"}
    delivery = _sale(part, 2540).delivery
    assert delivery is not None
    assert (delivery.name, delivery.lines) == ("Halle de Figeac", ("Place Carnot",))
    assert (delivery.postal_code, delivery.town) == ("46100", "Figeac")


def test_the_operator_invoices_under_the_mandate_in_force_only(part: MerchantOrder) -> None:
    assert mandatary_of(part) == ""
    MandateAcceptance.objects.create(
        organisation=part.organisation, text_version=MANDATE_VERSION, accepted_at=NOW
    )
    assert mandatary_of(part) == "Chambre de démonstration"


def test_a_merchant_is_known_by_their_profile(cast: Cast) -> None:
    mine = cast.bakery.organisation
    assert mine is not None
    assert party_of_organisation(mine).name == mine.name
    catalogue.seller(mine)
    party = party_of_organisation(mine)
    assert (party.name, party.town) == (f"{mine.name} SARL", "Cahors")


def test_fault_45_documents_open_to_the_merchant_and_to_the_order(
    cast: Cast, part: MerchantOrder
) -> None:
    sold = replace(_sale(part, 2540), mandatary="Chambre")
    record_sale(sold, source="payment:1", at=NOW)
    invoice = Invoice.objects.get()
    statement = issue_statement(part.organisation_id, date(2026, 11, 1), date(2026, 11, 30), at=NOW)
    assert get_invoice_for_member(cast.claire, invoice.pk) == invoice
    assert get_statement_for_member(cast.claire, statement.pk) == statement
    assert get_organisation_for_member(cast.claire, part.organisation_id) == part.organisation
    assert get_invoice_of_order(part.order, invoice.pk) == invoice
    assert invoices_of_orders([part]) == {part.number: [invoice]}
    assert list(list_invoices_of(part.organisation)) == [invoice]
    for stranger in (cast.idris, cast.nadia, cast.odile):
        with pytest.raises(NotFoundError):
            get_invoice_for_member(stranger, invoice.pk)
        with pytest.raises(NotFoundError):
            get_statement_for_member(stranger, statement.pk)
        with pytest.raises(NotFoundError):
            get_organisation_for_member(stranger, part.organisation_id)
    elsewhere = orders.order_at(cast.lot, cast.bookshop)
    with pytest.raises(NotFoundError):
        get_invoice_of_order(elsewhere, invoice.pk)
    assert invoices_of_orders(elsewhere.merchant_orders.all()) == {}


def test_a_receipt_tells_what_stands_in_one_query(part: MerchantOrder) -> None:
    sold = _sale(part, 2540)
    record_sale(sold, source="payment:1", at=NOW)
    bread = part.lines.get(position=1)
    back = replace(
        given_back(sold, 450, at=NOW),
        lines=lines_given_back(part, [(bread.pk, 1)], amount_cents=450),
    )
    record_refund(back, source="refund:1", at=NOW)
    with CaptureQueriesContext(connection) as queries:
        receipt = receipt_of(part)
    assert len(queries) == 1
    assert (receipt.paid_cents, receipt.refunded_cents) == (2540, 450)
    assert [(one.rate_bp, one.gross_cents, one.tax_cents) for one in receipt.taxes] == [
        (550, 450, 23),
        (2000, 1640, 273),
    ]


def test_fault_7_a_second_payment_is_owed_to_the_customer_until_it_is_back(
    part: MerchantOrder,
) -> None:
    record_sale(_sale(part, 2540), source="payment:1", at=NOW)
    before = balances_of(part.organisation_id)
    about = About(part.organisation_id, part.number, NOW)
    for _time in range(2):
        note_overpayment(about, 2540, source="payment:2", at=NOW)
    assert sum(balances_of(part.organisation_id).values()) == 0
    assert -2540 in balances_of(part.organisation_id).values()
    for _time in range(2):
        note_overpayment_back(about, 2540, source="refund:2", at=NOW)
    assert balances_of(part.organisation_id) == before
    assert SalesRecord.objects.count() == 1


def test_the_archive_can_be_verified_without_us(part: MerchantOrder, tmp_path: Path) -> None:
    for number in range(3):
        sold = sale(part.organisation, at=NOW)
        record_sale(sold, source=f"payment:{number}", at=NOW)
    close_periods_of(part.organisation_id, at=NOW + timedelta(days=1))
    content = archive_of(part.organisation_id, date(2026, 1, 1), date(2026, 12, 31))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, count in (("records.jsonl", 3), ("closures.jsonl", 1)):
            previous = ""
            rows = archive.read(name).decode().splitlines()
            assert len(rows) == count
            for row in map(json.loads, rows):
                parts = row["parts"]
                text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
                assert hashlib.sha256(text.encode()).hexdigest() == row["hash"]
                assert parts[-1] == previous
                previous = row["hash"]
        assert previous == SalesClosure.objects.get().hash
    file = tmp_path / "archive.zip"
    command = ["archive", str(part.organisation_id), "2026", str(file)]
    assert CliRunner().invoke(settlements, command).exit_code == 0
    assert zipfile.is_zipfile(file)


def test_the_yearly_file_is_written_from_the_command_line(
    part: MerchantOrder, tmp_path: Path
) -> None:
    for number in range(31):
        sold = sale(part.organisation, at=NOW)
        record_sale(sold, source=f"payment:{number}", at=NOW)
    file = tmp_path / "dac7.xml"
    command = ["dac7", "lot", "2026", str(file), "--siren", "214600421"]
    with translation.override("en"):
        result = CliRunner().invoke(settlements, command)
    assert result.exit_code == 0, result.output
    assert "Sellers declared: 1 of 1" in result.output
    assert "a SIREN that can be true, the postal code, the town" in result.output
    tree = etree.fromstring(file.read_bytes())
    assert tree.findtext(f".//{{{DPI}}}PlatformBusinessName") == "Achat Lot"
    assert CliRunner().invoke(settlements, ["dac7", "nowhere", *command[2:]]).exit_code == 1
