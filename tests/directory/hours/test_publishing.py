from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from chalandise.directory.hours import (
    Closing,
    Schedule,
    StatusKind,
    grouped_days,
    opening_hours_specification,
    status_facts,
)

PARIS = ZoneInfo("Europe/Paris")
BAKER = "Tu-Sa 07:00-13:00,15:30-19:30; Su 07:00-13:00; PH off"


def facts(value, text, **place):
    at = datetime.fromisoformat(text).replace(tzinfo=PARIS)
    return status_facts(Schedule(value, **place), at)


def test_open_until_lunch():
    said = facts(BAKER, "2026-11-24 10:00")
    assert (said.kind, said.at, said.minutes_left) == (StatusKind.OPEN_UNTIL, time(13), 180)


def test_closing_in_a_quarter_of_an_hour():
    said = facts(BAKER, "2026-11-24 12:45")
    assert (said.kind, said.minutes_left) == (StatusKind.CLOSING_SOON, 15)


def test_open_again_this_afternoon_tomorrow_or_on_tuesday():
    assert facts(BAKER, "2026-11-24 14:00").kind is StatusKind.OPENS_TODAY
    assert facts(BAKER, "2026-11-24 20:00").kind is StatusKind.OPENS_TOMORROW
    later = facts(BAKER, "2026-11-22 20:00")
    assert (later.kind, later.weekday, later.at) == (StatusKind.OPENS_LATER, 1, time(7))


def test_a_closed_day_gives_its_reason():
    assert facts(BAKER, "2026-11-11 10:00").holiday == "Armistice de 1918"
    closing = Closing(date(2026, 11, 24), date(2026, 12, 24), "travaux")
    said = facts(BAKER, "2026-11-24 10:00", closings=[closing])
    assert (said.kind, said.closing) == (StatusKind.CLOSED, closing)


def test_always_open_and_by_appointment():
    assert facts("24/7", "2026-11-24 10:00").kind is StatusKind.OPEN_ALWAYS
    said = facts('Tu unknown "sur rendez-vous"', "2026-11-24 10:00")
    assert (said.kind, said.comment) == (StatusKind.UNKNOWN, "sur rendez-vous")


def test_days_alike_are_put_together():
    groups = grouped_days(Schedule(BAKER).week(date(2026, 11, 23)))
    assert [(group.first, group.last) for group in groups] == [(0, 0), (1, 5), (6, 6)]


def test_a_holiday_stands_alone_in_the_displayed_week():
    groups = grouped_days(Schedule(BAKER).week(date(2026, 11, 9)))
    assert [(group.first, group.last) for group in groups] == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 5),
        (6, 6),
    ]


def test_a_week_is_published_by_weekday():
    schedule = Schedule(
        "Mo-Fr 09:00-12:00; Sa 18:00-02:00; PH off",
        closings=[
            Closing(date(2026, 12, 24), date(2026, 12, 26)),
            Closing(date(2020, 1, 1), date(2020, 1, 2)),
        ],
    )
    published = opening_hours_specification(schedule, on=date(2026, 11, 23))
    assert [(item["opens"], item["closes"]) for item in published] == [
        ("09:00", "12:00"),
        ("18:00", "02:00"),
        ("00:00", "00:00"),
        ("00:00", "00:00"),
    ]
    assert published[0]["dayOfWeek"][0] == "https://schema.org/Monday"
    assert published[2]["dayOfWeek"] == ["https://schema.org/PublicHolidays"]
    assert (published[3]["validFrom"], published[3]["validThrough"]) == ("2026-12-24", "2026-12-26")


def test_a_season_is_published_day_by_day():
    published = opening_hours_specification(
        Schedule("Nov Mo 10:00-12:00; Dec Tu 10:00-12:00"), on=date(2026, 11, 23)
    )
    assert [item["validFrom"] for item in published] == ["2026-11-23", "2026-11-30", "2026-12-01"]


def test_around_the_clock_ends_a_minute_before_midnight():
    [item] = opening_hours_specification(Schedule("24/7"), on=date(2026, 11, 23))
    assert (item["opens"], item["closes"]) == ("00:00", "23:59")
