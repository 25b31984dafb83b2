"""What is said of how long a thing lasts, and of who looks after it; pure Python.

Directive (EU) 2024/825 has customers told, before they buy, of a producer's commercial guarantee of
durability (the GARAN label of Regulation (EU) 2025/1960), of a repairability score, spare parts,
software updates and after-sales service, where whoever makes the thing has given it to whoever sells
it. The French index of repairability or of durability stands beside the price (C. env. L541-9-1).
Nothing of it is asked for: a category names what may be said of its products, bread nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import cache

from chalandise.catalogue.classification import product_categories
from chalandise.catalogue.states import ProductLabel

GUARANTEE = ("guarantee_years", "guarantee_producer")
INDEX = ("index_kind", "index_score")
DURABILITY = (*GUARANTEE, *INDEX, "spare_parts", "updates", "after_sales", "take_back")
"""The keys of the sheet; ``take_back`` is the merchant's own words on the old thing taken back."""

INDEX_KINDS = ("repairability", "durability")
LEAST_YEARS = 3  # the label is for more than two years, counted in whole years
MOST_YEARS = 99
LONGEST = 300
_KEYS = {"guarantee": GUARANTEE, "index": INDEX}
_SCORE = re.compile(r"(?:10(?:[.,]0)?|[0-9](?:[.,][0-9])?)")
_TAKEN_BACK = {"idu:electronics": "electronics", "idu:furniture": "furniture"}


@cache
def sayable(category_key: str) -> frozenset[str]:
    """Return the keys of what may be said of the products of a category; mostly none."""
    said = next((one.may_say for one in product_categories() if one.key == category_key), ())
    return frozenset(key for what in said for key in _KEYS.get(what, (what,)))


def take_back_of(category_key: str, labels: Collection[str]) -> str:
    """Return which old things are taken back one for one: ``electronics``, ``furniture`` or blank.

    C. env. L541-10-8, of what is sold new.
    """
    return "" if ProductLabel.SECOND_HAND in labels else _stream(category_key)


@cache
def _stream(category_key: str) -> str:
    asks = next((one.requirements for one in product_categories() if one.key == category_key), ())
    return next((_TAKEN_BACK[one] for one in asks if one in _TAKEN_BACK), "")


def check_durability(said: Mapping[str, str]) -> dict[str, str]:
    """Return the sheet as it is kept: a score as ``7.8``, a guarantee with its producer or none.

    Raises:
        ValueError: with the word for what is wrong: ``few_years``, ``no_producer``, ``no_years``,
            ``not_an_index``, ``too_long`` or ``unknown_value``.
    """
    kept = {key: text for key, text in said.items() if text}
    if any(len(text) > LONGEST for text in kept.values()):
        raise ValueError("too_long")
    _check_guarantee(kept)
    _check_index(kept)
    return kept


def as_pairs(said: Mapping[str, str], *, category_key: str) -> tuple[tuple[str, str], ...]:
    """Return what customers are told, in the order of the sheet; a product filed anew says less."""
    if not said:
        return ()
    known = sayable(category_key)
    return tuple((key, said[key]) for key in DURABILITY if key in known and said.get(key))


def only_sayable(said: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Leave out what the category does not speak of, and what is blank."""
    wanted = set(keys)
    return {key: text for key, text in said.items() if key in wanted and text}


def _check_guarantee(kept: dict[str, str]) -> None:
    years, producer = (kept.get(key, "") for key in GUARANTEE)
    if not years and not producer:
        return
    if not years:
        raise ValueError("no_years")
    if not (years.isascii() and years.isdecimal() and LEAST_YEARS <= int(years[:4]) <= MOST_YEARS):
        raise ValueError("few_years")
    if not producer:
        raise ValueError("no_producer")
    kept["guarantee_years"] = str(int(years))


def _check_index(kept: dict[str, str]) -> None:
    score = kept.pop("index_score", "").removesuffix("/10").strip()
    kind = kept.pop("index_kind", "") or INDEX_KINDS[0]
    if kind not in INDEX_KINDS:
        raise ValueError("unknown_value")
    if not score:
        return
    if not _SCORE.fullmatch(score):
        raise ValueError("not_an_index")
    kept["index_kind"] = kind
    kept["index_score"] = str(Decimal(score.replace(",", ".")).quantize(Decimal("0.1")))
