"""A week is shown day by day, nights with the evening they began."""

import datetime as dt

from django.template.loader import render_to_string
from django.utils import translation

from chalandise.directory.hours.schedule import Closing, Schedule
from chalandise.web.week import day_rows

MONDAY = dt.date(2026, 11, 16)


def test_a_bar_that_closes_at_one_shows_its_friday_night() -> None:
    rows = day_rows(Schedule("Mo-Fr 09:00-12:30,14:00-18:30; Fr 18:00-01:00").week(MONDAY))
    assert rows[0].slots == (("09:00", "12:30"), ("14:00", "18:30"))
    assert rows[4].slots[-1] == ("18:00", "01:00")
    assert rows[6].slots == ()


def test_a_day_that_never_ends_is_said_in_words() -> None:
    rows = day_rows(Schedule("24/7").week(MONDAY))
    assert rows[2].is_all_day
    with translation.override("en"):
        assert "Round the clock" in render_to_string("web/components/hours.html", {"rows": rows})


def test_an_exceptional_closing_gives_its_reason() -> None:
    day = dt.date(2026, 11, 18)
    schedule = Schedule("Mo-Su 09:00-12:00", closings=[Closing(day, day, "Inventaire")])
    row = day_rows(schedule.week(MONDAY))[2]
    assert (row.slots, row.note) == ((), "Inventaire")


def test_no_hour_of_the_table_may_break() -> None:
    with translation.override("fr"):
        rows = day_rows(Schedule("Mo-Fr 09:00-12:30,14:00-18:30").week(MONDAY))
        page = render_to_string("web/components/hours.html", {"rows": rows})
    assert "18\u202fh\u202f30" in page
    assert "18 h" not in page
