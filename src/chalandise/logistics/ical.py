"""Appointments as an iCalendar file (RFC 5545), on the wall clock of the place, its zone included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalandise.kernel.on_demand import OnDemand

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = OnDemand("icalendar")


PRODUCT = "-//Chalandise//Retraits//FR"


@dataclass(frozen=True)
class Appointment:
    """Something to be on time for.

    Attributes:
        uid: the same for the same appointment, so that a calendar replaces what it knows.
        starts_at: aware.
        ends_at: aware.
        timezone: the clock it is told by.
        title: a few words.
        place: an address.
        text: what to know.
        url: where to read more.
        latitude: degrees, with ``longitude``, or None.
        longitude: degrees.
        sequence: how often it was moved: of one ``uid`` a calendar keeps the highest.
        remind_minutes: how long before a calendar speaks up; 0 for never.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    place: str = ""
    text: str = ""
    url: str = ""
    latitude: float | None = None
    longitude: float | None = None
    remind_minutes: int = 30
    sequence: int = 0


def calendar_of(appointments: Sequence[Appointment], *, name: str, at: datetime) -> bytes:
    """Return the appointments as an ``.ics`` file, with the rules of every clock they use.

    Args:
        appointments: what to be on time for.
        name: what a calendar calls the file.
        at: when it is written.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(name.split()))
    for one in appointments:
        calendar.add_component(_event(one, at))
    for timezone in sorted({one.timezone for one in appointments}):
        calendar.add_component(
            _clock(timezone, [x for x in appointments if x.timezone == timezone])
        )
    written: bytes = calendar.to_ical()
    return written


def _clock(timezone: str, appointments: Sequence[Appointment]) -> icalendar.Timezone:
    """Spell out a clock for the years of its appointments: each change, told by the clock before it.

    The library would write the changes of spring an hour late.
    """
    zone = ZoneInfo(timezone)
    moments = [moment for one in appointments for moment in (one.starts_at, one.ends_at)]
    first = datetime(min(moments).year, 1, 1, tzinfo=zone)
    last = datetime(max(moments).year + 1, 1, 2, tzinfo=zone)
    clock = icalendar.Timezone()
    clock.add("tzid", timezone)
    clock.add_component(_observance(first.replace(tzinfo=None), first, first))
    for change in _changes(zone, first, last):
        before = (change - timedelta(seconds=1)).astimezone(zone)
        after = change.astimezone(zone)
        wall = before.replace(tzinfo=None) + timedelta(seconds=1)
        clock.add_component(_observance(wall, before, after))
    return clock


def _observance(
    wall: datetime, before: datetime, after: datetime
) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    part = icalendar.TimezoneDaylight() if after.dst() else icalendar.TimezoneStandard()
    part.add("dtstart", wall)
    part.add("tzoffsetfrom", before.utcoffset())
    part.add("tzoffsetto", after.utcoffset())
    part.add("tzname", after.tzname())
    return part


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Return the moments at which a clock is put forward or back, to the second."""
    low, end = int(first.timestamp()), int(last.timestamp())
    while low < end:
        high = low + 86_400
        if _offset(low, zone) != _offset(high, zone):
            near, far = low, high
            while far - near > 1:
                middle = (near + far) // 2
                if _offset(middle, zone) == _offset(near, zone):
                    near = middle
                else:
                    far = middle
            yield datetime.fromtimestamp(far, UTC)
        low = high


def _offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


def _event(one: Appointment, at: datetime) -> icalendar.Event:
    zone = ZoneInfo(one.timezone)
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", at.astimezone(ZoneInfo("UTC")))
    event.add("dtstart", one.starts_at.astimezone(zone))
    event.add("dtend", one.ends_at.astimezone(zone))
    event.add("summary", one.title)
    for field, value in (("location", one.place), ("description", one.text), ("url", one.url)):
        if value:
            event.add(field, value)
    if one.latitude is not None and one.longitude is not None:
        event.add("geo", (one.latitude, one.longitude))
    if one.remind_minutes:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.title)
        alarm.add("trigger", -timedelta(minutes=one.remind_minutes))
        event.add_component(alarm)
    return event
