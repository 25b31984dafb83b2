"""The journal of sales: chained, sealed day by day, and read again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from tests.factories import organisations
from tests.factories.settlements import LOAVES, WINE, given_back, sale

from chalandise.organisations.models import Organisation
from chalandise.settlements.actions.closing import (
    close_finished_periods,
    close_periods_of,
    count_daily_totals,
)
from chalandise.settlements.actions.recording import record_refund, record_sale
from chalandise.settlements.cli import settlements
from chalandise.settlements.jobs import check_books
from chalandise.settlements.models import DailyTotal, SalesChain, SalesClosure, SalesRecord
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.states import Period

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def bakery(db: None) -> Organisation:
    return organisations.organisation(name="Au Pain de Chanvre")


def _sell(bakery: Organisation, at: datetime) -> None:
    sold = sale(bakery, LOAVES, at=at)
    record_sale(sold, source=f"sale:{sold.reference}", at=at)


def test_each_record_carries_the_one_before(bakery: Organisation) -> None:
    for _time in range(3):
        _sell(bakery, MONDAY)
    first, second, third = SalesRecord.objects.order_by("number")
    assert first.previous_hash == ""
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    chain = SalesChain.objects.get()
    assert (chain.last_number, chain.last_hash) == (3, third.hash)
    assert chain.perpetual_cents == 3 * 597


def test_a_day_is_sealed_when_it_is_over_by_the_merchants_clock(bakery: Organisation) -> None:
    _sell(bakery, MONDAY)
    late = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # 23:59 in Paris
    assert close_periods_of(bakery.pk, at=late) == []
    (closure,) = close_periods_of(bakery.pk, at=late + timedelta(minutes=1))
    assert (closure.period, closure.starts_on) == (Period.DAY, date(2026, 11, 23))
    assert (closure.gross_cents, closure.perpetual_cents) == (597, 597)
    assert close_periods_of(bakery.pk, at=MONDAY + DAY) == []


def test_months_and_years_are_sealed_after_their_last_day(bakery: Organisation) -> None:
    for at in (MONDAY, MONDAY + DAY, datetime(2026, 12, 30, 9, tzinfo=UTC)):
        _sell(bakery, at)
    assert close_finished_periods(at=datetime(2027, 1, 2, 9, tzinfo=UTC)) == 6
    sealed = SalesClosure.objects.order_by("number").values_list("period", "starts_on")
    assert list(sealed) == [
        ("day", date(2026, 11, 23)),
        ("day", date(2026, 11, 24)),
        ("month", date(2026, 11, 1)),
        ("day", date(2026, 12, 30)),
        ("month", date(2026, 12, 1)),
        ("year", date(2026, 1, 1)),
    ]
    year = SalesClosure.objects.get(period=Period.YEAR)
    assert (year.gross_cents, year.perpetual_cents) == (3 * 597, 3 * 597)
    assert close_finished_periods(at=datetime(2027, 1, 2, 10, tzinfo=UTC)) == 0
    assert verify().faults == ()


def test_sealing_often_or_once_gives_the_same_seals(bakery: Organisation) -> None:
    other = organisations.organisation()
    for n in range(10):
        at = MONDAY + n * DAY
        _sell(bakery, at)
        _sell(other, at)
        close_periods_of(bakery.pk, at=at + DAY)
    close_periods_of(other.pk, at=MONDAY + 10 * DAY)
    fields = ("period", "starts_on", "gross_cents", "perpetual_cents", "taxes")
    often = SalesClosure.objects.filter(organisation=bakery).order_by("number")
    once = SalesClosure.objects.filter(organisation=other).order_by("number")
    assert list(often.values_list(*fields)) == list(once.values_list(*fields))


def test_nothing_falls_into_a_sealed_day(bakery: Organisation) -> None:
    _sell(bakery, MONDAY)
    close_periods_of(bakery.pk, at=MONDAY + DAY)
    _sell(bakery, MONDAY)  # a clock that runs behind
    record = SalesRecord.objects.get(number=2)
    assert (record.happened_on, record.recorded_on) == (date(2026, 11, 23), date(2026, 11, 24))
    record.pk, record.number, record.source, record.reference = None, 3, "x", "x"
    record.recorded_on = date(2026, 11, 23)
    with pytest.raises(DatabaseError, match="is sealed"), transaction.atomic():
        record.save(force_insert=True)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE settlements_salesrecord SET gross_cents = 1 WHERE number = 2", "not what was"),
        ("UPDATE settlements_salesrecord SET hash = 'x' WHERE number = 2", "not what was written"),
        ("DELETE FROM settlements_salesrecord WHERE number = 2", "follows number 1"),
        ("DELETE FROM settlements_salesrecord WHERE number = 3", "does not end where it should"),
        ("DELETE FROM settlements_salesrecord", "does not seal its records"),
        ("UPDATE settlements_salesclosure SET gross_cents = 1", "is not what was written"),
        ("DELETE FROM settlements_salesclosure", "its last closure is missing"),
        ("UPDATE settlements_invoiceseries SET last_number = 4", "has a gap"),
        (
            "UPDATE settlements_ledgerentry SET amount_cents = 598 WHERE amount_cents = 597",
            "sums to 1 EUR",
        ),
    ],
)
def test_what_is_changed_by_force_is_found(bakery: Organisation, statement: str, why: str) -> None:
    for _time in range(3):
        _sell(bakery, MONDAY)
    close_periods_of(bakery.pk, at=MONDAY + DAY)
    assert CliRunner().invoke(settlements, ["verify"]).exit_code == 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("salesrecord", "salesclosure", "ledgerentry"):
            cursor.execute(f"ALTER TABLE settlements_{table} DISABLE TRIGGER USER")
        cursor.execute(statement)
    with translation.override("en"):
        result = CliRunner().invoke(settlements, ["verify"])
    assert result.exit_code == 1
    assert why in result.output


def test_the_report_of_a_day_is_written_when_it_is_sealed(bakery: Organisation) -> None:
    sold = sale(bakery, at=MONDAY)
    record_sale(sold, source="payment:1", at=MONDAY)
    _sell(bakery, MONDAY)
    close_periods_of(bakery.pk, at=MONDAY + DAY)
    rows = DailyTotal.objects.order_by("rate_bp", "kind").values_list(
        "on", "kind", "rate_bp", "sales_count", "gross_cents", "net_cents", "tax_cents"
    )
    assert list(rows) == [
        (date(2026, 11, 23), "goods", 550, 2, 1194, 1132, 62),
        (date(2026, 11, 23), "goods", 2000, 1, 1980, 1650, 330),
        (date(2026, 11, 23), "service", 2000, 1, 350, 292, 58),
    ]
    assert count_daily_totals(bakery.pk, date(2026, 11, 23), at=MONDAY + DAY) == []


def test_a_correction_of_a_reported_day_is_a_delta(bakery: Organisation) -> None:
    _sell(bakery, MONDAY)
    close_periods_of(bakery.pk, at=MONDAY + DAY)
    _sell(bakery, MONDAY + timedelta(hours=3))  # found two days later by the poller
    late = sale(bakery, WINE, at=MONDAY)
    record_sale(late, source="late", at=MONDAY + 2 * DAY)
    close_periods_of(bakery.pk, at=MONDAY + 4 * DAY)
    rows = DailyTotal.objects.filter(on=date(2026, 11, 23)).order_by("revision", "rate_bp")
    assert list(rows.values_list("revision", "rate_bp", "sales_count", "gross_cents")) == [
        (0, 550, 1, 597),
        (1, 550, 1, 597),
        (1, 2000, 1, 1980),
    ]


def test_a_refund_is_reported_on_its_own_day(bakery: Organisation) -> None:
    sold = sale(bakery, LOAVES, at=MONDAY)
    record_sale(sold, source="payment:1", at=MONDAY)
    record_refund(given_back(sold, 199, at=MONDAY + DAY), source="refund:1", at=MONDAY + DAY)
    close_periods_of(bakery.pk, at=MONDAY + 2 * DAY)
    tuesday = DailyTotal.objects.get(on=date(2026, 11, 24))
    assert (tuesday.sales_count, tuesday.gross_cents, tuesday.tax_cents) == (0, -199, -10)


def test_the_night_reads_the_books_and_says_what_is_wrong(
    bakery: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    _sell(bakery, MONDAY)
    check_books(timestamp=0)
    assert caplog.records == []
    SalesChain.objects.update(last_number=2)
    with translation.override("en"):
        check_books(timestamp=0)
    assert [one.levelname for one in caplog.records] == ["ERROR"]
    assert "does not end where it should" in caplog.text
