"""Opening hours, in plain Python.

Text of any kind comes in through `normalise` (OSM syntax, with its slips) or `read_french`
(prose); what is stored is always a canonical OSM value. A `Schedule` puts that value in a place:
a time zone, a holiday zone, exceptional closings. It says what is open, when, and until when.
"""

from .normalising import normalise
from .problems import HoursError, Normalised, Problem, ProblemCode
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

__all__ = [
    "CLOSING_SOON_MINUTES",
    "HORIZON_DAYS",
    "Closing",
    "Day",
    "DayTimes",
    "HoursError",
    "Interval",
    "Normalised",
    "OpenStatus",
    "Problem",
    "ProblemCode",
    "Schedule",
    "normalise",
]
