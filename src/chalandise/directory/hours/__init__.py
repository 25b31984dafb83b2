"""Opening hours, in plain Python.

Text of any kind comes in through `normalise` (OSM syntax, with its slips) or `read_french`
(prose); what is stored is always a canonical OSM value. A `Schedule` puts that value in a place:
a time zone, a holiday zone, exceptional closings. It says what is open, when, and until when.
"""

from .dayranges import read_day_ranges
from .facts import DayGroup, StatusFacts, StatusKind, grouped_days, status_facts
from .french import read_french
from .openings import Opening, schedule_for
from .problems import HoursError, Normalised, Problem, ProblemCode
from .reading import normalise
from .schedule import (
    CLOSING_SOON_MINUTES,
    HORIZON_DAYS,
    Closing,
    Day,
    DayTimes,
    Interval,
    OpenStatus,
    Schedule,
)
from .structured import opening_hours_specification
from .weekly import MAX_RANGES, WeeklyHours

__all__ = [
    "CLOSING_SOON_MINUTES",
    "HORIZON_DAYS",
    "MAX_RANGES",
    "Closing",
    "Day",
    "DayGroup",
    "DayTimes",
    "HoursError",
    "Interval",
    "Normalised",
    "OpenStatus",
    "Opening",
    "Problem",
    "ProblemCode",
    "Schedule",
    "StatusFacts",
    "StatusKind",
    "WeeklyHours",
    "grouped_days",
    "normalise",
    "opening_hours_specification",
    "read_day_ranges",
    "read_french",
    "schedule_for",
    "status_facts",
]
