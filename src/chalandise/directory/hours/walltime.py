"""From minutes of a local day to instants, on every day of the year, clock changes included.

A wall time that does not exist (02:30 on the last Sunday of March) becomes the moment of the
change; one that exists twice (02:30 on the last Sunday of October) becomes its first occurrence.
The mapping never goes backwards, so intervals stay ordered and disjoint.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def instant(on: date, minute: int, zone: ZoneInfo) -> int:
    """Seconds since the epoch of a local minute (24:00 and beyond belong to the next days)."""
    days, rest = divmod(minute, 1440)
    if days:
        on += timedelta(days=days)
    midnight, is_plain = _midnight(on, zone)
    return midnight + rest * 60 if is_plain or not rest else _exact(on, rest, zone)


@lru_cache(maxsize=4096)
def _midnight(on: date, zone: ZoneInfo) -> tuple[int, bool]:
    """The instant of local midnight, and whether no clock changes before the next."""
    start = _exact(on, 0, zone)
    return start, _exact(on + timedelta(days=1), 0, zone) - start == 86_400


@lru_cache(maxsize=4096)
def _exact(on: date, minute: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(on, time(minute // 60, minute % 60))
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return int(moment.timestamp())
    # In the gap: search the moment of the change between the two offsets.
    low = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    high = int(moment.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return high


def local(seconds: int, zone: ZoneInfo) -> datetime:
    """An aware local datetime of an instant."""
    return datetime.fromtimestamp(seconds, zone)
