"""Is this record about that place? Points of evidence, one probability, three verdicts.

Each comparison (name, address, telephone, distance…) adds or takes points: a point is a factor of
two on the odds that both are one place (Fellegi and Sunter, 1969). The sum, less what a random pair
of the same block starts with, becomes a probability: `1 / (1 + 2 ** -points)`. Worked examples are
in `docs/algorithms/matching.md`, and tested.
"""

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from chalandise.directory.classification import FALLBACK_CATEGORY, classification
from chalandise.kernel.on_demand import OnDemand
from chalandise.kernel.text import words

if TYPE_CHECKING:
    from rapidfuzz import fuzz
else:
    fuzz = OnDemand("rapidfuzz.fuzz")

SAME_FROM = 0.88
DOUBTFUL_FROM = 0.20

PRIOR = -6.0
"""A pair that merely shares a block is one place about once in sixty-four."""

NAME_EXACT, NAME_CLOSE, NAME_ALIKE, NAME_UNLIKE = 7.0, 4.0, 1.0, -6.0
NAME_EXACT_COMMON, NAME_CLOSE_COMMON = 3.0, 2.0
NAME_PROVISIONAL_SAME_TRADE = 3.0
NAME_VAGUE = -1.0
SAME_SIREN, OTHER_SIREN = 3.0, -5.0
PHONE_EQUAL, PHONE_SHARED, PHONE_OTHER = 5.0, 1.0, -1.0
DOOR_EQUAL, STREET_EQUAL, DOOR_OTHER, STREET_OTHER = 4.0, 2.0, -2.0, -4.0
OTHER_COMMUNE = -3.0
DISTANCES = ((50.0, 3.0), (150.0, 1.5), (400.0, -1.0), (1000.0, -3.0), (math.inf, -6.0))
"""Metres up to which so many points are given; two registers geocode one door 40 m apart."""
CATEGORY_EQUAL, BRANCH_OTHER = 1.0, -1.5

EXACT_FROM, CLOSE_FROM, ALIKE_FROM = 0.97, 0.86, 0.72
COMMON_NAME_COUNT = 3
"""A name borne so often in the directory (a chain) proves less."""
SHARED_PHONE_COUNT = 3

SIRET_CLASH_CAP = 0.5
"""Two different SIRETs are two establishments; all else equal, a person should look."""

_STOP_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "chez",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "un",
        "une",
        "the",
        "and",
        "sarl",
        "sas",
        "sasu",
        "eurl",
        "sa",
        "snc",
        "sci",
        "ets",
        "etablissement",
        "etablissements",
        "ste",
        "societe",
        "entreprise",
        "maison",
        "mr",
        "mme",
        "m",
        "ei",
        "eirl",
    ]
)
_STREET_WORDS = frozenset(
    [
        "rue",
        "avenue",
        "av",
        "boulevard",
        "bd",
        "place",
        "pl",
        "chemin",
        "che",
        "impasse",
        "imp",
        "allee",
        "all",
        "route",
        "rte",
        "quai",
        "cours",
        "square",
        "sq",
        "passage",
        "pas",
        "voie",
        "faubourg",
        "fg",
        "rond",
        "point",
        "residence",
        "lieu",
        "dit",
        "zone",
        "za",
        "zi",
        "zac",
        "bis",
        "ter",
        "quater",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "saint",
        "sainte",
        "general",
        "docteur",
    ]
)
_NUMBER = re.compile(r"^\s*(\d{1,4})")
_EARTH_METRES = 6_371_000.0
_SHORTEST_SUBSET = 4


class Verdict(StrEnum):
    """What the score means."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Place:
    """What is compared of a record or of an establishment."""

    key: int | str
    name: str
    siret: str = ""
    siren: str = ""
    commune: str = ""
    street: str = ""
    phone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    category: str = ""
    is_name_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """The outcome of one comparison, with the points each piece of evidence gave."""

    score: float
    verdict: Verdict
    points: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A place prepared for comparison: folded, cut into words, ready to be indexed."""

    place: Place
    distinctive: tuple[str, ...]
    trade: tuple[str, ...]
    number: str
    street: frozenset[str]

    @property
    def name_key(self) -> str:
        """Return what two spellings of one name share."""
        return " ".join(sorted(self.distinctive)) or " ".join(sorted(self.trade))


@cache
def _trade_words() -> frozenset[str]:
    """Return the words that name a trade rather than a shop, from our own categories."""
    found: set[str] = set()
    for category in classification().leaves:
        for label in (category.name, category.plural, *category.synonyms):
            found.update(word for word in words(label) if len(word) > 2)
    return frozenset(found - {"petit", "table", "chat", "chien", "bois", "pierre", "panier"})


@cache
def branch_of(category: str) -> str:
    """Return the branch that a category stands under, itself if it is one."""
    spec = classification().by_key.get(category)
    return (spec.parent or spec.key) if spec else ""


def fingerprint(place: Place) -> Fingerprint:
    """Prepare a place for comparison."""
    trade = _trade_words()
    tokens = [word for word in words(place.name) if word not in _STOP_WORDS]
    number = _NUMBER.match(place.street)
    street_tokens = [word for word in words(place.street) if not word.isdigit() and len(word) > 1]
    street = frozenset(word for word in street_tokens if word not in _STREET_WORDS)
    return Fingerprint(
        place=place,
        distinctive=tuple(word for word in tokens if word not in trade),
        trade=tuple(word for word in tokens if word in trade),
        number=number.group(1) if number else "",
        street=street or frozenset(street_tokens),
    )


