"""What must hold for any week, any value and any day of the year."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chalandise.directory.hours import (
    HORIZON_DAYS,
    Closing,
    Schedule,
    WeeklyHours,
    normalise,
    read_day_ranges,
    read_french,
)
from chalandise.directory.hours.matching import uses_school_holidays
from chalandise.directory.hours.normalising import rules_of

from .strategies import values, weeks

ZONES = st.sampled_from(
    [
        ("Europe/Paris", "metropole"),
        ("Europe/Paris", "alsace-moselle"),
        ("Indian/Reunion", "974"),
        ("America/Miquelon", "975"),
        ("Pacific/Tahiti", "987"),
    ]
)
# Ordinary days, both changes of clock, the turn of a year with a week 53, a leap day.
DAYS = st.one_of(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.sampled_from(
        [
            date(2026, 3, 28),
            date(2026, 3, 29),
            date(2026, 10, 24),
            date(2026, 10, 25),
            date(2026, 12, 28),
            date(2027, 1, 3),
            date(2028, 2, 29),
        ]
    ),
)


@st.composite
def schedules(draw):
    """A schedule of a value that can be read, somewhere, perhaps with a closing."""
    normalised = normalise(draw(values()))
    assume(normalised.value is not None)
    timezone, zone = draw(ZONES)
    closings = []
    if draw(st.booleans()):
        starts_on = draw(DAYS)
        closings = [Closing(starts_on, starts_on + timedelta(days=draw(st.integers(0, 3))))]
    return Schedule(normalised.value, timezone=timezone, holiday_zone=zone, closings=closings)


def midnight(on, zone):
    return datetime(on.year, on.month, on.day, tzinfo=zone)


@given(weeks())
@example(WeeklyHours(((),) * 7, ()))
@example(WeeklyHours(((),) * 7, ((600, 720),)))
def test_a_week_survives_the_way_to_a_value_and_back(week):
    value = week.to_value()
    assert normalise(value).value == value
    back = WeeklyHours.from_value(value)
    assert back is not None
    assert back.to_value() == WeeklyHours.from_value(back.to_value()).to_value()
    assert back.holidays == week.holidays
    monday = date(2026, 9, 7)
    assert Schedule(value, timezone="UTC").quarter_hours(monday, 7) == Schedule(
        back.to_value(), timezone="UTC"
    ).quarter_hours(monday, 7)


@given(weeks())
def test_a_week_opens_exactly_when_it_says(week):
    monday = date(2026, 9, 7)
    start = int(datetime(2026, 9, 7, tzinfo=UTC).timestamp()) // 900
    minutes = {
        (day * 1440 + minute) % 10080
        for day, ranges in enumerate(week.days)
        for opens, closes in ranges
        for minute in range(opens, closes)
    }
    expected = {
        start + quarter
        for quarter in range(7 * 96)
        if all(quarter * 15 + step in minutes for step in range(15))
    }
    assert Schedule(week.to_value(), timezone="UTC").quarter_hours(monday, 7) == expected


@given(values())
def test_a_canonical_value_is_left_alone(text):
    value = normalise(text).value
    assume(value is not None)
    again = normalise(value)
    assert (again.value, again.repairs) == (value, ())


@given(schedules(), DAYS)
def test_intervals_are_ordered_and_apart(schedule, on):
    start = midnight(on, schedule.zone)
    intervals = schedule.intervals(start, start + timedelta(days=5))
    before = start.timestamp()
    for interval in intervals:
        assert before <= interval.starts_at.timestamp() < interval.ends_at.timestamp()
        before = interval.ends_at.timestamp()


@given(schedules(), DAYS, st.integers(0, 1439))
def test_the_status_says_what_the_intervals_say(schedule, on, minute):
    at = midnight(on, schedule.zone).astimezone(UTC) + timedelta(minutes=minute)
    status = schedule.status(at)
    intervals = schedule.intervals(at, at + timedelta(days=HORIZON_DAYS))
    now = [i for i in intervals if i.starts_at.timestamp() == at.timestamp()]
    assert status.is_open == bool(now and not now[0].is_unknown)
    assert status.is_unknown == bool(now and now[0].is_unknown)
    assert not (status.closes_at and status.opens_at)
    if status.opens_at:
        first = next(i for i in intervals if not i.is_unknown)
        assert status.opens_at == first.starts_at > at
        assert schedule.status(status.opens_at).is_open
    elif not status.is_open:
        assert not [i for i in intervals if not i.is_unknown]
    if status.closes_at:
        assert not schedule.status(status.closes_at).is_open
        assert schedule.status(status.closes_at - timedelta(seconds=1)).is_open
        left = status.closes_at.timestamp() - at.timestamp()
        assert status.closing_soon == (left <= 30 * 60)


@settings(max_examples=60)
@given(schedules(), DAYS)
def test_quarter_hours_are_those_open_from_end_to_end(schedule, on):
    first = int(midnight(on, schedule.zone).timestamp())
    last = int(midnight(on + timedelta(days=2), schedule.zone).timestamp())
    intervals = schedule.intervals(
        datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
    )
    spans = [
        (i.starts_at.timestamp(), i.ends_at.timestamp()) for i in intervals if not i.is_unknown
    ]
    expected = {
        quarter
        for quarter in range(first // 900, last // 900 + 1)
        if quarter * 900 >= first
        and (quarter + 1) * 900 <= last
        and all(
            any(start <= quarter * 900 + step < end for start, end in spans)
            for step in range(0, 900, 60)
        )
    }
    assert schedule.quarter_hours(on, 2) == expected


@given(schedules(), DAYS)
def test_a_minute_is_open_when_its_wall_clock_says_so(schedule, on):
    """Brute force over a day by wall clock, which a change of clock may skip or repeat."""
    assume(not uses_school_holidays(rules_of(schedule.value)))
    start = midnight(on, schedule.zone).astimezone(UTC)
    plain = Schedule(
        schedule.value,
        timezone="UTC",
        holiday_zone=schedule.holiday_zone,
        closings=schedule.closings,
    )
    for minute in range(0, 1440, 45):
        at = start + timedelta(minutes=minute)
        wall = at.astimezone(schedule.zone)
        if wall.fold or (wall + timedelta(hours=1)).utcoffset() != wall.utcoffset():
            continue  # around the change the wall clock does not decide
        if (wall - timedelta(hours=1)).utcoffset() != wall.utcoffset():
            continue
        expected = plain.status(wall.replace(tzinfo=UTC))
        assert schedule.status(at).is_open == expected.is_open


@given(schedules(), DAYS)
def test_the_displayed_week_has_seven_days_in_order(schedule, on):
    week = schedule.week(on)
    assert [day.on for day in week] == [on + timedelta(days=n) for n in range(7)]
    for day in week:
        assert list(day.times) == sorted(day.times, key=lambda times: times.start)
        for times in day.times:
            assert 0 <= times.start < 1440
            assert times.start < times.end <= 1440 + 720


FRENCH = st.lists(
    st.sampled_from(
        [
            "lundi",
            "mardi",
            "samedi",
            "dimanche",
            "lun.",
            "9h",
            "12h30",
            "14:00",
            "19h",
            "midi",
            "minuit",
            "à",
            "-",
            "/",
            ",",
            ";",
            ".",
            "et",
            "de",
            "du",
            "au",
            "fermé",
            "sauf",
            "ouvert",
            "matin",
            "après-midi",
            "7j/7",
            "24h/24",
            "jours",
            "fériés",
            "sur",
            "rendez-vous",
            "dès",
            "y",
            "compris",
            "Mo",
            "Tu-Fr",
            "PH",
            "SH",
            "off",
            "week",
            "12",
            "Jan",
            "3",
            "2026",
            '"',
            "||",
            "+",
            "[1]",
            "(",
            ")",
            "<br>",
            "&nbsp;",
            "99h99",
        ]
    ),
    max_size=25,
).map(" ".join)


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=80), FRENCH, values()))
@example("\x00" + "0\x00")
@example('\ue0000\ue000"x"')
@example("²:³⁰-½")
@example("@always")
def test_no_text_makes_a_reader_fall(text):
    for read in (normalise, read_french, read_day_ranges):
        result = read(text)
        assert (result.value is None) != (result.problem is None)
        if result.value is not None:
            Schedule(result.value).status(datetime(2026, 11, 21, 12, tzinfo=UTC))
            assert normalise(result.value).value == result.value


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet='0123456789:-,; hMoTudileéà"+/[](<', min_size=1, max_size=40))
@example("<")
@example("7 ")
@example("9h")
@example("24")
@example('"')
@example("jours ")
def test_ten_thousand_characters_take_no_time(pattern):
    text = (pattern * 10_000)[:10_000]
    for length in (2_000, 10_000):
        for read in (normalise, read_french, read_day_ranges):
            begun = time.perf_counter()
            read(text[:length])
            assert time.perf_counter() - begun < 2


def test_the_two_changes_of_clock_have_their_own_length():
    paris = ZoneInfo("Europe/Paris")
    always = Schedule("24/7")
    assert len(always.quarter_hours(date(2026, 3, 29), 1)) == 23 * 4
    assert len(always.quarter_hours(date(2026, 10, 25), 1)) == 25 * 4
    assert midnight(date(2026, 3, 29), paris).utcoffset() == timedelta(hours=1)
