"""Fourteen days, as regulation 1182/71 counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.kernel.holidays import METROPOLE, ZONES, is_public_holiday
from chalandise.ordering.withdrawal_clock import (
    is_running,
    last_day,
    last_day_after,
    refund_due,
)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 12, 1), date(2026, 12, 15)),  # a Tuesday
        (date(2026, 12, 11), date(2026, 12, 28)),  # Christmas, then a week-end
        (date(2026, 12, 5), date(2026, 12, 21)),  # a Saturday becomes Monday
        (date(2027, 4, 17), date(2027, 5, 3)),  # 1 May 2027 is a Saturday
        (date(2027, 3, 15), date(2027, 3, 30)),  # Easter Monday
        (date(2026, 2, 14), date(2026, 3, 2)),  # February is short
    ],
)
def test_the_last_day(received: date, last: date) -> None:
    assert last_day(received, holiday_zone=METROPOLE) == last


def test_saint_stephen_counts_in_strasbourg_alone() -> None:
    received = date(2028, 12, 12)  # + 14: Tuesday 26 December
    assert last_day(received, holiday_zone=METROPOLE) == date(2028, 12, 26)
    assert last_day(received, holiday_zone="alsace-moselle") == date(2028, 12, 27)


@given(st.dates(date(2024, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_the_last_day_is_a_working_day_fourteen_days_away_or_little_more(
    received: date, zone: str
) -> None:
    last = last_day(received, holiday_zone=zone)
    assert timedelta(14) <= last - received <= timedelta(19)
    assert last.weekday() < 5
    assert not is_public_holiday(zone, last)
    between = (received + timedelta(n) for n in range(14, (last - received).days))
    assert all(day.weekday() >= 5 or is_public_holiday(zone, day) for day in between)


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)  # the 2nd in Paris, the 1st in Guadeloupe
    paris = last_day_after(late, timezone="Europe/Paris", holiday_zone=METROPOLE)
    islands = last_day_after(late, timezone="America/Guadeloupe", holiday_zone="971")
    assert (paris, islands) == (date(2026, 12, 16), date(2026, 12, 15))


def test_it_ends_with_the_last_hour_of_the_last_day() -> None:
    received = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    place = {"timezone": "Europe/Paris", "holiday_zone": METROPOLE}
    assert is_running(None, at=received, **place)
    assert is_running(received, at=datetime(2026, 12, 15, 22, 59, tzinfo=UTC), **place)
    assert not is_running(received, at=datetime(2026, 12, 15, 23, 0, tzinfo=UTC), **place)


def test_money_is_back_fourteen_days_after_the_merchant_is_told() -> None:
    told = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert refund_due(told, timezone="Europe/Paris") == date(2026, 12, 16)
