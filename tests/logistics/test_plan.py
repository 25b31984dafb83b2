"""The round of a customer who collects at several shops."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clock import moment

from chalandise.logistics.plan import (
    CYCLING,
    DRIVING,
    EXACT_UP_TO,
    WALKING,
    Pace,
    Plan,
    Spot,
    Stop,
    exclude_each_other,
    plan_pickups,
    plans_by_day,
)

NINE = moment("2026-11-18 09:00")
ON_THE_SPOT = Pace(1000, detour=1)
CHEESE = Spot(44.4475, 1.4445)
HALLE, BAKER, BOOKS = Spot(44.4475, 1.4419), Spot(44.4520, 1.4419), Spot(44.4430, 1.4419)


def at(text: str) -> datetime:
    return moment(f"2026-11-18 {text}")


def stop(key: str, *windows: tuple[str, str], spot: Spot | None = HALLE, stay: int = 5) -> Stop:
    return Stop(key, tuple((at(a), at(b)) for a, b in windows), spot, stay)


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(one.stop.key, f"{one.begins_at:%H:%M}") for one in plan.visits]


def plan(stops: list[Stop], *, pace: Pace = WALKING, start: Spot | None = None) -> Plan:
    return plan_pickups(stops, ready_at=NINE, timezone="Europe/Paris", pace=pace, start=start)


def test_the_worked_example_of_the_documentation() -> None:
    """Three shops in Cahors, on foot from the market hall: docs/algorithms/pickup-plan.md."""
    found = plan(
        [
            stop("books", ("10:00", "12:00"), spot=BOOKS),
            stop("cheese", ("09:00", "12:30"), spot=CHEESE),
            stop("bread", ("09:00", "09:30"), spot=BAKER),
        ],
        start=HALLE,
    )
    assert f"{found.leaves_at:%H:%M}" == "09:16"
    assert [
        (
            v.stop.key,
            v.distance_metres,
            v.travel_minutes,
            f"{v.arrives_at:%H:%M}",
            v.wait_minutes,
            f"{v.begins_at:%H:%M}",
        )
        for v in found.visits
    ] == [
        ("bread", 500, 9, "09:25", 0, "09:25"),
        ("cheese", 541, 10, "09:40", 5, "09:45"),
        ("books", 541, 10, "10:00", 0, "10:00"),
    ]
    assert (found.travel_minutes, found.wait_minutes) == (29, 5)
    assert found.ends_at == at("10:05")


def test_slots_decide_the_order_even_against_the_way() -> None:
    far, near = stop("far", ("09:30", "10:00"), spot=BAKER), stop("near", ("10:30", "11:00"))
    assert told(plan([near, far], start=HALLE)) == [("far", "09:55"), ("near", "10:30")]


def test_lunch_time_is_waited_out() -> None:
    long = stop("long", ("09:00", "12:00"), stay=150)
    split = stop("split", ("09:00", "09:05"), ("15:00", "19:00"))
    found = plan([long, split])
    assert told(found) == [("split", "09:00"), ("long", "09:05")]
    late = plan([long, stop("split", ("15:00", "19:00"))])
    assert told(late) == [("long", "09:30"), ("split", "15:00")]


def test_what_cannot_be_met_is_said_and_the_most_is_kept() -> None:
    same = [stop(key, ("10:00", "10:05"), spot=spot) for key, spot in (("a", HALLE), ("b", BAKER))]
    found = plan([*same, stop("c", ("10:00", "11:00"))])
    assert told(found) == [("a", "10:00"), ("c", "10:05")]
    assert [one.key for one in found.missed] == ["b"]
    past = plan([stop("late", ("08:00", "08:30"))])
    assert (past.visits, past.leaves_at, past.ends_at) == ((), NINE, NINE)


def excluded(stops: list[Stop]) -> bool:
    return exclude_each_other(stops, ready_at=NINE, pace=WALKING)


def test_two_that_no_round_can_visit_both_are_known_without_weighing_any() -> None:
    short = ("10:00", "10:08")
    assert excluded([stop("a", short), stop("b", short, spot=BAKER), stop("c", ("09:00", "18:00"))])
    assert excluded([stop("late", ("08:00", "08:30")), stop("b", short)])
    assert not excluded([stop("a", ("10:00", "10:10")), stop("b", ("10:00", "10:10"))])
    off_the_map = stop("c", ("09:00", "18:00"), spot=None)
    far = stop("far", ("10:00", "11:00"), spot=Spot(45, 1.44))
    assert not excluded([stop("a", ("10:00", "10:05")), far, off_the_map])
    assert not plan([stop("a", ("10:00", "10:05")), far, off_the_map]).missed


def test_waiting_is_done_at_home() -> None:
    found = plan([stop("only", ("11:00", "11:30"), spot=BAKER)], start=HALLE)
    assert (found.leaves_at, found.wait_minutes) == (at("10:51"), 0)


def test_a_place_off_the_map_takes_a_quarter_of_an_hour() -> None:
    found = plan([stop("a", ("09:00", "12:00")), stop("b", ("09:00", "12:00"), spot=None)])
    assert [one.travel_minutes for one in found.visits] == [0, 15]
    assert found.visits[1].distance_metres is None


@pytest.mark.parametrize(
    ("pace", "metres", "minutes"),
    [(WALKING, 0, 0), (WALKING, 0.5, 0), (WALKING, 60, 2), (DRIVING, 60, 5)],
)
def test_paces(pace: Pace, metres: float, minutes: int) -> None:
    assert pace.minutes(metres) == minutes


def test_each_day_has_its_round_on_the_clock_of_the_place() -> None:
    tomorrow = timedelta(days=1)
    stops = [
        Stop("today", ((at("10:00"), at("10:30")),), HALLE),
        Stop("tomorrow", ((at("10:00") + tomorrow, at("10:30") + tomorrow),), HALLE),
        Stop("over", ((at("08:00"), at("08:30")),), HALLE),
        Stop("also", ((at("08:00"), at("08:30")), (at("11:00"), at("12:00"))), HALLE),
    ]
    plans = plans_by_day(stops, ready_at=NINE, timezone="Europe/Paris", pace=WALKING)
    keys = [([v.stop.key for v in one.visits], [m.key for m in one.missed]) for one in plans]
    assert keys == [([], ["over"]), (["today", "also"], []), (["tomorrow"], [])]
    in_reunion = plan_pickups(stops[:1], ready_at=NINE, timezone="Indian/Reunion", pace=WALKING)
    assert told(in_reunion) == [("today", "13:00")]


windows = st.tuples(st.integers(0, 180), st.integers(5, 90))
stops = st.lists(
    st.tuples(st.lists(windows, min_size=1, max_size=2), st.integers(-9, 9), st.integers(-9, 9)),
    min_size=1,
    max_size=5,
)


def made(drawn: list[tuple[list[tuple[int, int]], int, int]]) -> list[Stop]:
    return [
        Stop(
            str(number),
            tuple(
                (NINE + timedelta(minutes=a), NINE + timedelta(minutes=a + length))
                for a, length in some
            ),
            Spot(44.45 + x / 1000, 1.44 + y / 1000),
        )
        for number, (some, x, y) in enumerate(drawn)
    ]


def ends_of(order: tuple[Stop, ...], start: Spot) -> datetime | None:
    """Walk an order as a person would, as soon as each door lets one in."""
    now, here = NINE, start
    for one in order:
        walked = plan_pickups(
            [Stop("x", ((NINE, NINE + timedelta(days=1)),), one.spot)],
            ready_at=now,
            timezone="UTC",
            pace=WALKING,
            start=here,
        )
        arrives = now + timedelta(minutes=walked.travel_minutes)
        stay = timedelta(minutes=one.stay_minutes)
        begins = [max(arrives, a) for a, b in sorted(one.windows) if max(arrives, a) + stay <= b]
        if not begins or one.spot is None:
            return None
        now, here = begins[0] + stay, one.spot
    return now


@given(stops)
def test_no_order_visits_more_nor_ends_sooner(
    drawn: list[tuple[list[tuple[int, int]], int, int]],
) -> None:
    some, start = made(drawn), Spot(44.45, 1.44)
    found = plan(some, start=start)
    assert_is_sound(found, some)
    best = min(
        (-count, ends)
        for count in range(len(some) + 1)
        for order in permutations(some, count)
        if (ends := ends_of(order, start)) is not None
    )
    assert (-len(found.visits), found.ends_at if found.visits else NINE) == best


@given(stops)
def test_what_is_ruled_out_beforehand_can_indeed_not_all_be_visited(
    drawn: list[tuple[list[tuple[int, int]], int, int]],
) -> None:
    some = made(drawn)
    assert not excluded(some) or plan(some).missed


@given(
    st.lists(
        st.tuples(
            st.lists(windows, min_size=1, max_size=2), st.integers(-9, 9), st.integers(-9, 9)
        ),
        min_size=9,
        max_size=14,
    )
)
def test_beyond_eight_stops_a_round_is_still_one_that_can_be_walked(
    drawn: list[tuple[list[tuple[int, int]], int, int]],
) -> None:
    some = made(drawn)
    assert len(some) > EXACT_UP_TO
    assert_is_sound(plan(some, start=HALLE), some)


def assert_is_sound(found: Plan, stops: list[Stop]) -> None:
    assert {v.stop.key for v in found.visits} | {m.key for m in found.missed} == {
        one.key for one in stops
    }
    assert len(found.visits) + len(found.missed) == len(stops)
    assert found.leaves_at >= NINE
    now = found.leaves_at
    for visit in found.visits:
        assert visit.arrives_at == now + timedelta(minutes=visit.travel_minutes)
        assert visit.begins_at == visit.arrives_at + timedelta(minutes=visit.wait_minutes)
        assert visit.wait_minutes >= 0
        assert visit.leaves_at == visit.begins_at + timedelta(minutes=visit.stop.stay_minutes)
        assert any(a <= visit.begins_at and visit.leaves_at <= b for a, b in visit.stop.windows)
        now = visit.leaves_at
    assert all(a.leaves_at <= b.begins_at for a, b in pairwise(found.visits))
    assert not found.visits or found.visits[0].wait_minutes == 0


@pytest.mark.parametrize(
    ("pace", "minutes"), [(WALKING, (9, 87)), (CYCLING, (4, 29)), (DRIVING, (6, 15))]
)
def test_the_table_of_paces_of_the_documentation(pace: Pace, minutes: tuple[int, int]) -> None:
    assert (pace.minutes(500), pace.minutes(5000)) == minutes
