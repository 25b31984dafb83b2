"""One question for any text: what hours does it say?"""

import re
from functools import lru_cache

from .french import read_french
from .normalising import normalise_osm
from .problems import Normalised, ProblemCode
from .words import FRENCH_WEEKDAYS, fold

# Reasons for which a text may be of the other kind; any other reason would stand there too.
_OTHER_WORDS = frozenset(
    {
        ProblemCode.UNKNOWN_WORD,
        ProblemCode.UNEXPECTED,
        ProblemCode.UNSUPPORTED,
        ProblemCode.NO_DAYS,
    }
)


@lru_cache(maxsize=1024)  # most shops of a file keep the hours of another
def normalise(text: str) -> Normalised:
    """The canonical value of a text in OSM syntax or French prose, or the problem.

    Never raises. A text that names days in French is read as prose first.
    """
    first, second = (
        (read_french, normalise_osm) if _names_french_days(text) else (normalise_osm, read_french)
    )
    normalised = first(text)
    if normalised.problem is None or normalised.problem.code not in _OTHER_WORDS:
        return normalised
    other = second(text)
    return normalised if other.value is None else other


def _names_french_days(text: str) -> bool:
    return any(fold(word) in FRENCH_WEEKDAYS for word in re.findall(r"[^\W\d_]+", text[:2001]))
