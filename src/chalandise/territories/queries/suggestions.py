"""Answers « où ? » while a person types: names, postal codes, département numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Length

from chalandise.territories.models import WORDS, FormerCommune, Territory, TerritoryQuerySet
from chalandise.territories.naming import search_words
from chalandise.territories.states import Kind

_KIND_ORDER = (Kind.COMMUNE, Kind.EPCI, Kind.DEPARTEMENT, Kind.REGION, Kind.ARRONDISSEMENT)
_LINKS = frozenset({"de", "des", "du", "d", "et"})
_QUALIFIED = re.compile(r"(?P<name>.*?\D)[\s,(]+(?P<code>\d{5}|\d\d|97\d|2[ab])\)?", re.IGNORECASE)
_POSTAL = re.compile(r"\d{3,5}")
_DEPARTEMENT = re.compile(r"\d\d|97\d|2[ab]", re.IGNORECASE)


@dataclass(frozen=True)
class Suggestion:
    """One answer to « où ? ».

    Attributes:
        territory: the place, with its département at hand.
        formerly: the former commune through which it was found, empty otherwise.
    """

    territory: Territory
    formerly: str = ""

    @property
    def label(self) -> str:
        """The name as it goes into the field: homonyms told apart by their département."""
        place = self.territory
        if place.kind in {Kind.COMMUNE, Kind.ARRONDISSEMENT} and place.departement_code:
            return f"{place.name} ({place.departement_code})"
        return place.full_name

    @property
    def departement_name(self) -> str:
        """Name of the département or overseas collectivity, empty where there is none or several."""
        return self.territory.departement_name


def suggest_territories(
    text: str,
    *,
    scope: Iterable[str] | None = None,
    kinds: Iterable[Kind] = _KIND_ORDER,
    limit: int = 10,
) -> list[Suggestion]:
    """Return the places that ``text`` may mean, the likeliest first; at most three queries.

    Accents, capitals, hyphens, apostrophes and « St » for « Saint » do not matter; each word may be
    unfinished. « 46000 », « Cahors 46000 », « Sainte-Colombe (46) » and « 46 » work, and so does
    the name of a commune that merged. An exact name comes before a beginning, a beginning before a
    word inside; then the more populated place.

    Args:
        text: what the person typed.
        scope: keys of the territories inside which to look, everywhere when absent.
        kinds: kinds to propose.
        limit: how many at most.
    """
    places = Territory.objects.of_kind(*kinds).select_related("departement")
    if scope is not None:
        places = places.within(scope)
    text = text.strip()
    if _POSTAL.fullmatch(text) or _DEPARTEMENT.fullmatch(text):
        return [Suggestion(place) for place in _by_number(places, text)[:limit]]
    spelt = search_words(text)
    if not spelt:
        return []
    if qualified := _QUALIFIED.fullmatch(text):
        narrowed = _by_words(_qualified(places, qualified["code"]), search_words(qualified["name"]))
        found = [Suggestion(place) for place in narrowed[:limit]]
        if found:
            return found
    found = [Suggestion(place) for place in _by_words(places, spelt)[:limit]]
    if len(found) < limit and Kind.COMMUNE in set(kinds):
        found += _by_former_name(places, spelt, found)[: limit - len(found)]
    return found


def _by_number(places: TerritoryQuerySet, text: str) -> TerritoryQuerySet:
    """Return the places of a postal code or of its beginning, and the département of a number."""
    code = text.upper()
    departement = Q(kind=Kind.DEPARTEMENT, code=code)
    if len(code) == 2:
        found = places.filter(departement | Q(departement=Kind.DEPARTEMENT.key(code)))
    else:
        found = places.filter(departement | Q(postal_codes__overlap=_completed(code)))
    first = Case(When(departement, then=Value(0)), default=Value(1))
    return found.order_by(first, *_LIKELIEST)


def _completed(digits: str) -> list[str]:
    """Return the postal codes that begin with ``digits``; a lost leading zero is given back."""
    missing = 5 - len(digits)
    codes = [f"{digits}{rest:0{missing}d}" for rest in range(10**missing)] if missing else [digits]
    return [*codes, f"0{digits}"] if missing == 1 else codes


def _qualified(places: TerritoryQuerySet, code: str) -> TerritoryQuerySet:
    """Keep the places of a postal code or of a département."""
    if len(code) == 5:
        return places.filter(postal_codes__contains=[code])
    key = Kind.DEPARTEMENT.key(code.upper())
    return places.filter(Q(departement=key) | Q(key=key))


def _by_words(places: TerritoryQuerySet, spelt: list[str]) -> TerritoryQuerySet:
    """Return the places whose name has a word beginning with each of ``spelt``."""
    if not spelt:
        return places.none()
    wanted = " ".join(spelt)
    closeness = Case(
        When(search_key=wanted, then=Value(0)),
        When(search_key__startswith=wanted, then=Value(1)),
        default=Value(2),
    )
    return (
        places.annotate(words=WORDS).filter(words=_prefixes(spelt)).order_by(closeness, *_LIKELIEST)
    )


def _by_former_name(
    places: TerritoryQuerySet, spelt: list[str], found: list[Suggestion]
) -> list[Suggestion]:
    """Return the communes that took in a commune of this name and are not found already."""
    former = (
        FormerCommune.objects.annotate(words=WORDS)
        .filter(words=_prefixes(spelt), commune__in=places.order_by().values("key"))
        .exclude(commune__in=[suggestion.territory.key for suggestion in found])
        .select_related("commune__departement")
        .order_by(Length("search_key"), "search_key", "pk")
    )
    by_key: dict[str, Suggestion] = {}
    for row in former[:50]:
        by_key.setdefault(row.commune_id, Suggestion(row.commune, formerly=row.name))
    return list(by_key.values())


def _prefixes(spelt: list[str]) -> SearchQuery:
    """Return a query for words that begin so; links such as « de » only count alone."""
    weighty = [word for word in spelt if word not in _LINKS] or spelt
    raw = " & ".join(f"'{word}':*" for word in weighty)
    return SearchQuery(raw, search_type="raw", config="simple")


_LIKELIEST = (
    F("population").desc(nulls_last=True),
    Case(*(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(_KIND_ORDER))),
    "sort_key",
    "key",
)
