"""Bringing the shipped classification into the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.directory.classification import CategorySpec, classification
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Category, Establishment
from chalandise.journal.actions import emit, record
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
_ANNOUNCED_AT_ONCE = 1000


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


@transaction.atomic
def edit_category(
    category: Category,
    *,
    name: str,
    plural: str,
    synonyms: list[str],
    by: Actor,
    at: datetime,
) -> None:
    """Write a category as the operator wants it: no update of the platform changes it again.

    The sheets of the category are announced, so that search learns the new words.
    """
    before = {"name": category.name, "plural": category.plural, "synonyms": category.synonyms}
    category.name, category.plural, category.synonyms = name, plural, synonyms
    category.is_custom = True
    category.save(update_fields=["name", "plural", "synonyms", "is_custom"])
    record(category, "edited", by=by, at=at, detail={"before": before})
    ids = (
        Establishment.objects.filter(category=category).order_by("pk").values_list("pk", flat=True)
    )
    touched = list(ids)
    for start in range(0, max(1, len(touched)), _ANNOUNCED_AT_ONCE):
        emit(EstablishmentsChanged(touched[start : start + _ANNOUNCED_AT_ONCE]), at=at)


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
