"""All that decides when a door is open, as one value: equal values share their answers."""

from dataclasses import dataclass
from functools import lru_cache

from .schedule import Closing, Schedule


@dataclass(frozen=True)
class Opening:
    """The hours of one establishment for one purpose, with the place and the closings."""

    value: str
    timezone: str
    holiday_zone: str
    closings: tuple[Closing, ...] = ()


@lru_cache(maxsize=8192)
def schedule_for(opening: Opening) -> Schedule:
    """Return the schedule of an opening, shared by all who ask: nobody writes into it.

    Raises `HoursError` for a value that does not read.
    """
    return Schedule(
        opening.value,
        timezone=opening.timezone,
        holiday_zone=opening.holiday_zone,
        closings=opening.closings,
    )
