"""Reads of the directory, one file per subject."""

from chalandise.directory.queries.cards import Card, list_cards
from chalandise.directory.queries.claims import (
    get_claim_on,
    is_looked_after,
    list_letters_to_print,
    list_open_claims,
    list_waiting_claims,
)
from chalandise.directory.queries.ladder import ladder_standing, next_step
from chalandise.directory.queries.sheets import (
    Provenance,
    get_establishment_for_member,
    get_establishment_on,
    list_establishments_of_member,
    list_provenance,
    local_day,
    opening_of,
    opening_values,
    openings_of,
)
from chalandise.directory.queries.slugs import free_slugs

__all__ = [
    "Card",
    "Provenance",
    "free_slugs",
    "get_claim_on",
    "get_establishment_for_member",
    "get_establishment_on",
    "is_looked_after",
    "ladder_standing",
    "list_cards",
    "list_establishments_of_member",
    "list_letters_to_print",
    "list_open_claims",
    "list_provenance",
    "list_waiting_claims",
    "local_day",
    "next_step",
    "opening_of",
    "opening_values",
    "openings_of",
]
