"""Names of categories and territories, kept in memory because every answer shows some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from time import monotonic

from chalandise.catalogue.classification import product_categories
from chalandise.directory.models import Category
from chalandise.directory.naming import spoken
from chalandise.discovery.words import stems
from chalandise.territories.models import Territory

INTERVAL_SECONDS = 30.0


@dataclass(frozen=True)
class CategoryName:
    """A category as lists show it, with the words that suggest it."""

    key: str
    name: str
    plural: str
    parent: str
    icon: str
    tint: str
    position: int
    names: tuple[tuple[str, ...], ...]
    synonyms: tuple[tuple[str, ...], ...]
    is_retired: bool = False
    successor: str = ""
    name_en: str = ""
    plural_en: str = ""

    @property
    def shown_name(self) -> str:
        """What the reader calls one of them."""
        return spoken(self.name, self.name_en)

    @property
    def shown_plural(self) -> str:
        """What the reader calls several of them."""
        return spoken(self.plural, self.plural_en)


_lock = Lock()
_read_at = float("-inf")
_categories: dict[str, CategoryName] = {}
_territories: dict[str, str] = {}


def category_names() -> dict[str, CategoryName]:
    """Return every category by key, in order; at most one query every `INTERVAL_SECONDS`."""
    global _read_at, _categories
    if monotonic() - _read_at < INTERVAL_SECONDS:
        return _categories
    with _lock:
        if monotonic() - _read_at >= INTERVAL_SECONDS:
            _categories = {one.key: _name_of(one) for one in Category.objects.all()}
            _territories.clear()
            _read_at = monotonic()
    return _categories


def standing_category(key: str) -> str:
    """Return the key of what took the place of a retired category; ``key`` itself for any other."""
    known = category_names().get(key)
    return known.successor if known and known.successor else key


def names_a_trade(words: str) -> bool:
    """Tell whether words are the name of a trade, and so ask for shops: « boulangerie », « bar ».

    A word that means goods as well (« pain », « livres ») asks for goods.
    """
    asked = tuple(stems(words))
    if not asked:
        return False
    trades = category_names().values()
    if any(set(asked) <= set(phrase) for one in trades for phrase in one.names):
        return True
    return asked not in _goods() and any(asked in one.synonyms for one in trades)


@cache
def _goods() -> frozenset[tuple[str, ...]]:
    names = (name for one in product_categories() for name in (one.name, one.name_en))
    return frozenset(tuple(stems(name)) for name in names)


def territory_names(keys: Iterable[str]) -> dict[str, str]:
    """Return the names of some territories; at most one query, for those not yet known."""
    wanted = set(keys)
    unknown = wanted - _territories.keys()
    if unknown:
        rows = Territory.objects.filter(key__in=unknown).values_list("key", "name")
        _territories.update(rows)
    return {key: _territories[key] for key in wanted if key in _territories}


def forget() -> None:
    """Read the names again at the next question."""
    global _read_at
    _read_at = float("-inf")
    _territories.clear()


def _name_of(one: Category) -> CategoryName:
    english = [text for text in (one.name_en, one.plural_en, *one.synonyms_en) if text]
    return CategoryName(
        key=one.key,
        name=one.name,
        plural=one.plural or one.name,
        parent=one.parent_id or "",
        icon=one.icon,
        tint=one.tint,
        position=one.position,
        names=tuple(tuple(stems(text)) for text in (one.name, one.plural) if text),
        synonyms=tuple(tuple(stems(text)) for text in (*one.synonyms, *english)),
        is_retired=one.retired_at is not None,
        successor=one.successor_id or "",
        name_en=one.name_en,
        plural_en=one.plural_en or one.name_en,
    )
