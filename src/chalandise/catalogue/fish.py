"""What customers are told of fish and shellfish before they buy (EU 1379/2013, article 35); pure Python.

Where it was caught or farmed is the product's ``origin``; the rest stands in its food sheet.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalandise.catalogue.states import FishingGear, FishProduction

FISH_BRANCH = "mer-riviere"
"""The branch of our classification whose products may say all this; fresh ones must."""

FISH_SHEET = ("commercial_name", "scientific_name", "production", "gear")
"""The keys of a food sheet that are of fish alone; a gear is of what is caught."""

_CODES = {"production": FishProduction.values, "gear": FishingGear.values}


def missing_of_fish(food_sheet: Mapping[str, str]) -> list[str]:
    """Return the keys that lack; nothing caught is shown without what it was caught with."""
    wanted = FISH_SHEET if _is_caught(food_sheet) else FISH_SHEET[:-1]
    return [key for key in wanted if not food_sheet.get(key)]


def check_fish(food_sheet: dict[str, str]) -> dict[str, str]:
    """Return the sheet, without a gear where nothing was caught.

    Raises:
        ValueError: a production or a gear that the law does not know.
    """
    for key, known in _CODES.items():
        if food_sheet.get(key, known[0]) not in known:
            raise ValueError("unknown_value")
    if food_sheet.get("production") == FishProduction.FARMED:
        return {key: text for key, text in food_sheet.items() if key != "gear"}
    return food_sheet


def say_fish(key: str, text: str) -> str:
    """Return in words what a key of the sheet says: a code by its name, anything else as it is."""
    names = {"production": FishProduction, "gear": FishingGear}.get(key)
    known = dict(names.choices) if names else {}
    return str(known.get(text, text))


def _is_caught(food_sheet: Mapping[str, str]) -> bool:
    return food_sheet.get("production") in {FishProduction.SEA, FishProduction.FRESHWATER}
