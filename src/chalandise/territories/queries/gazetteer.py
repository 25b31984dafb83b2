"""Finds the commune of each row of a register, in memory and without asking the database again."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from chalandise.territories.clock import departement_code_of
from chalandise.territories.models import FormerCommune, Territory
from chalandise.territories.naming import search_key
from chalandise.territories.states import Kind

_ORDINAL = re.compile(r"\b(\d{1,2})(er|e|eme|nd|nde)?\b( arrondissement)?")

_CITIES = frozenset({"commune-75056", "commune-69123", "commune-13055"})


@dataclass
class Gazetteer:
    """Communes and arrondissements by code, by postal code and by name.

    Every answer is a key, or ``None``: a doubtful place is not guessed.
    """

    by_code: dict[str, str] = field(default_factory=dict)
    by_postal_code: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    departements: dict[str, str] = field(default_factory=dict)

    def find(self, *, insee_code: str = "", postal_code: str = "", name: str = "") -> str | None:
        """Return the key of the commune that an address names.

        The INSEE code decides alone when it is known, former codes included. Else the name among
        the communes of the postal code; else the name in the département that the postal code
        begins with, which serves CEDEX codes; else the postal code or the name alone, where it
        leaves one commune only.
        """
        known = self.by_code.get(insee_code.strip().upper())
        if known:
            return known
        postal_code = _five_digits(postal_code)
        here = self.by_postal_code.get(postal_code, set())
        named = self._named(name)
        if not name.strip():
            return self._single(here)
        if here & named:
            return self._within_city(self._single(here & named), here)
        if postal_code:
            return self._single(
                {key for key in named if postal_code.startswith(self._postal_head(key))}
            ) or (self._single(here) if not named else None)
        return self._single(named)

    def _named(self, name: str) -> set[str]:
        """Return the places of this name; « Paris 4 » and « PARIS 04 » are the arrondissement."""
        wanted = search_key(name)
        found = self.by_name.get(wanted)
        if found is None and (ordinal := _ORDINAL.search(wanted)):
            city = wanted[: ordinal.start()].strip()
            number = int(ordinal[1])
            suffix = "er" if number == 1 else "e"
            found = self.by_name.get(f"{city} {number}{suffix} arrondissement")
        return set(found or ())

    def _within_city(self, key: str | None, here: set[str]) -> str | None:
        """Return the arrondissement to which the postal code of a city narrows it down."""
        narrow = {place for place in here if place.startswith("arrondissement-")}
        return next(iter(narrow)) if key in _CITIES and len(narrow) == 1 else key

    def _single(self, keys: set[str]) -> str | None:
        """Return the only key; a city and its one arrondissement count as the arrondissement."""
        narrow = {key for key in keys if key.startswith("arrondissement-")}
        if len(narrow) == 1 and len(keys) <= 2:
            return next(iter(narrow))
        wide = keys - narrow
        return next(iter(wide)) if len(wide) == 1 else None

    def _postal_head(self, key: str) -> str:
        """Return the first digits of the postal codes in the département of a place."""
        code = self.departements[key]
        return "20" if code in {"2A", "2B"} else code


def load_gazetteer() -> Gazetteer:
    """Return the whole gazetteer: two queries, a third of a second, about 25 MB."""
    gazetteer = Gazetteer()
    former = FormerCommune.objects.order_by("-nature", "-commune__population").values_list(
        "code", "search_key", "commune_id"
    )
    for code, name, key in former.iterator():
        gazetteer.by_code.setdefault(code, key)
        if name:
            gazetteer.by_name[name].add(key)
    places = Territory.objects.of_kind(Kind.COMMUNE, Kind.ARRONDISSEMENT).values_list(
        "key", "code", "search_key", "postal_codes"
    )
    current: dict[str, set[str]] = defaultdict(set)
    for key, code, name, postal_codes in places.iterator():
        gazetteer.by_code[code] = key
        gazetteer.departements[key] = departement_code_of(code)
        current[name].add(key)
        for postal_code in postal_codes:
            gazetteer.by_postal_code[postal_code].add(key)
    gazetteer.by_name = {**gazetteer.by_name, **current}
    return gazetteer


def _five_digits(text: str) -> str:
    """Return a postal code with the leading zero that a spreadsheet ate."""
    digits = re.sub(r"\D", "", text)
    return digits.zfill(5) if len(digits) in {4, 5} else ""
