"""Clocks that jump, nights, holidays: the pages against a minute-by-minute count (78, 79)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import directory
from tests.factories.territories import territory
from tests.faults.pages import read_page

from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.directory.queries import opening_of
from chalandise.ordering.models import ReservationRequest

ALWAYS = "Mo-Su,PH 00:00-24:00"
NIGHTS = "Mo-Su,PH 18:00-04:00"
ZONES = ("Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Noumea")
CHANGES = ("2026-10-24 12:00", "2027-03-27 12:00", "2028-02-28 12:00", "2026-12-30 12:00")


def times_of(client: Client, shop: Establishment) -> list[datetime]:
    """Read the wished times that the page proposes."""
    page = read_page(client.get(f"/commerces/{shop.slug}/mettre-de-cote/").content)
    return [
        datetime.fromisoformat(one["value"])
        for one in page.all("option")
        if one.get("value", "").startswith("20")
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("value", [ALWAYS, NIGHTS])
def test_fault_78_wished_times_rise_exist_and_fall_inside_the_hours(
    cast: Cast, client: Client, freeze: Callable[[str], Any], zone: str, value: str
) -> None:
    cast.bakery.hours.update(value=value)
    Establishment.objects.filter(pk=cast.bakery.pk).update(timezone=zone)
    for moment_text in CHANGES:
        at = freeze(moment_text)
        times = times_of(client, cast.bakery)
        instants = [one.astimezone(UTC) for one in times]
        assert len(times) > 180
        assert instants == sorted(set(instants))  # strictly rising: none in the gap, none twice
        assert instants[0] > at
        place = ZoneInfo(zone)
        for told, instant in zip(times, instants, strict=True):
            wall = instant.astimezone(place)
            assert told.utcoffset() == wall.utcoffset()
            assert told.replace(tzinfo=None) == wall.replace(tzinfo=None)
            assert wall.minute in {0, 30}
            assert value == ALWAYS or not 4 <= wall.hour < 18, wall
        expected = [one for one in _half_hours(at) if _is_open(one.astimezone(place), value)]
        missed = set(expected[2:-2]) - set(instants)
        assert not missed, sorted(missed)[:3]


def _half_hours(at: datetime) -> list[datetime]:
    first = datetime.fromtimestamp(-(-int(at.timestamp()) // 1800) * 1800, tz=UTC)
    return [first + timedelta(minutes=30 * number) for number in range(1, 10 * 48 + 2)]


def _is_open(wall: datetime, value: str) -> bool:
    """Tell whether the door is open then and for the next half hour, by the clock on the wall."""
    if value == ALWAYS:
        return True
    end = (wall.astimezone(UTC) + timedelta(minutes=29)).astimezone(wall.tzinfo)
    return all(one.hour >= 18 or one.hour < 4 for one in (wall, end))


def test_fault_78_the_hour_that_comes_twice_may_be_wished_twice_and_the_missing_one_not(
    cast: Cast, client: Client, freeze: Callable[[str], Any]
) -> None:
    cast.bakery.hours.update(value=ALWAYS)
    for start, on, count in (("2026-10-24 12:00", 25, 50), ("2027-03-27 12:00", 28, 46)):
        freeze(start)
        client = Client(SERVER_NAME="localhost")
        day = [one for one in times_of(client, cast.bakery) if one.day == on]
        assert len(day) == count
        half_past_two = [one for one in day if (one.hour, one.minute) == (2, 30)]
        assert len(half_past_two) == (2 if count == 50 else 0)
    gap = {"text": "x", "wanted_at": "2027-03-28T02:30:00+01:00", "name": "N", "email": "n@e.test"}
    answer = client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", gap)
    assert answer.status_code == 422
    assert not ReservationRequest.objects.exists()


NIGHT = "Fr-Sa 20:00-02:00"
TABLE = [
    # value, moment in Paris, is open
    (NIGHT, "2026-11-20 23:59", True),
    (NIGHT, "2026-11-21 00:30", True),
    (NIGHT, "2026-11-21 02:00", False),
    (NIGHT, "2026-11-22 01:59", True),  # Sunday morning, still Saturday's night
    (NIGHT, "2026-11-23 01:00", False),
    ("Mo-Su 08:00-24:00", "2026-11-18 23:59", True),
    ("Mo-Su 08:00-24:00", "2026-11-19 00:00", False),
    ("Mo-Fr 09:00-12:00; PH off", "2026-11-11 10:00", False),
    ("Mo-Fr 09:00-12:00", "2026-12-25 10:00", True),  # nobody said holidays
    ("Mo-Fr 09:00-12:00; PH off", "2026-12-25 10:00", False),
    ("week 53 Mo-Su 10:00-12:00", "2026-12-30 11:00", True),
    ("week 53 Mo-Su 10:00-12:00", "2026-12-23 11:00", False),
    ("Mo-Su 00:00-24:00", "2026-10-25 02:30", True),
    ("Mo-Su 02:00-03:00", "2027-03-28 02:30", False),  # an hour that did not happen
]


@pytest.mark.parametrize(("value", "moment_text", "is_open"), TABLE)
def test_fault_79_index_sheet_and_answer_agree_on_what_is_open(
    cast: Cast,
    client: Client,
    build: Callable[[], int],
    freeze: Callable[[str], Any],
    value: str,
    moment_text: str,
    *,
    is_open: bool,
) -> None:
    freeze(moment_text)
    Establishment.objects.exclude(pk=cast.bakery.pk).update(status="hidden")
    cast.bakery.hours.update(value=value)
    build()
    found = client.get("/api/v1/establishments?open=now").json()
    assert found["count"] == int(is_open)
    page = read_page(client.get(f"/commerces/{cast.bakery.slug}/").content)
    marks = " ".join(one.get("class", "") for _tag, one in page.elements)
    assert ("status--closed" in marks) != is_open


def test_fault_79_an_exceptional_closing_and_a_local_holiday_are_obeyed_everywhere(
    cast: Cast, client: Client, build: Callable[[], int], freeze: Callable[[str], Any]
) -> None:
    freeze("2026-11-18 10:00")
    Establishment.objects.exclude(pk=cast.bakery.pk).update(status="hidden")
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=date(2026, 11, 18), ends_on=date(2026, 11, 18)
    )
    build()
    assert client.get("/api/v1/establishments?open=now").json()["count"] == 0
    assert not [one for one in times_of(client, cast.bakery) if one.day == 18 and one.month == 11]
    bas_rhin = territory("departement", "67", "Bas-Rhin")
    strasbourg = territory("commune", "67482", "Strasbourg", departement=bas_rhin)
    alsace = directory.establishment(
        "Chez Hans", slug="chez-hans", commune=strasbourg, hours="Mo-Sa 09:00-18:00; PH off"
    )
    assert strasbourg.holiday_zone == "alsace-moselle"
    for shop, is_open in ((alsace, False), (cast.bakery, True)):
        at = freeze("2026-12-26 10:00")  # Saint Stephen, a Saturday
        shop.hours.update(value="Mo-Sa 09:00-18:00; PH off")
        schedule = opening_of(Establishment.objects.get(pk=shop.pk))
        assert schedule is not None
        assert schedule.status(at).is_open == is_open
