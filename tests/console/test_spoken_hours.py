"""The desk reads hours in French, and what it reads means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalandise.console.listings.spoken_hours import say_hours
from chalandise.directory.hours import normalise

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
TIMES = ("08:00-12:00", "06:45-13:00,15:00-19:30", "09:00-19:00", "10:00-12:30,14:00-18:00")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Tu-Sa 08:00-12:30,15:00-19:00", "mardi au samedi 8h-12h30 et 15h-19h"),
        ("Tu-Su 06:45-13:00; Mo 07:00-13:00", "lundi 7h-13h ; mardi au dimanche 6h45-13h"),
        ("Mo,Tu 08:00-12:00", "lundi et mardi 8h-12h"),
    ],
)
def test_a_plain_week_is_said_in_french(value: str, said: str) -> None:
    assert say_hours(value) == said


@pytest.mark.parametrize(
    "value",
    ["", "24/7", "Mo-Fr 08:00-12:00; PH off", "Jun-Aug Mo-Su 10:00-20:00", "sunrise-sunset"],
)
def test_anything_finer_stays_as_it_is(value: str) -> None:
    assert say_hours(value) == value


@given(st.dictionaries(st.sampled_from(DAYS), st.sampled_from(TIMES), min_size=1))
def test_what_is_said_means_what_was_written(week: dict[str, str]) -> None:
    value = "; ".join(f"{day} {times}" for day, times in week.items())
    read = normalise(say_hours(value)).value
    assert read is not None
    assert say_hours(read) == say_hours(value)
