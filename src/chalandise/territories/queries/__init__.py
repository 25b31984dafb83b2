"""Reads of the room: one territory, its surroundings, suggestions, outlines, and the gazetteer."""

from chalandise.territories.queries.credits import Credit, territory_credit
from chalandise.territories.queries.gazetteer import Gazetteer, load_gazetteer
from chalandise.territories.queries.outlines import (
    MOST_OUTLINES,
    are_too_many,
    contours_of,
    find_commune_at,
    list_communes_near,
    outline_box,
)
from chalandise.territories.queries.places import (
    find_commune,
    find_territory,
    get_territory,
    is_country_loaded,
    list_ancestors,
    list_communes,
    list_containing,
    list_departements,
    list_intercommunalities,
    list_successors,
    list_territories,
    parse_territory_keys,
)
from chalandise.territories.queries.suggestions import Suggestion, suggest_territories

__all__ = [
    "MOST_OUTLINES",
    "Credit",
    "Gazetteer",
    "Suggestion",
    "are_too_many",
    "contours_of",
    "find_commune",
    "find_commune_at",
    "find_territory",
    "get_territory",
    "is_country_loaded",
    "list_ancestors",
    "list_communes",
    "list_communes_near",
    "list_containing",
    "list_departements",
    "list_intercommunalities",
    "list_successors",
    "list_territories",
    "load_gazetteer",
    "outline_box",
    "parse_territory_keys",
    "suggest_territories",
    "territory_credit",
]
