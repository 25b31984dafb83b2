"""Our public classification, read from the file that ships with the room.

Pure Python: the table `directory.models.Category` is filled from it. Imports ask a tree which
category a label, an activity code or a set of OpenStreetMap tags means: the shipped one, or the one
that stands in the database (`queries.filing.standing_classification`).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from chalandise.kernel.text import fold

DATA = Path(__file__).parent / "data"
FALLBACK_CATEGORY = "autre-commerce"
"""Where a shop goes when its source says "a shop" and no more."""

_NAF = re.compile(r"[0-9]{2}\.[0-9]{2}[A-Z]")
_DIVISION = 2
_SHORT_WORD = 3
_OSM_KEYS = ("shop", "craft", "amenity", "leisure")
_OSM_RULE = re.compile(
    r"(?:shop|craft|amenity|leisure)=[a-z0-9_:-]+(?:&[a-z0-9_:-]+=[a-zA-Z0-9_:-]+)*"
)
_OTHER_SHOPS = frozenset({"vacant", "no", "disused", "closed", "empty"})


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """One category as the shipped file describes it."""

    key: str
    name: str
    plural: str
    icon: str
    tint: str
    name_en: str = ""
    plural_en: str = ""
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    synonyms_en: tuple[str, ...] = ()
    naf_codes: tuple[str, ...] = ()
    osm_tags: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True)
class Classification:
    """The whole tree, with the ways into it."""

    categories: tuple[CategorySpec, ...]
    by_key: Mapping[str, CategorySpec] = field(repr=False)
    by_naf: Mapping[str, CategorySpec] = field(repr=False)
    by_osm: Mapping[tuple[str, str], tuple[tuple[Mapping[str, str], CategorySpec], ...]] = field(
        repr=False
    )
    by_word: Mapping[str, CategorySpec] = field(repr=False)

    @property
    def branches(self) -> list[CategorySpec]:
        """Return the categories that others stand under."""
        return [category for category in self.categories if not category.parent]

    @property
    def leaves(self) -> list[CategorySpec]:
        """Return the categories that establishments are filed under."""
        return [category for category in self.categories if category.parent]


@cache
def classification() -> Classification:
    """Return the shipped tree; read once."""
    return load_classification(DATA / "categories.toml")


def load_classification(path: Path) -> Classification:
    """Read a tree from a file of the shape of `data/categories.toml`."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return classify(_specs(document["branch"]))


def classify(specs: Iterable[CategorySpec]) -> Classification:
    """Make a tree of its categories; the first that claims a code, a tag or a word keeps it."""
    categories = tuple(specs)
    return Classification(
        categories=categories,
        by_key={category.key: category for category in categories},
        by_naf={code: one for one in reversed(categories) for code in one.naf_codes},
        by_osm=_index_osm(categories),
        by_word=_index_words(categories),
    )


def _specs(branches: Iterable[dict[str, Any]]) -> Iterable[CategorySpec]:
    position = 0
    for branch in branches:
        position += 100 - position % 100
        yield _spec(branch, tint=branch["tint"], parent="", position=position)
        for step, leaf in enumerate(branch["leaves"], start=1):
            tint = leaf.get("tint", branch["tint"])
            yield _spec(leaf, tint=tint, parent=branch["key"], position=position + step)


def _spec(row: dict[str, Any], *, tint: str, parent: str, position: int) -> CategorySpec:
    return CategorySpec(
        key=row["key"],
        name=row["name"],
        plural=row.get("plural", row["name"]),
        name_en=row["name_en"],
        plural_en=row.get("plural_en", row["name_en"]),
        icon=row["icon"],
        tint=tint,
        parent=parent,
        synonyms=tuple(row.get("synonyms", ())),
        synonyms_en=tuple(row.get("synonyms_en", ())),
        naf_codes=tuple(row.get("naf", ())),
        osm_tags=tuple(row.get("osm", ())),
        position=position,
    )


