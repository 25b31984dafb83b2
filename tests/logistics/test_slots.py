"""Slots against a twin that walks every minute of the day (faults 78 and 79)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.clock import moment

from chalandise.directory.hours import Closing, Schedule
from chalandise.logistics.places import Place
from chalandise.logistics.slots import (
    Bringing,
    Round,
    Stretch,
    Timetable,
    counts_from,
    rounds_on,
    slots_on,
)
from chalandise.logistics.states import SLOT_MINUTES
from chalandise.territories import clock

ZONES = sorted(
    {clock.timezone_of(code) for code in ("46", *clock._OVERSEAS_TIMEZONES)}
    | set(clock._ISLANDS_APART.values())
)
HOURS = [
    "24/7",
    "Mo-Su 00:00-24:00",
    "Mo-Su 01:15-03:50",
    "Mo-Su 02:30-04:00",
    "Mo-Su 01:00-02:30",
    "Tu-Sa 08:00-12:30,15:00-19:00; Su 08:00-12:30",
    "Mo-Sa 09:00-12:00,14:00-18:30; PH off",
    "Mo-Su 18:00-02:00",
    "Fr,Sa 21:30-04:15",
    "week 53 Mo-Su 10:00-12:00",
    'Mo-Su 10:00-12:00; Mo-Su 14:00-16:00 "sur rendez-vous"',
    "PH 10:00-12:00",
    "Mo-Fr 07:50-08:10",
    "off",
]
CHANGES = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2026, 3, 8),
    date(2026, 11, 1),
]

zones = st.sampled_from(ZONES)
days = st.one_of(st.sampled_from(CHANGES), st.dates(date(2026, 1, 1), date(2032, 12, 31)))
moments = st.integers(0, 2 * 366 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
closings = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 2)), max_size=2)


def on_the_wall(second: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(second, zone)


def brute_force(timetable: Timetable, on: date, minutes: int) -> list[Stretch]:
    """Walk the minutes of a day; build the wall's open stretches; lay slots from each opening."""
    zone = timetable.zone
    schedule = Schedule(
        timetable.hours,
        timezone=timetable.timezone,
        holiday_zone=timetable.holiday_zone,
        closings=timetable.closings,
    )
    first_at: dict[int, int] = {}  # minute of the wall -> its first instant
    is_open: dict[int, bool] = {}
    noon = datetime.combine(on, time(12), zone).timestamp()
    for second in range(int(noon) - 16 * 3600, int(noon) + 16 * 3600, 60):
        here = on_the_wall(second, zone)
        if here.date() != on:
            continue
        minute = here.hour * 60 + here.minute
        if minute not in first_at:
            first_at[minute] = second
            is_open[minute] = schedule.status(here).is_open
    slots = []
    stretch_from: int | None = None
    before_is_open = False
    for minute in range(1440):
        opened = is_open.get(minute, before_is_open)  # what does not exist goes with what precedes
        if opened and not before_is_open:
            stretch_from = minute
        before_is_open = opened
        closes_next = minute == 1439 or not is_open.get(minute + 1, opened)
        if opened and closes_next and stretch_from is not None:
            for starts in range(stretch_from, minute + 2 - minutes, minutes):
                if starts in first_at:
                    ends = starts + minutes
                    while ends not in first_at and ends < 1440:
                        ends += 1
                    last = (
                        first_at[ends]
                        if ends < 1440
                        else int(datetime.combine(on + timedelta(days=1), time(), zone).timestamp())
                    )
                    slots.append(Stretch(first_at[starts], last))
    return slots


@given(zones, days, st.sampled_from(HOURS), st.sampled_from(SLOT_MINUTES), closings)
@example("Europe/Paris", date(2027, 3, 28), "24/7", 30, [])
@example("Europe/Paris", date(2026, 10, 25), "24/7", 30, [])
@example("Europe/Paris", date(2026, 10, 25), "Mo-Su 02:30-04:00", 15, [])
@example("America/Miquelon", date(2026, 3, 8), "Mo-Su 01:15-03:50", 20, [])
@example("Pacific/Marquesas", date(2026, 5, 1), "24/7", 45, [])
@example("Europe/Paris", date(2026, 11, 14), "Mo-Su 18:00-02:00", 60, [(-1, 0)])
def test_slots_are_those_of_the_brute_force_twin(
    zone: str, on: date, hours: str, minutes: int, shut: list[tuple[int, int]]
) -> None:
    closed = tuple(
        Closing(on + timedelta(days=first), on + timedelta(days=first + more))
        for first, more in shut
    )
    timetable = Timetable(hours, zone, "metropole", closed)
    slots = slots_on(timetable, on, minutes)
    assert list(slots) == brute_force(timetable, on, minutes)
    assert all(one.starts < one.ends for one in slots)
    assert all(a.ends <= b.starts for a, b in pairwise(slots))
    schedule = Schedule(hours, timezone=zone, closings=closed)
    for one in slots:
        assert on_the_wall(one.starts, ZoneInfo(zone)).date() == on
        assert schedule.status(on_the_wall(one.starts, ZoneInfo(zone))).is_open
        assert schedule.status(on_the_wall(one.ends - 1, ZoneInfo(zone))).is_open


