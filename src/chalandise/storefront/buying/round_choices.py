"""Collecting everything in one go: a round proposed before anything is chosen.

The slots of every merchant that stand on the page go to the planner of `logistics.plan`; the first day
on which all can be visited is proposed, and the next Saturday. Nothing is held: one press fills the
choices of the page, which the customer looks at and sends as ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from chalandise.directory.models import Establishment
from chalandise.logistics.plan import (
    PACES,
    Plan,
    Spot,
    Stop,
    exclude_each_other,
    plan_pickups,
)
from chalandise.logistics.values import Way
from chalandise.ordering.states import WayKind
from chalandise.storefront.buying.way_choices import MerchantChoice, Windows, slot_field
from chalandise.storefront.rounds import usual_pace

FEWEST = 2
MOST = 12
MOST_DAYS = 3  # that are planned in vain, each at the cost of every order of visits
SATURDAY = 5
STAY_MINUTES = 5


@dataclass(frozen=True)
class Call:
    """A merchant whose things can be collected, where, and the slots by day."""

    shop: Establishment
    way: Way
    days: dict[dt.date, Windows]

    @cached_property
    def spot(self) -> Spot | None:
        """Where the door is."""
        if self.way.latitude is None or self.way.longitude is None:
            return None
        return Spot(self.way.latitude, self.way.longitude)

    @property
    def key(self) -> str:
        """How the planner knows it."""
        return str(self.shop.pk)

    def stretches(self, on: dt.date) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
        """Return the slots of a day, those that touch joined."""
        zone = ZoneInfo(self.way.timezone)
        joined: list[list[int]] = []
        for starts, ends in self.days[on]:
            if joined and joined[-1][1] == starts:
                joined[-1][1] = ends
            else:
                joined.append([starts, ends])
        return tuple(
            (dt.datetime.fromtimestamp(a, zone), dt.datetime.fromtimestamp(b, zone))
            for a, b in joined
        )

    def slot_at(self, moment: dt.datetime) -> str:
        """Return the slot that holds a moment, as the page names it."""
        now = int(moment.timestamp())
        starts = next(a for a, b in self.days[moment.date()] if a <= now < b)
        return dt.datetime.fromtimestamp(starts, ZoneInfo(self.way.timezone)).isoformat()


@dataclass(frozen=True)
class ProposedRound:
    """A day on which everything that can be collected is collected."""

    on: dt.date
    plan: Plan
    calls: dict[str, Call]

    @property
    def fields(self) -> dict[str, str]:
        """What the form of the page would say if the customer had chosen all this."""
        said = {}
        for visit in self.plan.visits:
            call = self.calls[visit.stop.key]
            said[f"way-{call.shop.pk}"] = call.way.key
            said[slot_field(call.shop.pk, call.way.key)] = call.slot_at(visit.begins_at)
        return said


def rounds_of(choices: Sequence[MerchantChoice], *, at: dt.datetime) -> list[ProposedRound]:
    """Return the first day on which everything can be collected in one go, and the next Saturday.

    A day that two merchants' slots rule out by themselves costs next to nothing and is passed over.
    Of the others only the first three are planned, and Saturdays.
    """
    calls = [call for one in choices if (call := _call(one)) is not None]
    if not FEWEST <= len(calls) <= MOST:
        return []
    found: list[ProposedRound] = []
    planned, pace = 0, PACES[usual_pace(one.spot for one in calls)]
    for on in sorted(set.intersection(*(set(one.days) for one in calls))):
        if on.weekday() != SATURDAY and (found or planned >= MOST_DAYS):
            continue
        stops = [Stop(one.key, one.stretches(on), one.spot, STAY_MINUTES) for one in calls]
        if exclude_each_other(stops, ready_at=at, pace=pace):
            continue
        planned += 1
        plan = plan_pickups(stops, ready_at=at, timezone=calls[0].way.timezone, pace=pace)
        if not plan.missed:
            found.append(ProposedRound(on, plan, {one.key: one for one in calls}))
        if len(found) == 2 or (found and found[0].on.weekday() == SATURDAY):
            break
    return found


def _call(choice: MerchantChoice) -> Call | None:
    """Return where a merchant's things are collected: at its counter, else at a point."""
    ways = [one for one in _collected(choice) if one[1]]
    if not ways:
        return None
    way, days = min(ways, key=lambda one: one[0].kind != WayKind.PICKUP)
    return Call(choice.shop, way, days)


def _collected(choice: MerchantChoice) -> Iterator[tuple[Way, dict[dt.date, Windows]]]:
    for one in choice.ways:
        if one.way.kind in (WayKind.PICKUP, WayKind.POINT):
            yield one.way, {day.on: day.windows for day in one.open_days}
