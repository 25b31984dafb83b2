"""Why a text cannot be read as opening hours: a code and the words at fault, never a sentence."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    """What stands in the way; each face has its own sentence for each code."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_WORD = "unknown_word"
    UNEXPECTED = "unexpected"
    BAD_TIME = "bad_time"
    BAD_DATE = "bad_date"
    POINT_IN_TIME = "point_in_time"
    SUN = "sun"
    AMBIGUOUS = "ambiguous"
    CONTRADICTORY = "contradictory"
    NO_DAYS = "no_days"
    NO_HOURS = "no_hours"
    UNSUPPORTED = "unsupported"
    READINGS_DIFFER = "readings_differ"


@dataclass(frozen=True)
class Problem:
    """One reason to refuse, with the piece of text that caused it."""

    code: ProblemCode
    fragment: str = ""


class HoursError(ValueError):
    """Raised while reading; carries the `Problem` that the public functions return."""

    def __init__(self, code: ProblemCode, fragment: str = "") -> None:
        super().__init__(code.value, fragment)
        self.problem = Problem(code, fragment[:80])


@dataclass(frozen=True)
class Normalised:
    """What became of a text: a canonical OSM value, or None and the problem."""

    value: str | None
    repairs: tuple[str, ...] = ()
    problem: Problem | None = None
