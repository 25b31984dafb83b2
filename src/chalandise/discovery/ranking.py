"""Why one result comes before another: every number the ranking uses.

The points of a result are the sum, over the words asked for, of the best place where the word was
found, multiplied by how lively the sheet is. Nothing is bought and nothing is learnt from visitors.
The public page of the portal prints this very table (`explain_ranking`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chalandise.directory.states import Level

POINTS = {"kind": 10.0, "name": 8.0, "synonym": 6.0, "place": 4.0, "area": 2.0, "about": 1.0}
"""What a word is worth where it stands (see `schema.WORD_FIELDS`)."""
ALSO = 0.3
"""Share of the points of the other places where the same word stands too."""
WHOLE_NAME = 10.0
"""More points when the question is the whole name."""
PREFIX = 0.6
"""Share of the points when the word is only begun."""
TYPO = 0.5
"""Share of the points when the word is spelt otherwise; only when no result has it as typed."""
LEVEL = 0.03
"""What each level of the ladder adds to the factor of liveliness, which begins at 1."""
LOT = 0.01
"""The most that the draw by lot adds, so that equals come in an order nobody chose."""

SHORTEST_PREFIX = 2
TYPO_FROM_LETTERS = {1: 4, 2: 8}
"""Letters a word needs before one, or two, of them may be wrong."""


def lot_of(pk: int) -> float:
    """Return the number, from 0 to 1, that an establishment drew: the same for ever."""
    return (pk * 2_654_435_761 % 2**32) / 2**32


def quality_of(level: int, pk: int) -> float:
    """Return the factor of liveliness."""
    return 1.0 + LEVEL * level + LOT * lot_of(pk)


def weight_of(quality: float) -> float:
    """Return what tantivy must be given so that it multiplies a score by ``quality``.

    It multiplies by ``log2(2 + weight)``, whatever the field holds.
    """
    return float(2**quality - 2)


def standing_of(level: int, pk: int) -> int:
    """Return the place in a list without words, smallest first: the ladder, then the lot.

    Unique for each establishment, so that a page can begin just after the last one shown.
    """
    climbed = max(0, max(Level.values) - level)
    return climbed << 60 | int(lot_of(pk) * 2**28) << 32 | pk % 2**32


def allowed_typos(word: str) -> int:
    """Return how many letters of ``word`` may be wrong."""
    return max((n for n, letters in TYPO_FROM_LETTERS.items() if len(word) >= letters), default=0)


@dataclass(frozen=True)
class RankingRule:
    """One line of the public explanation.

    Attributes:
        key: a stable name.
        points: what it weighs.
        sentence: what it means, in the reader's language.
    """

    key: str
    points: float
    sentence: str | Promise


def explain_ranking() -> list[RankingRule]:
    """Return the rules of relevance in the order to read them, from the constants in use."""
    return [
        RankingRule("whole_name", WHOLE_NAME, _("What you typed is the whole name of the place.")),
        RankingRule("kind", POINTS["kind"], _("A word names the trade: “bakery”.")),
        RankingRule("name", POINTS["name"], _("A word stands in the name.")),
        RankingRule(
            "synonym",
            POINTS["synonym"],
            _("A word goes with the trade or its branch: “bread” for a bakery."),
        ),
        RankingRule("place", POINTS["place"], _("A word names the commune or its postal code.")),
        RankingRule("area", POINTS["area"], _("A word names the area around the commune.")),
        RankingRule(
            "about", POINTS["about"], _("A word stands in the presentation or the street.")
        ),
        RankingRule(
            "also", ALSO, _("A word stands in several of these places: this share of the others.")
        ),
        RankingRule("prefix", PREFIX, _("The word is only begun: this share of its points.")),
        RankingRule(
            "typo",
            TYPO,
            _("Nobody has the word as typed, a close spelling is taken: this share of its points."),
        ),
        RankingRule(
            "level",
            LEVEL,
            _(
                "For each step a sheet has climbed (claimed, hours confirmed, pictures…), this more."
            ),
        ),
        RankingRule(
            "lot", LOT, _("Equals are drawn by lot, once and for all: at most this much more.")
        ),
    ]
