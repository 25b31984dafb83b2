"""The round of a customer who collects at several shops, in plain Python.

Given where and when each thing can be collected, `plan_pickups` finds the order of visits that is done
soonest, then walks least, and then leaves as late as that allows, so that waiting is done at home. It is
exact up to eight stops (every order is weighed, by the method of Bellman, Held and Karp); beyond, it
goes where it can be soonest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import combinations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalandise.territories.shapes import distance_metres

EXACT_UP_TO = 8
UNKNOWN_MINUTES = 15  # between two places of which one is not on the map
_MINUTE = 60


@dataclass(frozen=True)
class Pace:
    """How one gets about.

    Attributes:
        kilometres_an_hour: along the way.
        detour: how much longer the way is than the flight of a bird.
        pause_minutes: to lock, park and find the door, each time one has moved.
    """

    kilometres_an_hour: float
    detour: float = 1.3
    pause_minutes: int = 0

    def minutes(self, metres: float) -> int:
        """Return how long a distance as the bird flies takes, in whole minutes, rounded up."""
        if metres < 1:
            return 0
        along = metres * self.detour
        return math.ceil(along / self.kilometres_an_hour / 1000 * 60) + self.pause_minutes


WALKING = Pace(4.5)
CYCLING = Pace(14, pause_minutes=1)
DRIVING = Pace(38, pause_minutes=4)
PACES = {"walking": WALKING, "cycling": CYCLING, "driving": DRIVING}


@dataclass(frozen=True)
class Spot:
    """A position on earth."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Stop:
    """A place to collect at.

    Attributes:
        key: how the caller knows it.
        windows: half-open stretches within which the visit begins and ends: a booked slot, or
            opening hours.
        spot: where it is, None when it is not on the map.
        stay_minutes: how long a visit takes.
    """

    key: str
    windows: tuple[tuple[datetime, datetime], ...]
    spot: Spot | None = None
    stay_minutes: int = 5

    @cached_property
    def begins(self) -> tuple[tuple[int, int], ...]:
        """The windows, in order, as first and last second at which a visit may begin."""
        stay = self.stay_minutes * _MINUTE
        read = [(int(a.timestamp()), int(b.timestamp()) - stay) for a, b in sorted(self.windows)]
        return tuple((opens, last) for opens, last in read if last >= opens)


@dataclass(frozen=True)
class Visit:
    """One visit of a plan.

    Attributes:
        stop: where.
        arrives_at: when one gets there.
        begins_at: when the window lets one in.
        leaves_at: when it is done.
        travel_minutes: what it took to get there.
        wait_minutes: what is spent at the door.
        distance_metres: how far it was, as the bird flies; None when it is not known.
    """

    stop: Stop
    arrives_at: datetime
    begins_at: datetime
    leaves_at: datetime
    travel_minutes: int
    wait_minutes: int
    distance_metres: int | None


