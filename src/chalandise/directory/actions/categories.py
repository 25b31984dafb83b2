"""Bringing the shipped classification into the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.directory.classification import CategorySpec, classification
from chalandise.directory.models import Category
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

_FIELDS = (
    "name",
    "plural",
    "parent_id",
    "icon",
    "tint",
    "synonyms",
    "naf_codes",
    "osm_tags",
    "position",
)


@dataclass(frozen=True)
class CategoriesLoaded:
    """What a load changed.

    Attributes:
        created: keys that were made.
        updated: keys whose texts or mappings moved.
    """

    created: list[str]
    updated: list[str]


@transaction.atomic
def load_categories(*, by: Actor, at: datetime) -> CategoriesLoaded:
    """Bring the categories to the tree that the package carries; again changes nothing.

    A category that an operator edited stays as the operator wrote it.
    """
    known = {category.key: category for category in Category.objects.select_for_update()}
    created, updated = [], []
    for spec in classification().categories:  # branches come before their leaves
        wanted = _category(spec)
        here = known.get(spec.key)
        if here is None:
            wanted.save(force_insert=True)
            created.append(spec.key)
        elif not here.is_custom and _differs(here, wanted):
            wanted.save(force_update=True)
            updated.append(spec.key)
    if created or updated:
        detail = {"created": len(created), "updated": updated}
        record("directory.category", "loaded", by=by, at=at, detail=detail)
    return CategoriesLoaded(created, updated)


def _category(spec: CategorySpec) -> Category:
    return Category(
        key=spec.key,
        name=spec.name,
        plural=spec.plural,
        parent_id=spec.parent or None,
        icon=spec.icon,
        tint=spec.tint,
        synonyms=list(spec.synonyms),
        naf_codes=list(spec.naf_codes),
        osm_tags=list(spec.osm_tags),
        position=spec.position,
    )


def _differs(one: Category, other: Category) -> bool:
    return any(getattr(one, field) != getattr(other, field) for field in _FIELDS)
