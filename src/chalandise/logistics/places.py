"""A place with slots, in plain Python: what it proposes to a customer at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from chalandise.directory.hours.walltime import local
from chalandise.logistics.slots import (
    Bringing,
    Round,
    Stretch,
    Timetable,
    counts_from,
    rounds_on,
    slots_on,
)


@dataclass(frozen=True)
class Window:
    """A slot of a place, in seconds since the epoch, with the places it has.

    ``lock_id`` is the row whose capacity rules it: the point, or the weekly round.
    """

    starts: int
    ends: int
    capacity: int
    lock_id: int

    @property
    def starts_at(self) -> datetime:
        """Its start as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.starts, UTC)

    @property
    def ends_at(self) -> datetime:
        """Its end as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.ends, UTC)


@dataclass(frozen=True)
class Day:
    """The slots of one local day, in order."""

    on: date
    windows: tuple[Window, ...]

    @cached_property
    def times(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each slot that has a place while nobody has taken any."""
        return tuple((one.starts, one.ends) for one in self.windows if one.capacity)

    def since(self, earliest: int) -> Day:
        """Return the slots that start from an instant on."""
        if not self.windows or self.windows[0].starts >= earliest:
            return self
        return Day(self.on, tuple(one for one in self.windows if one.starts >= earliest))


@lru_cache(maxsize=8192)
def _day_of(timetable: Timetable, on: date, slot_minutes: int, capacity: int, key: int) -> Day:
    found = slots_on(timetable, on, slot_minutes)
    return Day(on, tuple(Window(one.starts, one.ends, capacity, key) for one in found))


@dataclass(frozen=True)
class Place:
    """What is needed to propose the slots of one way to the customers of one merchant.

    Either ``slot_minutes`` divides the hours of ``timetable``, or ``rounds`` are listed. ``shut``
    are the exceptional closings of a pooled point, by the hour.
    """

    way_key: str
    timetable: Timetable
    horizon_days: int
    lead_minutes: int
    cutoff: time | None = None
    point_id: int | None = None
    zone_id: int | None = None
    slot_minutes: int = 0
    capacity: int = 0
    bringing: Bringing | None = None
    rounds: tuple[Round, ...] = ()
    round_keys: tuple[tuple[int, int], ...] = ()
    works_on_holidays: bool = False
    shut: tuple[Stretch, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its wall clock."""
        return self.timetable.zone

    def on(self, day: date) -> Day:
        """Return every slot of one local day, past and future alike."""
        if not self.slot_minutes:
            return Day(day, tuple(self._rounds_on(day)))
        near, key = self.timetable.near(day), self.point_id or 0
        found = _day_of(near, day, self.slot_minutes, self.capacity, key)
        if not self.shut:
            return found
        return Day(day, tuple(one for one in found.windows if not self._is_shut(one)))

    def _rounds_on(self, day: date) -> Iterator[Window]:
        found = rounds_on(
            self.rounds, self.timetable, day, works_on_holidays=self.works_on_holidays
        )
        for index, one in found:
            key, capacity = self.round_keys[index]
            yield Window(one.starts, one.ends, capacity, key)

    def _is_shut(self, window: Window) -> bool:
        return any(one.starts < window.ends and window.starts < one.ends for one in self.shut)

    def earliest(
        self, at: datetime, lead_minutes: int, *, there_by: datetime | None = None
    ) -> int | None:
        """Return the instant from which a slot may start, None when nothing can be ready in time.

        The lead is the longer of the place's and the goods'. At a pooled point the merchant's lead
        leads to the next moment of bringing, and the point's own lead (sorting in) follows it.
        Goods that are known to be there by a moment may be had from then on.
        """
        usual = self._earliest(at, lead_minutes)
        if there_by is None:
            return usual
        known = -(-int(max(at, there_by).timestamp() * 1_000_000) // 1_000_000)
        return known if usual is None else min(usual, known)

    def _earliest(self, at: datetime, lead_minutes: int) -> int | None:
        begins = counts_from(at, self.zone, self.cutoff)
        if self.bringing is None:
            return begins + max(self.lead_minutes, lead_minutes) * 60
        ready = begins + max(self.bringing.lead_minutes, lead_minutes) * 60
        brought = self.bringing.first_after(ready, self.zone, days=self.horizon_days + 1)
        return None if brought is None else brought + self.lead_minutes * 60

    def proposed(
        self,
        at: datetime,
        lead_minutes: int,
        *,
        days: int = 0,
        there_by: datetime | None = None,
    ) -> Iterator[Window]:
        """Return the slots that may be chosen at a moment, in order of time; see `proposed_days`."""
        for day in self.proposed_days(at, lead_minutes, days=days, there_by=there_by):
            yield from day.windows

    def proposed_days(
        self,
        at: datetime,
        lead_minutes: int,
        *,
        days: int = 0,
        there_by: datetime | None = None,
    ) -> Iterator[Day]:
        """Return the days with slots that may be chosen at a moment, in order.

        Args:
            at: now.
            lead_minutes: the time the goods need.
            days: how many local days to look at, today included; the horizon when 0.
            there_by: when the goods are known to be there all the same.
        """
        earliest = self.earliest(at, lead_minutes, there_by=there_by)
        if earliest is None:
            return
        today = at.astimezone(self.zone).date()
        first = local(earliest, self.zone).date()
        ahead = min(self.horizon_days, days - 1) if days else self.horizon_days
        last = today + timedelta(days=ahead)
        while first <= last:
            day = self.on(first).since(earliest)
            if day.windows:
                yield day
            first += timedelta(days=1)

    def window_at(self, starts_at: datetime) -> Window | None:
        """Return the slot that starts at a moment, whether or not it may still be chosen."""
        wanted = starts_at.timestamp()
        on = starts_at.astimezone(self.zone).date()
        return next((one for one in self.on(on).windows if one.starts == wanted), None)

    def is_proposed(
        self,
        window: Window,
        at: datetime,
        lead_minutes: int,
        *,
        there_by: datetime | None = None,
    ) -> bool:
        """Tell whether a slot may be chosen at a moment."""
        earliest = self.earliest(at, lead_minutes, there_by=there_by)
        if earliest is None or window.starts < earliest:
            return False
        last = at.astimezone(self.zone).date() + timedelta(days=self.horizon_days)
        return local(window.starts, self.zone).date() <= last