@dataclass(frozen=True)
class Plan:
    """A round: visits in order, and what could not be fitted in.

    Attributes:
        leaves_at: when to set off; the first arrival where no start is given.
        visits: in order.
        missed: stops whose windows cannot all be met.
    """

    leaves_at: datetime
    visits: tuple[Visit, ...]
    missed: tuple[Stop, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """When the last visit is done."""
        return self.visits[-1].leaves_at if self.visits else self.leaves_at

    @property
    def travel_minutes(self) -> int:
        """The time on the way."""
        return sum(one.travel_minutes for one in self.visits)

    @property
    def wait_minutes(self) -> int:
        """The time at doors."""
        return sum(one.wait_minutes for one in self.visits)


class _State(NamedTuple):
    """The best way to have visited some stops: done when, after how much of travelling, in what order.

    Of two the lesser is the better.
    """

    done: int
    travelled: int
    order: tuple[int, ...]


def plan_pickups(
    stops: Sequence[Stop],
    *,
    ready_at: datetime,
    timezone: str,
    pace: Pace,
    start: Spot | None = None,
) -> Plan:
    """Return the round that collects as much as can be, done soonest.

    Args:
        stops: where to collect.
        ready_at: when the customer can set off.
        timezone: the clock the plan is told by.
        pace: how they get about.
        start: where they set off, None when it does not count.
    """
    zone = ZoneInfo(timezone)
    travel = _travel_table(stops, start, pace)
    first = int(ready_at.timestamp())
    solve = _best if len(stops) <= EXACT_UP_TO else _greedy
    order = solve(stops, travel, first)
    missed = tuple(one for index, one in enumerate(stops) if index not in set(order))
    return _told(stops, order, travel, first, zone, start, missed)


def exclude_each_other(stops: Sequence[Stop], *, ready_at: datetime, pace: Pace) -> bool:
    """Tell, without weighing any order, that no round can visit all of some stops.

    It is so where one can no longer be visited, or of two neither can after the other. Where it is not,
    there may still be no round: three may exclude each other though no two do.

    Args:
        stops: where to collect.
        ready_at: when the customer can set off.
        pace: how they get about.
    """
    first = int(ready_at.timestamp())
    done: list[int] = []
    for one in stops:
        begins = _begin(one, first)
        if begins is None:
            return True
        done.append(begins + one.stay_minutes * _MINUTE)
    # By way of a place off the map, which is a quarter of an hour from anywhere, it may be less far.
    is_known = all(one.spot for one in stops)
    for (one, then), (other, after) in combinations(zip(stops, done, strict=True), 2):
        way = _seconds(one.spot, other.spot, pace) if is_known else 0
        if _begin(other, then + way) is None and _begin(one, after + way) is None:
            return True
    return False


def plans_by_day(
    stops: Sequence[Stop],
    *,
    ready_at: datetime,
    timezone: str,
    pace: Pace,
    start: Spot | None = None,
) -> list[Plan]:
    """Return one round for each local day on which something is to be collected.

    A stop belongs to the day of its first window that is not over.
    """
    zone = ZoneInfo(timezone)
    by_day: dict[str, list[Stop]] = {}
    for one in stops:
        coming = sorted(window for window in one.windows if window[1] > ready_at)
        day = coming[0][0].astimezone(zone).date().isoformat() if coming else ""
        by_day.setdefault(day, []).append(one)
    return [
        plan_pickups(some, ready_at=ready_at, timezone=timezone, pace=pace, start=start)
        for _day, some in sorted(by_day.items())
    ]


def _best(stops: Sequence[Stop], travel: Sequence[Sequence[int]], first: int) -> tuple[int, ...]:
    """Weigh every order: what is done sooner is never worse for what follows, as one may wait."""
    best = _State(first, 0, ())
    frontier = {(0, -1): best}  # by the stops that are visited, a bit each, and the last of them
    while frontier:
        following: dict[tuple[int, int], _State] = {}
        for (seen, last), (done, travelled, order) in frontier.items():
            for index, stop in enumerate(stops):
                if seen >> index & 1:
                    continue
                way = travel[last][index]
                begins = _begin(stop, done + way)
                if begins is None:
                    continue
                done_then = begins + stop.stay_minutes * _MINUTE
                new = _State(done_then, travelled + way, (*order, index))
                key = (seen | 1 << index, index)
                if key not in following or new < following[key]:
                    following[key] = new
        if following:
            best = min(following.values())
        frontier = following
    return best.order


def _greedy(stops: Sequence[Stop], travel: Sequence[Sequence[int]], first: int) -> tuple[int, ...]:
    """Go where one can be done soonest, what closes first coming first among equals."""
    order: list[int] = []
    done, last = first, -1
    while True:
        reachable = [
            (begins + stop.stay_minutes * _MINUTE, _closes(stop, begins), index)
            for index, stop in enumerate(stops)
            if index not in order
            and (begins := _begin(stop, done + travel[last][index])) is not None
        ]
        if not reachable:
            return tuple(order)
        done, _closing, last = min(reachable)
        order.append(last)


def _travel_table(stops: Sequence[Stop], start: Spot | None, pace: Pace) -> list[list[int]]:
    """Return seconds from each stop to each; the last row is from the start."""
    spots = [one.spot for one in stops]
    rows = [[0] * len(spots) for _spot in spots]
    for (a, one), (b, other) in combinations(enumerate(spots), 2):
        rows[a][b] = rows[b][a] = _seconds(one, other, pace)
    rows.append([0 if start is None else _seconds(start, one, pace) for one in spots])
    return rows


def _seconds(a: Spot | None, b: Spot | None, pace: Pace) -> int:
    metres = _metres(a, b)
    return (UNKNOWN_MINUTES if metres is None else pace.minutes(metres)) * _MINUTE


def _metres(a: Spot | None, b: Spot | None) -> float | None:
    if a is None or b is None:
        return None
    return distance_metres(a.latitude, a.longitude, b.latitude, b.longitude)


def _begin(stop: Stop, arrives: int) -> int | None:
    """Return when a visit can begin for who arrives at a moment, waiting if need be."""
    for opens, last in stop.begins:
        if arrives <= last:
            return max(arrives, opens)
    return None


def _closes(stop: Stop, begins: int) -> int:
    return next(last for opens, last in stop.begins if opens <= begins <= last)


def _told(
    stops: Sequence[Stop],
    order: Sequence[int],
    travel: Sequence[Sequence[int]],
    first: int,
    zone: tzinfo,
    start: Spot | None,
    missed: tuple[Stop, ...],
) -> Plan:
    """Tell an order of visits with its times, everything before the last moved as late as it can."""
    begins: list[int] = []
    done, last = first, -1
    for index in order:
        moment = _begin(stops[index], done + travel[last][index]) or 0
        begins.append(moment)
        done, last = moment + stops[index].stay_minutes * _MINUTE, index
    for place in range(len(order) - 2, -1, -1):
        index, following = order[place], order[place + 1]
        due = begins[place + 1] - travel[index][following]
        due -= stops[index].stay_minutes * _MINUTE
        begins[place] = max(min(due, until) for opens, until in stops[index].begins if opens <= due)
    leaves = begins[0] - travel[-1][order[0]] if order else first
    visits: list[Visit] = []
    here, done, last = start, leaves, -1
    for index, begin in zip(order, begins, strict=True):
        stop = stops[index]
        arrives = done + travel[last][index]
        metres = _metres(here, stop.spot)
        visits.append(
            Visit(
                stop=stop,
                arrives_at=datetime.fromtimestamp(arrives, zone),
                begins_at=datetime.fromtimestamp(begin, zone),
                leaves_at=datetime.fromtimestamp(begin + stop.stay_minutes * _MINUTE, zone),
                travel_minutes=travel[last][index] // _MINUTE,
                wait_minutes=(begin - arrives) // _MINUTE,
                distance_metres=None if metres is None else round(metres),
            )
        )
        here, done, last = stop.spot, begin + stop.stay_minutes * _MINUTE, index
    return Plan(datetime.fromtimestamp(leaves, zone), tuple(visits), missed)