def _index_osm(
    categories: Iterable[CategorySpec],
) -> dict[tuple[str, str], tuple[tuple[Mapping[str, str], CategorySpec], ...]]:
    """Group rules by their first tag, the most demanding first."""
    rules: dict[tuple[str, str], list[tuple[Mapping[str, str], CategorySpec]]] = {}
    for category in categories:
        for rule in category.osm_tags:
            first, *others = (tuple(tag.split("=", 1)) for tag in rule.split("&"))
            rules.setdefault((first[0], first[1]), []).append(
                ({other[0]: other[1] for other in others}, category)
            )
    return {
        head: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for head, found in rules.items()
    }


def _index_words(categories: Iterable[CategorySpec]) -> dict[str, CategorySpec]:
    """Index labels first, then synonyms; the first to claim a word keeps it."""
    words: dict[str, CategorySpec] = {}
    leaves = [category for category in categories if category.parent]
    for category in leaves:
        for label in (category.name, category.plural, category.key.replace("-", " ")):
            words.setdefault(_word_key(label), category)
    for category in leaves:
        for synonym in category.synonyms:
            words.setdefault(_word_key(synonym), category)
    return words


def _word_key(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    return " ".join(
        word[:-1] if len(word) > _SHORT_WORD and word[-1] in "sx" else word for word in words
    )


def category_for_naf(code: str, tree: Classification | None = None) -> CategorySpec | None:
    """Return the category of an INSEE activity code, written `47.24Z` or `4724Z`."""
    return (tree or classification()).by_naf.get(normalise_naf(code))


def normalise_naf(code: str) -> str:
    """Write an activity code with its point and its capital: `4724z` is `47.24Z`."""
    bare = code.strip().upper().replace(".", "").replace(" ", "")
    return f"{bare[:2]}.{bare[2:]}" if len(bare) > _DIVISION else bare


def is_naf(code: str) -> bool:
    """Tell whether a text has the shape of an activity code, written `47.24Z`."""
    return _NAF.fullmatch(code) is not None


def is_osm_rule(text: str) -> bool:
    """Tell whether a text is tags that file a shop: `shop=bakery`, or several joined by `&`."""
    return _OSM_RULE.fullmatch(text) is not None


def category_for_osm(
    tags: Mapping[str, str], tree: Classification | None = None
) -> CategorySpec | None:
    """Return the category that OpenStreetMap tags mean, the most precise rule first.

    Values may be lists (`shop=bakery;pastry`): the first that is known counts. A shop of an
    unknown kind is still a shop; anything else unknown is not for a directory of commerce.
    """
    tree = tree or classification()
    for key in _OSM_KEYS:
        for value in _values(tags.get(key, "")):
            for conditions, category in tree.by_osm.get((key, value), ()):
                if all(wanted in _values(tags.get(k, "")) for k, wanted in conditions.items()):
                    return category
    shop = tags.get("shop", "")
    if shop and shop not in _OTHER_SHOPS:
        return tree.by_key[FALLBACK_CATEGORY]
    return None


def _values(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def category_for_label(label: str, tree: Classification | None = None) -> CategorySpec | None:
    """Return the category a French label names, as files of communes write them.

    The whole label is tried, then its parts (`Boucherie - charcuterie - rôtisserie`), then its
    first words.
    """
    tree = tree or classification()
    parts = [part for part in _split_label(label) if part]
    for candidate in (label, *parts):
        if found := tree.by_word.get(_word_key(candidate)):
            return found
    for part in parts:
        words = _word_key(part).split()
        for length in range(len(words) - 1, 0, -1):
            if found := tree.by_word.get(" ".join(words[:length])):
                return found
    return None


def _split_label(label: str) -> list[str]:
    text = fold(label)
    for separator in (" - ", "/", ",", ";", "(", ")", " ou ", " et ", "-"):
        text = text.replace(separator, "|")
    return [part.strip() for part in text.split("|")]


@dataclass(frozen=True, slots=True)
class ActivityList:
    """The activity codes an import keeps, by group."""

    groups: Mapping[str, tuple[str, ...]]

    @property
    def codes(self) -> frozenset[str]:
        """Return every code that is kept."""
        return frozenset(
            code for name, codes in self.groups.items() if name != "left_out" for code in codes
        )


def load_activities(path: Path | None = None) -> ActivityList:
    """Read the list of kept activities, the shipped one unless another file is given."""
    source = path or DATA / "activities.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    return ActivityList(
        {name: tuple(normalise_naf(code) for code in codes) for name, codes in document.items()}
    )
