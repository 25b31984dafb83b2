from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalandise.directory.hours import Closing, HoursError, Schedule

PARIS = ZoneInfo("Europe/Paris")
BAKER = "Tu-Sa 07:00-13:00,15:30-19:30; Su 07:00-13:00; PH off"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def clock(moment):
    return moment.strftime("%a %d %H:%M") if moment else None


def test_the_bakery_is_open_until_lunch():
    status = Schedule(BAKER).status(at("2026-11-24 10:00"))
    assert status.is_open
    assert not status.closing_soon
    assert clock(status.closes_at) == "Tue 24 13:00"
    assert status.opens_at is None


def test_half_an_hour_before_lunch_the_bakery_closes_soon():
    assert Schedule(BAKER).status(at("2026-11-24 12:30")).closing_soon
    assert not Schedule(BAKER).status(at("2026-11-24 12:29")).closing_soon


def test_the_minute_of_closing_is_closed():
    status = Schedule(BAKER).status(at("2026-11-24 13:00"))
    assert not status.is_open
    assert clock(status.opens_at) == "Tue 24 15:30"


def test_on_sunday_afternoon_the_next_opening_is_tuesday():
    assert clock(Schedule(BAKER).status(at("2026-11-22 18:00")).opens_at) == "Tue 24 07:00"


def test_a_public_holiday_closes_the_bakery():
    status = Schedule(BAKER).status(at("2026-11-11 10:00"))
    assert not status.is_open
    assert clock(status.opens_at) == "Thu 12 07:00"


def test_hours_that_forget_public_holidays_are_doubted_on_them():
    forgetful = Schedule("Mo-Sa 09:00-19:00")
    assert forgetful.status(at("2027-01-01 10:00")).holiday == "Jour de l’an"
    assert forgetful.status(at("2026-12-31 20:00")).holiday == "Jour de l’an"  # opens « tomorrow »
    assert forgetful.status(at("2026-12-31 10:00")).holiday == ""
    assert (
        Schedule("Mo-Sa 09:00-19:00; PH 10:00-12:00").status(at("2027-01-01 10:30")).holiday == ""
    )
    assert Schedule("24/7").status(at("2027-01-01 10:00")).holiday == ""


def test_good_friday_closes_in_strasbourg_and_not_in_cahors():
    moment = at("2026-04-03 10:00")
    assert Schedule(BAKER).status(moment).is_open
    assert not Schedule(BAKER, holiday_zone="alsace-moselle").status(moment).is_open


def test_abolition_day_closes_in_reunion_at_reunion_time():
    schedule = Schedule(BAKER, timezone="Indian/Reunion", holiday_zone="974")
    assert schedule.status(datetime(2026, 12, 19, 5, tzinfo=UTC)).is_open
    assert not schedule.status(datetime(2026, 12, 20, 5, tzinfo=UTC)).is_open


def test_an_exceptional_closing_keeps_the_night_that_began_before():
    closings = [Closing(date(2026, 11, 28), date(2026, 11, 28), "inventaire")]
    bar = Schedule("Fr-Sa 18:00-02:00", closings=closings)
    assert bar.status(at("2026-11-28 01:00")).is_open
    assert not bar.status(at("2026-11-28 19:00")).is_open
    assert not bar.status(at("2026-11-29 01:00")).is_open


def test_a_bar_is_open_past_midnight():
    status = Schedule("Fr-Sa 18:00-02:00").status(at("2026-11-29 01:00"))
    assert clock(status.closes_at) == "Sun 29 02:00"


def test_what_never_closes_has_no_closing_time():
    status = Schedule("24/7").status(at("2026-11-24 10:00"))
    assert status.is_open
    assert status.closes_at is None


def test_what_opens_in_a_month_says_only_that_it_is_closed():
    status = Schedule("Aug 10:00-12:00").status(at("2026-11-24 10:00"))
    assert not status.is_open
    assert status.opens_at is None


def test_an_open_end_is_not_promised():
    status = Schedule("Mo-Su 18:00+").status(at("2026-11-24 20:00"))
    assert not status.is_open
    assert status.is_unknown


def test_school_holidays_are_unknown_and_said_so():
    schedule = Schedule("Mo-Fr 09:00-18:00; SH Mo-Fr 10:00-12:00")
    assert schedule.status(at("2026-11-24 11:00")).is_open
    afternoon = schedule.status(at("2026-11-24 15:00"))
    assert not afternoon.is_open
    assert afternoon.is_unknown


def test_the_night_the_clock_goes_forward_lasts_an_hour_less():
    [night] = Schedule("Sa 22:00-05:00").intervals(at("2026-03-28 12:00"), at("2026-03-29 12:00"))
    assert night.ends_at - night.starts_at == timedelta(hours=7)  # wall time
    assert night.ends_at.timestamp() - night.starts_at.timestamp() == 6 * 3600


def test_the_night_the_clock_goes_back_lasts_an_hour_more():
    [night] = Schedule("Sa 22:00-05:00").intervals(at("2026-10-24 12:00"), at("2026-10-25 12:00"))
    assert night.ends_at.timestamp() - night.starts_at.timestamp() == 8 * 3600


def test_a_time_that_does_not_exist_is_the_moment_of_the_change():
    [morning] = Schedule("Su 02:30-06:00").intervals(at("2026-03-29 00:00"), at("2026-03-30 00:00"))
    assert morning.starts_at.astimezone(UTC) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_exists_twice_is_its_first_occurrence():
    [morning] = Schedule("Su 02:30-06:00").intervals(at("2026-10-25 00:00"), at("2026-10-26 00:00"))
    assert morning.starts_at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_week_53_exists_in_2026():
    schedule = Schedule("week 53 Mo-Fr 10:00-12:00")
    assert schedule.status(at("2026-12-30 11:00")).is_open
    assert schedule.status(at("2027-01-01 11:00")).is_open
    assert not schedule.status(at("2027-01-05 11:00")).is_open


def test_midnight_as_twenty_four_closes_at_midnight():
    status = Schedule("Mo-Fr 10:00-24:00").status(at("2026-11-24 23:45"))
    assert clock(status.closes_at) == "Wed 25 00:00"
    assert status.closing_soon


def test_the_displayed_week_shows_nights_with_their_evening():
    week = Schedule("Mo-Th 09:00-12:00; Sa 18:00-24:00; Su 00:00-02:00").week(date(2026, 11, 23))
    assert [(t.start, t.end) for t in week[5].times] == [(18 * 60, 26 * 60)]
    assert week[6].times == ()
    assert [(t.start, t.end) for t in week[0].times] == [(540, 720)]


def test_the_displayed_week_names_holidays_and_closings():
    closing = Closing(date(2026, 11, 12), date(2026, 11, 13), "formation")
    week = Schedule(BAKER, closings=[closing]).week(date(2026, 11, 9))
    assert week[2].holiday == "Armistice de 1918"
    assert [day.closing for day in week[2:5]] == [None, closing, closing]
    assert [bool(day.times) for day in week] == [False, True, False, False, False, True, True]


def test_around_the_clock_fills_each_day():
    week = Schedule("24/7").week(date(2026, 11, 9))
    assert [[(t.start, t.end) for t in day.times] for day in week] == [[(0, 1440)]] * 7


def test_a_value_that_does_not_read_is_an_error():
    with pytest.raises(HoursError):
        Schedule("whenever")


def test_an_unknown_holiday_zone_is_an_error():
    with pytest.raises(ValueError, match="atlantis"):
        Schedule("24/7", holiday_zone="atlantis")
