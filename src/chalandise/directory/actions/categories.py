"""Bringing the shipped classification into the database, and editing it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chalandise.directory.actions.locking import lock_categories
from chalandise.directory.classification import CategorySpec, classification
from chalandise.directory.errors import MisplacedCategoryError
from chalandise.directory.events import EstablishmentsChanged
from chalandise.directory.models import Category, Establishment
from chalandise.directory.policies import require_may_change_categories
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor

ENGLISH = ("name_en", "plural_en", "synonyms_en")
_FIELDS = (
    "name",
    "plural",
    *ENGLISH,
    "parent_id",
    "icon",
    "tint",
    "synonyms",
    "naf_codes",
    "osm_tags",
    "position",
)
_EDITED = (
    "name",
    "plural",
    *ENGLISH,
    "synonyms",
    "icon",
    "tint",
    "position",
    "naf_codes",
    "osm_tags",
    "parent",
)
_MEANS_ONE = ("naf_codes", "osm_tags")
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

    A category that an operator edited stays as the operator wrote it; if it still bears our French
    name and has no English one yet, it learns the English words.
    """
    known = {category.key: category for category in lock_categories()}
    created, updated = [], []
    for spec in classification().categories:  # branches come before their leaves
        wanted = _category(spec)
        here = known.get(spec.key)
        if here is None:
            wanted.save(force_insert=True)
            created.append(spec.key)
        elif not here.is_custom and _differs(here, wanted):
            wanted.save(update_fields=_FIELDS)
            updated.append(spec.key)
        elif here.is_custom and not here.name_en and here.name == wanted.name:
            wanted.save(update_fields=ENGLISH)
            updated.append(spec.key)
    if created or updated:
        detail = {"created": len(created), "updated": updated}
        record("directory.category", "loaded", by=by, at=at, detail=detail)
    return CategoriesLoaded(created, updated)


@dataclass(frozen=True)
class CategoryEdit:
    """A category as an operator wants it.

    Attributes:
        naf_codes: activity codes that imports file under it from now on, each written `47.24Z`.
        parent: the branch a leaf stands in; None for a branch.
        osm_tags: what imports of OpenStreetMap file under it, each `shop=bakery` or several tags
            joined by `&`.
    """

    name: str
    plural: str
    name_en: str
    plural_en: str
    synonyms: list[str]
    synonyms_en: list[str]
    icon: str
    tint: str
    position: int
    naf_codes: list[str]
    parent: Category | None
    osm_tags: list[str]


@transaction.atomic
def edit_category(category: Category, edit: CategoryEdit, *, by: Actor, at: datetime) -> None:
    """Write a category as the operator wants it: no update of the platform changes it again.

    An activity code or a tag means one category: one that it is given leaves the category that had
    it. The sheets of the category are announced, so that search and pages learn the new words.

    Raises:
        MisplacedCategoryError: a leaf without branch, or a branch inside another.
        SharedCategoriesError: other portals share the tree.
    """
    require_may_change_categories(by)
    lock_categories()  # two edits may move one code
    _require_place(category, edit.parent)
    before = {}
    for field in _EDITED:
        was, now = getattr(category, field), getattr(edit, field)
        if was != now:
            before[field] = was.pk if isinstance(was, Category) else was
            setattr(category, field, now)
    category.is_custom = True
    category.save(update_fields=[*_EDITED, "is_custom"])
    take_codes(category, by=by, at=at)
    record(category, "edited", by=by, at=at, detail={"before": before})
    ids = (
        Establishment.objects.filter(Q(category=category) | Q(category__parent=category))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    announce_sheets(list(ids), at=at)


def announce_sheets(ids: list[int], *, at: datetime) -> None:
    """Say that sheets changed, and that the classification did even where no sheet is concerned."""
    for start in range(0, max(1, len(ids)), _ANNOUNCED_AT_ONCE):
        emit(EstablishmentsChanged(ids[start : start + _ANNOUNCED_AT_ONCE]), at=at)


def _require_place(category: Category, parent: Category | None) -> None:
    """Keep the tree two floors high, each thing on its own."""
    is_leaf = category.parent_id is not None
    is_right = parent is not None and parent.parent_id is None and parent.pk != category.pk
    if is_leaf != is_right or (not is_leaf and parent is not None):
        raise MisplacedCategoryError(category.pk, parent.pk if parent else "")


def take_codes(category: Category, *, by: Actor, at: datetime) -> None:
    """Take the activity codes and the tags of a category from those that had them."""
    is_meant = Q(naf_codes__overlap=category.naf_codes) | Q(osm_tags__overlap=category.osm_tags)
    for other in Category.objects.filter(is_meant).exclude(pk=category.pk).order_by("pk"):
        before = {}
        for field in _MEANS_ONE:
            was, taken = getattr(other, field), getattr(category, field)
            left = [one for one in was if one not in taken]
            if left != was:
                before[field] = was
                setattr(other, field, left)
        other.is_custom = True
        other.save(update_fields=[*_MEANS_ONE, "is_custom"])
        record(other, "edited", by=by, at=at, detail={"before": before})


def _category(spec: CategorySpec) -> Category:
    return Category(
        key=spec.key,
        name=spec.name,
        plural=spec.plural,
        name_en=spec.name_en,
        plural_en=spec.plural_en,
        parent_id=spec.parent or None,
        icon=spec.icon,
        tint=spec.tint,
        synonyms=list(spec.synonyms),
        synonyms_en=list(spec.synonyms_en),
        naf_codes=list(spec.naf_codes),
        osm_tags=list(spec.osm_tags),
        position=spec.position,
    )


def _differs(one: Category, other: Category) -> bool:
    return any(getattr(one, field) != getattr(other, field) for field in _FIELDS)