@given(zones, st.sampled_from(CHANGES), st.sampled_from(SLOT_MINUTES))
def test_slots_follow_each_other_over_days_without_holes_or_doubles(
    zone: str, on: date, minutes: int
) -> None:
    """Open day and night: what one slot leaves, the next takes, whatever the clocks do."""
    timetable = Timetable("24/7", zone)
    slots = [
        one for n in (-1, 0, 1) for one in slots_on(timetable, on + timedelta(days=n), minutes)
    ]
    assert all(a.starts < b.starts for a, b in pairwise(slots))
    assert all(b.starts - a.ends in {0, 3600} for a, b in pairwise(slots))


def wall(slots: tuple[Stretch, ...], zone: str = "Europe/Paris") -> list[str]:
    return [
        f"{on_the_wall(one.starts, ZoneInfo(zone)):%H:%M}–{on_the_wall(one.ends, ZoneInfo(zone)):%H:%M}"
        for one in slots
    ]


def test_fault_78_no_slot_starts_in_the_gap_of_spring() -> None:
    slots = slots_on(Timetable("Mo-Su 01:00-04:00"), date(2027, 3, 28), 30)
    assert wall(slots) == ["01:00–01:30", "01:30–03:00", "03:00–03:30", "03:30–04:00"]
    assert {one.ends - one.starts for one in slots} == {1800}


def test_fault_78_the_doubled_hour_of_autumn_is_offered_once() -> None:
    slots = slots_on(Timetable("Mo-Su 01:00-04:00"), date(2026, 10, 25), 30)
    assert wall(slots) == [
        "01:00–01:30",
        "01:30–02:00",
        "02:00–02:30",
        "02:30–03:00",
        "03:00–03:30",
        "03:30–04:00",
    ]
    assert [one.ends - one.starts for one in slots] == [1800, 1800, 1800, 5400, 1800, 1800]


def test_a_stretch_too_short_for_a_last_slot_gives_none() -> None:
    slots = slots_on(Timetable("Mo-Su 08:00-12:30"), date(2026, 11, 18), 60)
    assert wall(slots) == ["08:00–09:00", "09:00–10:00", "10:00–11:00", "11:00–12:00"]


@pytest.mark.parametrize(
    ("holiday_zone", "on", "count"),
    [
        ("metropole", date(2026, 5, 14), 0),  # Ascension
        ("metropole", date(2027, 3, 26), 3),  # Good Friday is worked
        ("alsace-moselle", date(2027, 3, 26), 0),
        ("974", date(2026, 12, 20), 0),
        ("metropole", date(2026, 12, 20), 3),
    ],
)
def test_public_holidays_are_those_of_the_place(holiday_zone: str, on: date, count: int) -> None:
    timetable = Timetable("Mo-Su 09:00-12:00; PH off", holiday_zone=holiday_zone)
    assert len(slots_on(timetable, on, 60)) == count
    every_day = [Round(weekday, 540, 660) for weekday in range(7)]
    made = rounds_on(every_day, timetable, on, works_on_holidays=False)
    assert len(made) == (1 if count else 0)
    assert len(rounds_on(every_day, timetable, on, works_on_holidays=True)) == 1


@given(zones, st.sampled_from(CHANGES))
def test_rounds_stand_on_the_wall_clock_of_every_zone(zone: str, on: date) -> None:
    rounds = [Round(on.weekday(), 60 * n, 60 * n + 60) for n in range(23)]
    made = rounds_on(rounds, Timetable("", zone), on, works_on_holidays=True)
    starts = [stretch.starts for _index, stretch in made]
    assert starts == sorted(set(starts))
    for index, stretch in made:
        here = on_the_wall(stretch.starts, ZoneInfo(zone))
        assert (here.date(), here.hour, here.minute, here.fold) == (on, index, 0, 0)
    assert len(made) in {22, 23}


COUNTER = Place(
    "pickup:1", Timetable("Mo-Sa 09:00-12:00,14:00-18:00"), 14, 120, slot_minutes=60, capacity=4
)


@pytest.mark.parametrize(
    ("at", "lead", "cutoff", "first"),
    [
        # the worked examples of docs/algorithms/slots.md
        ("2026-11-18 09:30", 0, None, "2026-11-18 14:00"),
        ("2026-11-18 08:00", 0, None, "2026-11-18 10:00"),
        ("2026-11-18 08:01", 0, None, "2026-11-18 11:00"),
        ("2026-11-18 08:00", 300, None, "2026-11-18 14:00"),
        ("2026-11-18 17:59", 0, None, "2026-11-19 09:00"),
        ("2026-11-18 10:59", 0, time(11), "2026-11-18 14:00"),
        ("2026-11-18 11:00", 0, time(11), "2026-11-19 09:00"),
        ("2026-11-18 11:00", 1440, time(11), "2026-11-20 09:00"),
        ("2026-11-21 11:00", 0, time(11), "2026-11-23 09:00"),
    ],
)
def test_lead_and_cutoff_move_the_first_slot(
    at: str, lead: int, cutoff: time | None, first: str
) -> None:
    place = Place(**{**vars(COUNTER), "cutoff": cutoff})
    found = next(place.proposed(moment(at), lead))
    assert found.starts_at == moment(first)
    assert place.is_proposed(found, moment(at), lead)


