"""Adding categories to the shipped tree, and retiring some of it: the operator's own classification."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from chalandise.directory.actions.categories import CategoryEdit, announce_sheets, take_codes
from chalandise.directory.actions.locking import lock_categories, lock_establishments
from chalandise.directory.classification import FALLBACK_CATEGORY
from chalandise.directory.errors import (
    AlreadyRetiredError,
    MisplacedCategoryError,
    NeededCategoryError,
)
from chalandise.directory.models import Category, Establishment
from chalandise.directory.policies import require_may_change_categories
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

RESERVED = frozenset({"nouvelle"})
"""Keys that an address of the console has already."""
_LONGEST_KEY = 50


@transaction.atomic
def add_category(edit: CategoryEdit, *, by: Actor, at: datetime) -> Category:
    """Add a leaf to a branch, after those that stand there; no update of the platform changes it.

    Its key is made of its French name and stays, whatever it is called later.

    Raises:
        MisplacedCategoryError: it has no branch, or its place is none.
        SharedCategoriesError: other portals share the tree.
    """
    require_may_change_categories(by)
    here = {one.pk: one for one in lock_categories()}
    taken = RESERVED.union(here)
    branch = here.get(edit.parent.pk) if edit.parent else None
    if branch is None or branch.parent_id is not None:
        raise MisplacedCategoryError("", edit.parent.pk if edit.parent else "")
    last = branch.children.aggregate(last=Max("position"))["last"]
    added = Category.objects.create(
        key=_free_key(edit.name, taken),
        **{**vars(edit), "position": (last or branch.position) + 1},
        is_custom=True,
    )
    take_codes(added, by=by, at=at)
    record(added, "added", by=by, at=at, detail={"name": added.name, "parent": branch.pk})
    announce_sheets([], at=at)
    return added


@transaction.atomic
def retire_category(
    category: Category, *, moving_to: Category | None, by: Actor, at: datetime
) -> int:
    """Propose a category no more; its shops keep it, or move to another in the same act.

    What takes its place takes its activity codes too, and imports file there from now on. Of one
    that nothing replaces, imports file new shops as unknown, and leave those they know. Again, a
    retired category may be given what takes its place; it is not taken away again.

    Returns:
        How many establishments moved, hidden and closed ones included.

    Raises:
        NeededCategoryError: a branch, or where shops of an unknown trade are filed.
        MisplacedCategoryError: what takes its place is itself, a branch, or retired.
        AlreadyRetiredError: it is retired, and nothing is to take its place; nothing is changed.
        SharedCategoriesError: other portals share the tree, and have shops there too.
    """
    require_may_change_categories(by)
    here = {one.pk: one for one in lock_categories()}
    category.refresh_from_db()
    if category.parent_id is None or category.pk == FALLBACK_CATEGORY:
        raise NeededCategoryError(category.pk)
    place = here[moving_to.pk] if moving_to else None
    if place and (place.pk == category.pk or place.retired_at or place.parent_id is None):
        raise MisplacedCategoryError(category.pk, place.pk)
    if category.retired_at is not None and place is None:
        raise AlreadyRetiredError(category.pk)
    category.retired_at = category.retired_at or at
    category.successor = place
    category.is_custom = True
    codes: list[str] = []
    moved: list[int] = []
    if place is not None:
        codes, category.naf_codes = category.naf_codes, []
        moved = _move_shops(category, place, at=at)
        category.predecessors.update(successor=place)
    category.save(update_fields=["retired_at", "successor", "is_custom", "naf_codes"])
    if place is not None and codes:
        place.naf_codes = [*place.naf_codes, *codes]
        place.is_custom = True
        place.save(update_fields=["naf_codes", "is_custom"])
        record(place, "edited", by=by, at=at, detail={"received": codes, "from": category.pk})
    detail = {"to": place.pk if place else "", "naf_codes": codes, "establishments": moved}
    record(category, "retired", by=by, at=at, detail=detail)
    announce_sheets(moved, at=at)
    return len(moved)


@transaction.atomic
def restore_category(category: Category, *, by: Actor, at: datetime) -> None:
    """Propose a retired category again; what moved away from it stays where it is.

    Raises:
        SharedCategoriesError: other portals share the tree.
    """
    require_may_change_categories(by)
    lock_categories()
    category.refresh_from_db()
    if category.retired_at is None:
        return
    category.retired_at = category.successor = None
    category.save(update_fields=["retired_at", "successor"])
    record(category, "restored", by=by, at=at)
    announce_sheets([], at=at)


def _move_shops(category: Category, place: Category, *, at: datetime) -> list[int]:
    """File the shops elsewhere; where the fact comes from stays, nobody said anything new of them."""
    rows = lock_establishments(Establishment.objects.filter(category=category).only("pk"))
    ids = [one.pk for one in rows]
    Establishment.objects.filter(pk__in=ids).update(category=place, updated_at=at)
    return ids


def _free_key(name: str, taken: frozenset[str]) -> str:
    base = slugify(name)[:_LONGEST_KEY].strip("-") or "categorie"
    numbered = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(key for key in numbered if key not in taken)
