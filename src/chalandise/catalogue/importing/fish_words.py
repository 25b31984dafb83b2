"""How fish was got, as merchants write it in their files; pure Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalandise.catalogue.classification import parent_of
from chalandise.catalogue.fish import FISH_BRANCH, FISH_SHEET, check_fish
from chalandise.catalogue.states import FishingGear, FishProduction
from chalandise.directory.cleaning.text import plain_text
from chalandise.kernel.text import fold

LONGEST = 120
_WORDS: Mapping[str, Mapping[str, str]] = {
    "production": {
        "elev": FishProduction.FARMED,
        "aquacult": FishProduction.FARMED,
        "farm": FishProduction.FARMED,
        "douce": FishProduction.FRESHWATER,
        "freshwater": FishProduction.FRESHWATER,
        "pech": FishProduction.SEA,
        "sauvage": FishProduction.SEA,
        "mer": FishProduction.SEA,
        "caught": FishProduction.SEA,
    },
    "gear": {
        "chalut": FishingGear.TRAWLS,
        "trawl": FishingGear.TRAWLS,
        "senne": FishingGear.SEINES,
        "tournant": FishingGear.SURROUNDING,
        "bolinche": FishingGear.SURROUNDING,
        "souleve": FishingGear.SURROUNDING,
        "filet": FishingGear.GILLNETS,
        "tremail": FishingGear.GILLNETS,
        "ligne": FishingGear.HOOKS,
        "hamecon": FishingGear.HOOKS,
        "palangre": FishingGear.HOOKS,
        "drague": FishingGear.DREDGES,
        "casier": FishingGear.TRAPS,
        "piege": FishingGear.TRAPS,
        "nasse": FishingGear.TRAPS,
        "main": FishingGear.BY_HAND,
        "a pied": FishingGear.BY_HAND,
    },
}


def read_fish(text: Callable[[str], str], category: str) -> tuple[dict[str, str], list[str]]:
    """Return what a row says of fish, and the columns whose words are not understood.

    Args:
        text: gives the cell of a column.
        category: the leaf of the product; of anything but fish nothing is read.
    """
    if parent_of(category) != FISH_BRANCH:
        return {}, []
    said = {key: plain_text(text(key)).value.strip()[:LONGEST] for key in FISH_SHEET}
    unknown = []
    for key, known in _WORDS.items():
        code = _code(fold(said[key]), known)
        if said[key] and not code:
            unknown.append(key)
        said[key] = code
    return check_fish({key: one for key, one in said.items() if one}), unknown


def _code(typed: str, known: Mapping[str, str]) -> str:
    """Return the code that is written itself, or whose word is in what is typed, blank if none."""
    if typed in known.values():
        return typed
    return next((code for word, code in known.items() if word in typed), "")