@pytest.mark.parametrize(
    ("at", "lead", "weekdays", "first"),
    [
        # ready by eleven, brought at noon, sorted in by half past twelve, the hall opens at four
        ("2026-11-18 10:00", 0, (), "2026-11-18 16:00"),
        ("2026-11-18 11:00", 0, (), "2026-11-18 16:00"),  # ready at noon sharp
        ("2026-11-18 11:01", 0, (), "2026-11-19 16:00"),
        ("2026-11-18 10:00", 0, (0, 4), "2026-11-20 16:00"),
        ("2026-11-18 10:00", 2880, (), "2026-11-20 16:00"),
        ("2026-11-20 12:30", 0, (), "2026-11-23 16:00"),  # Saturday's bread waits for Monday
    ],
)
def test_a_pooled_point_waits_for_what_is_brought(
    at: str, lead: int, weekdays: tuple[int, ...], first: str
) -> None:
    bringing = Bringing(time(12), weekdays, lead_minutes=60)
    hall = Place(
        "pickup:2",
        Timetable("Mo-Fr 16:00-19:00"),
        14,
        30,
        slot_minutes=30,
        capacity=8,
        bringing=bringing,
    )
    assert next(hall.proposed(moment(at), lead)).starts_at == moment(first)


def test_who_never_brings_within_the_horizon_proposes_nothing() -> None:
    away = Closing(date(2026, 11, 1), date(2026, 12, 31))
    hall = Place(
        "pickup:2",
        Timetable("Mo-Fr 16:00-19:00"),
        14,
        0,
        slot_minutes=30,
        bringing=Bringing(time(12), closings=(away,)),
    )
    at = moment("2026-11-18 10:00")
    assert list(hall.proposed(at, 0)) == []
    window = hall.window_at(moment("2026-11-18 16:00"))
    assert window is not None
    assert not hall.is_proposed(window, at, 0)


@given(
    zones,
    moments,
    st.integers(0, 5000),
    st.one_of(st.none(), st.times().map(lambda one: one.replace(second=0, microsecond=0))),
    st.integers(1, 30),
)
def test_what_is_proposed_rises_comes_after_the_lead_and_stays_within_the_horizon(
    zone: str, at: datetime, lead: int, cutoff: time | None, horizon: int
) -> None:
    place = Place(
        "pickup:1",
        Timetable("Mo-Sa 08:00-12:30,15:00-19:00; Su 08:00-12:30", zone),
        horizon,
        45,
        cutoff,
        slot_minutes=30,
        capacity=1,
    )
    found = list(place.proposed(at, lead))
    assert all(a.starts < b.starts for a, b in pairwise(found))
    here = at.astimezone(ZoneInfo(zone))
    begins = counts_from(at, ZoneInfo(zone), cutoff)
    is_late = cutoff is not None and here.time() >= cutoff
    assert (on_the_wall(begins, ZoneInfo(zone)).date() > here.date()) == is_late
    for one in found:
        assert one.starts >= begins + max(45, lead) * 60
        assert on_the_wall(one.starts, ZoneInfo(zone)).date() <= here.date() + timedelta(
            days=horizon
        )
        assert place.window_at(one.starts_at) == one
        assert place.is_proposed(one, at, lead)
    fewer = list(place.proposed(at, lead, days=2))
    assert fewer == found[: len(fewer)]


@given(
    st.integers(0, 23 * 60 + 59),
    st.lists(st.integers(0, 6), max_size=4, unique=True),
    moments,
)
def test_what_is_brought_first_after_is_brought_last_before(
    minute: int, weekdays: list[int], at: datetime
) -> None:
    zone = ZoneInfo("Europe/Paris")
    bringing = Bringing(time(*divmod(minute, 60)), tuple(weekdays))
    ready = int(at.timestamp())
    brought = bringing.first_after(ready, zone, days=9)
    assert brought is not None
    assert ready <= brought
    assert bringing.last_before(brought, zone) == brought
    before = bringing.last_before(brought - 1, zone)
    assert before is not None
    assert before < ready


@pytest.mark.parametrize(
    ("hours", "minutes", "starts"),
    [
        ("Mo-Su 08:00-12:30,15:00-19:00", 90, ["08:00", "09:30", "11:00", "15:00", "16:30"]),
        ("Mo-Su 18:00-02:00", 60, ["00:00", "01:00", *(f"{hour}:00" for hour in range(18, 24))]),
        ('Mo-Su 10:00-12:00 "sur rendez-vous"', 30, []),
    ],
)
def test_the_table_of_days_of_the_documentation(
    hours: str, minutes: int, starts: list[str]
) -> None:
    slots = slots_on(Timetable(hours), date(2026, 11, 18), minutes)
    assert [one.partition("–")[0] for one in wall(slots)] == starts
