"""The week as a merchant writes it, to OSM syntax and back."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.counter.listing.grid import WeekGrid
from chalandise.counter.listing.weekly import Opening, Week, faults_of, read_week, write_week
from chalandise.directory.hours import Schedule, normalise

MORNING = Opening(time(8), time(12, 30))
AFTERNOON = Opening(time(15), time(19))
NIGHT = Opening(time(18), time(2))


def week(*days: tuple[Opening, ...], **more: bool) -> Week:
    return Week((*days, *[()] * (7 - len(days))), **more)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (week((MORNING,)), "Mo 08:00-12:30; PH off"),
        (week((MORNING,), (MORNING,)), "Mo,Tu 08:00-12:30; PH off"),
        (
            week((MORNING, AFTERNOON), (), (MORNING,)),
            "Mo 08:00-12:30,15:00-19:00; We 08:00-12:30; PH off",
        ),
        (week((NIGHT,), opens_on_holidays=True), "Mo 18:00-02:00; PH Mo 18:00-02:00"),
        (week((Opening(time(18), time(0)),)), "Mo 18:00-24:00; PH off"),
        (week(by_appointment=True), 'unknown "sur rendez-vous"'),
        (
            week((MORNING,), by_appointment=True),
            'Mo 08:00-12:30; PH off || unknown "sur rendez-vous"',
        ),
        (Week(), ""),
    ],
)
def test_a_week_is_written_as_openstreetmap_does_and_read_back(said: Week, value: str):
    assert write_week(said) == value
    if value:
        assert normalise(value).problem is None
        assert read_week(normalise(value).value).week == said
        assert read_week(normalise(value).value).is_whole


@pytest.mark.parametrize(
    ("value", "is_whole"),
    [
        ("Tu-Sa 08:00-12:30,15:00-19:00; Su 08:00-12:30", True),
        ("Mo-Fr 09:00-18:00; PH off", True),
        ("Jul-Aug Mo-Su 09:00-19:00; Sep-Jun Tu-Sa 09:00-12:00", False),
        ("Mo-Fr 09:00-18:00; PH 10:00-12:00", False),
        ("Mo-Fr 09:00-18:00; Su[1] 10:00-12:00", False),
        ("Mo-Su,PH 08:00-19:00", True),
        ("Mo-Sa 09:00-19:00; PH,Su 09:00-12:00", False),
        ("24/7", True),
    ],
)
def test_what_a_week_cannot_say_is_recognised(value: str, is_whole: bool):
    assert read_week(normalise(value).value).is_whole is is_whole


@st.composite
def openings(draw: st.DrawFn) -> tuple[Opening, ...]:
    marks = sorted(draw(st.lists(st.integers(0, 95), unique=True, max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple(Opening(time(a // 4, a % 4 * 15), time(b // 4, b % 4 * 15)) for a, b in pairs)


@given(st.tuples(*[openings()] * 7), st.booleans(), st.booleans())
def test_every_week_survives_being_stored(days, holidays: bool, appointment: bool):
    said = Week(days, holidays, appointment)
    value = write_week(said)
    read = normalise(value)
    if said.is_blank:
        assert value == ""
        return
    assert read.problem is None
    back = read_week(read.value)
    assert back.week.days == days
    assert back.is_whole
    assert back.week.by_appointment == appointment


def test_openings_that_overlap_or_last_no_time_are_named():
    assert faults_of([MORNING, AFTERNOON]) == ""
    assert faults_of([MORNING, Opening(time(12), time(14))]) == "overlap"
    assert faults_of([Opening(time(9), time(9))]) == "same"
    assert faults_of([Opening(time(0), time(0))]) == ""


def test_the_grid_reads_times_as_people_write_them_and_keeps_what_it_cannot():
    data = {
        "visit-0-0-from": "9h",
        "visit-0-0-to": "12h30",
        "visit-1-0-from": "0930",
        "visit-1-0-to": "24:00",
        "visit-2-0-from": "neuf heures",
        "visit-2-0-to": "12:00",
    }
    grid = WeekGrid("visit", data, label="x")
    assert grid.week.days[0] == (Opening(time(9), time(12, 30)),)
    assert grid.week.days[1] == (Opening(time(9, 30), time(0)),)
    assert list(grid.errors) == [2]
    assert grid.days[2].slots[0].start == "neuf heures"


def test_who_opens_on_public_holidays_is_taken_at_their_word():
    new_year = datetime(2027, 1, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))  # a Friday
    days = ((), (), (), (), (MORNING,))
    open_then = Schedule(write_week(week(*days, opens_on_holidays=True))).status(new_year)
    assert (open_then.is_open, open_then.holiday) == (True, "")
    assert not Schedule(write_week(week(*days))).status(new_year).is_open
    assert read_week("Fr 08:00-12:30").week.opens_on_holidays  # what never spoke of them
