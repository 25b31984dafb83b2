import pytest

from chalandise.directory.hours import WeeklyHours

SHOP = ((540, 750), (840, 1140))


def week(*days, holidays=None):
    return WeeklyHours((*days, *[()] * (7 - len(days))), holidays)


@pytest.mark.parametrize(
    ("weekly", "value"),
    [
        (week(), "off"),
        (week(*[((0, 1440),)] * 7), "24/7"),
        (
            week((), SHOP, SHOP, SHOP, SHOP, ((540, 1140),)),
            "Tu-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00",
        ),
        (week(SHOP, (), SHOP, holidays=()), "Mo,We 09:00-12:30,14:00-19:00; PH off"),
        (week(SHOP, holidays=((600, 720),)), "Mo 09:00-12:30,14:00-19:00; PH 10:00-12:00"),
        (week(((1080, 1560),), ((1080, 1620),)), "Mo 18:00-02:00, Tu 18:00-03:00"),
    ],
)
def test_the_grid_and_the_value_say_the_same(weekly, value):
    assert weekly.to_value() == value
    assert WeeklyHours.from_value(value) == weekly


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("Mo-Su 10:00-20:00; Tu off", [1, 0, 1, 1, 1, 1, 1]),
        ("Mo-Fr 09:00-18:00; 12:00-14:00 off", [2, 2, 2, 2, 2, 0, 0]),
        ("Mo-Sa 09:30-13:30, Mo-Fr 15:00-19:30", [2, 2, 2, 2, 2, 1, 0]),
        ("Mo-Sa 09:00-12:00; Su,PH off", [1, 1, 1, 1, 1, 1, 0]),
    ],
)
def test_a_value_written_another_way_still_fits_the_grid(value, days):
    weekly = WeeklyHours.from_value(value)
    assert weekly is not None
    assert [len(ranges) for ranges in weekly.days] == days


def test_closed_on_holidays_is_read_from_a_shared_rule():
    assert WeeklyHours.from_value("Mo-Sa 09:00-12:00; Su,PH off").holidays == ()


@pytest.mark.parametrize(
    "value",
    [
        "Jul-Aug Mo-Sa 10:00-12:00",
        "Sa[1] 10:00-12:00",
        "Mo 10:00-12:00 || Tu 10:00-12:00",
        "Mo 10:00+",
        'Mo 10:00-12:00 "sur appel"',
        "PH off; Mo-Fr 10:00-12:00",
        "Mo-Fr 10:00-12:00; SH off",
        "Mo 08:00-09:00,10:00-11:00,12:00-13:00,14:00-15:00",
        "nonsense",
    ],
)
def test_a_value_too_rich_for_the_grid_is_left_to_another_tool(value):
    assert WeeklyHours.from_value(value) is None


@pytest.mark.parametrize(
    "ranges",
    [
        ((600, 540),),
        ((540, 720), (700, 800)),
        ((540, 720), (720, 800)),
        ((1080, 1560), (1561, 1600)),
        ((1500, 1600),),
        ((1, 2), (3, 4), (5, 6), (7, 8)),
    ],
)
def test_a_grid_that_contradicts_itself_is_refused(ranges):
    with pytest.raises(ValueError):  # noqa: PT011 - the form has already said why
        week(ranges)


def test_a_night_may_not_run_into_the_next_morning():
    with pytest.raises(ValueError, match="night"):
        week(((1080, 2000),), ((480, 720),))
