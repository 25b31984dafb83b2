"""Times, dates, distances and numbers read as in a French newspaper, and in English too."""

import datetime as dt

import pytest
from django.utils import translation

from chalandise.web.formatting import (
    calendar_day,
    clock,
    duration,
    metres,
    near_day,
    telephone,
    typed_telephone,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.time(18, 30), "18\u202fh\u202f30"),
        (dt.time(19), "19\u202fh"),
        (dt.time(9, 5), "9\u202fh\u202f05"),
        (dt.time(0), "0\u202fh"),
        ("08:30", "8\u202fh\u202f30"),
        (dt.datetime(2026, 11, 20, 17, 30, tzinfo=dt.UTC), "18\u202fh\u202f30"),
    ],
)
def test_an_hour_never_breaks_at_the_end_of_a_line(value: dt.time | str, written: str) -> None:
    with translation.override("fr"):
        assert clock(value) == written


def test_noon_and_midnight_are_said_in_words_where_a_sentence_wants_them() -> None:
    with translation.override("en"):
        assert clock(dt.time(12), in_words=True) == "noon"
        assert clock("24:00", in_words=True) == "midnight"
        assert clock(dt.time(12, 15), in_words=True) == "12:15\u00a0pm"


def test_an_english_reader_gets_english_hours() -> None:
    with translation.override("en"):
        assert [clock(dt.time(h)) for h in (0, 9, 12, 18)] == [
            "12\u00a0am",
            "9\u00a0am",
            "12\u00a0pm",
            "6\u00a0pm",
        ]


def test_the_first_of_the_month_is_1er() -> None:
    with translation.override("fr"):
        assert calendar_day(dt.date(2026, 11, 1), "full") == "1er\u00a0novembre 2026"
        assert calendar_day(dt.date(2026, 11, 20), "weekday") == "vendredi 20\u00a0novembre"
        assert calendar_day(dt.date(2026, 11, 24), "short") == "mar.\u00a024"


def test_a_form_shows_a_number_as_it_was_typed() -> None:
    assert typed_telephone("+33565000000") == "05 65 00 00 00"
    assert typed_telephone("") == ""


def test_more_than_an_hour_is_said_in_hours() -> None:
    said = [duration(minutes) for minutes in (5, 60, 87)]
    assert said == ["5\u00a0min", "1\u202fh", "1\u202fh\u202f27"]


def test_an_instant_late_in_the_evening_in_utc_is_the_next_day_in_paris() -> None:
    with translation.override("fr"):
        late = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
        assert calendar_day(late) == "21\u00a0novembre"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "1\u00a0m"),
        (7.4, "7\u00a0m"),
        (452, "450\u00a0m"),
        (994, "990\u00a0m"),
        (996, "1\u00a0km"),
        (1240, "1,2\u00a0km"),
        (9_940, "9,9\u00a0km"),
        (9_960, "10\u00a0km"),
        (34_200, "34\u00a0km"),
    ],
)
def test_a_distance_is_rounded_as_one_says_it(value: float, written: str) -> None:
    with translation.override("fr"):
        assert metres(value) == written


def test_a_telephone_number_is_written_as_it_is_dialled() -> None:
    assert telephone("+33565000000") == "05\u00a065\u00a000\u00a000\u00a000"
    assert telephone("+33805004600") == "0\u00a0805\u00a000\u00a046\u00a000"
    assert telephone("+3222345678").startswith("+32\u00a0")


def test_what_is_not_a_number_is_shown_as_it_is() -> None:
    assert telephone("demander à la mairie") == "demander à la mairie"


def test_a_near_day_is_said_as_people_say_it() -> None:
    today = dt.date(2026, 11, 22)
    with translation.override("fr"):
        assert near_day(today, today) == "aujourd’hui"
        assert near_day(dt.date(2026, 11, 23), today) == "demain"
        assert near_day(dt.date(2026, 11, 24), today) == "mardi 24\u00a0novembre"
        assert near_day(today, today, "dated") == "aujourd’hui, dimanche 22\u00a0novembre"
        assert near_day(dt.date(2026, 11, 21), today, "dated") == "samedi 21\u00a0novembre"