def compare(
    left: Fingerprint,
    right: Fingerprint,
    *,
    name_count: int = 1,
    phone_count: int = 1,
) -> Likeness:
    """Weigh everything known of two places.

    Args:
        left: one place.
        right: the other.
        name_count: how many places of the directory bear this name.
        phone_count: how many share this telephone number.
    """
    a, b = left.place, right.place
    if a.siret and a.siret == b.siret:
        return Likeness(1.0, Verdict.SAME, {"siret": 20.0})
    points = {
        "name": _name_points(left, right, is_common=name_count >= COMMON_NAME_COUNT),
        "siren": _equal_points(_siren(a), _siren(b), SAME_SIREN, OTHER_SIREN),
        "phone": _equal_points(
            a.phone,
            b.phone,
            PHONE_SHARED if phone_count >= SHARED_PHONE_COUNT else PHONE_EQUAL,
            PHONE_OTHER,
        ),
        "address": _address_points(left, right),
        "distance": _distance_points(a, b),
        "category": _category_points(a.category, b.category),
        "commune": OTHER_COMMUNE if a.commune and b.commune and a.commune != b.commune else 0.0,
        "prior": PRIOR,
    }
    score = 1 / (1 + 2 ** -sum(points.values()))
    if a.siret and b.siret:
        # two SIRETs are two establishments, unless everything else says the number is stale
        score = min(score, SIRET_CLASH_CAP) if score >= SAME_FROM else 0.0
        points["siret"] = 0.0
    return Likeness(round(score, 4), verdict_of(score), {k: v for k, v in points.items() if v})


def verdict_of(score: float) -> Verdict:
    """Name what a score means."""
    if score >= SAME_FROM:
        return Verdict.SAME
    return Verdict.DOUBTFUL if score >= DOUBTFUL_FROM else Verdict.DIFFERENT


def _siren(place: Place) -> str:
    return place.siren or place.siret[:9]


def _equal_points(left: str, right: str, same: float, other: float) -> float:
    if not left or not right:
        return 0.0
    return same if left == right else other


def _name_points(left: Fingerprint, right: Fingerprint, *, is_common: bool) -> float:
    if left.place.is_name_provisional or right.place.is_name_provisional:
        same_trade = left.place.category and left.place.category == right.place.category
        return NAME_PROVISIONAL_SAME_TRADE if same_trade else 0.0
    if not left.distinctive and not right.distinctive:
        likeness = fuzz.token_sort_ratio(" ".join(left.trade), " ".join(right.trade)) / 100
        is_common = True
    elif not left.distinctive or not right.distinctive:
        return NAME_VAGUE
    else:
        likeness = name_likeness(left.distinctive, right.distinctive)
    if likeness >= EXACT_FROM:
        return NAME_EXACT_COMMON if is_common else NAME_EXACT
    if likeness >= CLOSE_FROM:
        return NAME_CLOSE_COMMON if is_common else NAME_CLOSE
    return NAME_ALIKE if likeness >= ALIKE_FROM else NAME_UNLIKE


def name_likeness(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Compare the distinctive words of two names: order, spacing and a slip of the pen aside."""
    first, second = " ".join(sorted(left)), " ".join(sorted(right))
    ratio = max(fuzz.ratio(first, second), fuzz.ratio("".join(left), "".join(right))) / 100
    shared = set(left) & set(right)
    smaller = min((left, right), key=len)
    if set(smaller) <= shared and any(len(word) >= _SHORTEST_SUBSET for word in smaller):
        ratio = max(ratio, CLOSE_FROM)  # « Naturalia » and « Naturalia Bastille »
    return ratio


def _address_points(left: Fingerprint, right: Fingerprint) -> float:
    if not left.street or not right.street:
        return 0.0
    shared = left.street & right.street
    smaller = min(len(left.street), len(right.street))
    if len(shared) < smaller and not (
        fuzz.token_sort_ratio(" ".join(left.street), " ".join(right.street)) >= 85
    ):
        return STREET_OTHER
    if not left.number or not right.number:
        return STREET_EQUAL
    return DOOR_EQUAL if left.number == right.number else DOOR_OTHER


def _distance_points(a: Place, b: Place) -> float:
    metres = distance_metres(a, b)
    if metres is None:
        return 0.0
    return next(points for limit, points in DISTANCES if metres <= limit)


def distance_metres(a: Place, b: Place) -> float | None:
    """Return metres on the ground, None when a position is missing; flat earth is good enough."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    north = math.radians(b.latitude - a.latitude)
    east = math.radians(b.longitude - a.longitude) * math.cos(math.radians(a.latitude))
    return math.hypot(north, east) * _EARTH_METRES


def _category_points(left: str, right: str) -> float:
    if not left or not right or FALLBACK_CATEGORY in (left, right):
        return 0.0  # "a shop" says nothing of its trade
    if left == right:
        return CATEGORY_EQUAL
    return 0.0 if branch_of(left) == branch_of(right) else BRANCH_OTHER
