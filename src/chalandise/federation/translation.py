"""From the facts of a record to the facts a sheet is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalandise.directory.classification import FALLBACK_CATEGORY
from chalandise.directory.errors import BadFactError
from chalandise.directory.fact_fields import HOURS_FIELDS, columns_of
from chalandise.directory.models import Category, Establishment
from chalandise.directory.values import Position, PostalAddress
from chalandise.federation.readers.records import Facts
from chalandise.kernel.confusables import has_look_alikes, undisguised
from chalandise.territories.models import Territory

_PLAIN = ("activity_code", "phone", "email", "website", "order_url", "description")
_LONGEST_STREET = 200


def directory_facts(
    facts: Facts,
    *,
    commune: Territory,
    categories: Mapping[str, Category],
    known: Establishment | None,
    activities: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], list[BadFactError]]:
    """Return what a record brings to a sheet, and the facts that may not enter.

    What a record leaves out takes nothing away from a known establishment; a new one gets a
    category and a position in any case. ``activities`` says which category the operator files a
    register's activity code under, where that differs from the shipped classification.
    """
    brought = _identity(facts, known) | _place(facts, commune, known)
    category = (activities or {}).get(facts.activity_code) or facts.category_key
    if category not in categories or (known and category == FALLBACK_CATEGORY):
        category = "" if known else FALLBACK_CATEGORY
    if category:
        brought["category"] = categories[category]
    brought |= {name: getattr(facts, name) for name in _PLAIN if getattr(facts, name)}
    for name in ("services", "labels"):
        if getattr(facts, name):
            brought[name] = list(getattr(facts, name))
    brought |= {f"hours:{purpose}": text for purpose, text in facts.hours if text}
    return _admissible(brought)


def _identity(facts: Facts, known: Establishment | None) -> dict[str, Any]:
    brought: dict[str, Any] = {}
    is_disguise = (
        known is not None
        and has_look_alikes(facts.name)
        and undisguised(facts.name) == undisguised(known.name)
    )  # fault 77: the same name, spelt with letters of another alphabet, says nothing new
    if known is None or not (facts.is_name_provisional or is_disguise):
        brought["name"] = facts.name
    if facts.siret and (known is None or known.siret in (None, facts.siret)):
        brought["siret"] = facts.siret
    return brought


def _place(facts: Facts, commune: Territory, known: Establishment | None) -> dict[str, Any]:
    brought: dict[str, Any] = {}
    if known is None or facts.street:
        brought["address"] = PostalAddress(
            street=facts.street[:_LONGEST_STREET],
            postal_code=facts.postal_code or _likely_code(commune, known),
            commune=commune,
            complement=facts.complement[:_LONGEST_STREET],
        )
    if facts.latitude is not None and facts.longitude is not None:
        brought["position"] = Position(facts.latitude, facts.longitude)
    elif known is None and commune.latitude is not None and commune.longitude is not None:
        brought["position"] = Position(commune.latitude, commune.longitude, is_by_commune=True)
    return brought


def _likely_code(commune: Territory, known: Establishment | None) -> str:
    """Return the code the sheet already has in this commune, else the commune's only one."""
    if known and known.commune_id == commune.pk and known.postal_code:
        return known.postal_code
    return commune.postal_codes[0] if len(commune.postal_codes) == 1 else ""


def _admissible(brought: dict[str, Any]) -> tuple[dict[str, Any], list[BadFactError]]:
    """Part what may enter from what may not, so that one bad cell does not stop a batch."""
    refused = []
    admitted = {}
    for name, value in brought.items():
        try:
            if name not in HOURS_FIELDS:
                columns_of(name, value)
        except BadFactError as error:
            refused.append(error)
        else:
            admitted[name] = value
    return admitted, refused
