"""Writing selections: make one, change it, pick establishments and put them in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from chalandise.directory.models import Establishment
from chalandise.editorial.errors import OutsidePortalError
from chalandise.editorial.events import SelectionChanged
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal


@dataclass(frozen=True)
class SelectionText:
    """What an editor writes of a selection."""

    title: str
    introduction: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    position: int = 0
    is_published: bool = True


@transaction.atomic
def make_selection(portal: Portal, text: SelectionText, *, by: Actor, at: datetime) -> Selection:
    """Begin a selection of a portal."""
    selection = Selection.objects.create(
        portal=portal, slug=_free_slug(portal, text.title), created_at=at, **vars(text)
    )
    _tell(selection, "made", by=by, at=at)
    return selection


@transaction.atomic
def change_selection(selection: Selection, text: SelectionText, *, by: Actor, at: datetime) -> None:
    """Rewrite a selection; its address stays."""
    for name, value in vars(text).items():
        setattr(selection, name, value)
    selection.save(update_fields=list(vars(text)))
    _tell(selection, "changed", by=by, at=at)


@transaction.atomic
def delete_selection(selection: Selection, *, by: Actor, at: datetime) -> None:
    """Take a selection away; its establishments are untouched."""
    _tell(selection, "deleted", by=by, at=at)
    selection.delete()


@transaction.atomic
def pick(
    selection: Selection, establishment: Establishment, *, by: Actor, at: datetime, note: str = ""
) -> None:
    """Put an establishment at the end of a selection; once is enough.

    Raises:
        OutsidePortalError: it does not stand in the portal.
    """
    if not Establishment.objects.on(selection.portal).filter(pk=establishment.pk).exists():
        raise OutsidePortalError
    lock_selection(selection)
    last = max((item.position for item in selection.items.all()), default=0)
    SelectionItem.objects.get_or_create(
        selection=selection,
        establishment=establishment,
        defaults={"note": note, "position": last + 1},
    )
    _tell(selection, "picked", by=by, at=at)


@transaction.atomic
def drop(item: SelectionItem, *, by: Actor, at: datetime) -> None:
    """Take an establishment out of a selection."""
    item.delete()
    _tell(item.selection, "dropped", by=by, at=at)


@transaction.atomic
def raise_item(item: SelectionItem, *, by: Actor, at: datetime) -> None:
    """Move an establishment one place up."""
    lock_selection(item.selection)
    items = list(SelectionItem.objects.filter(selection=item.selection).order_by("position", "pk"))
    place = next(index for index, one in enumerate(items) if one.pk == item.pk)
    if place:
        items[place - 1], items[place] = items[place], items[place - 1]
    for position, one in enumerate(items, start=1):
        one.position = position
    SelectionItem.objects.bulk_update(items, ["position"])
    _tell(item.selection, "reordered", by=by, at=at)


def lock_selection(selection: Selection) -> None:
    """Let one person at a time put the establishments of a selection in order."""
    Selection.objects.select_for_update().get(pk=selection.pk)


def _tell(selection: Selection, verb: str, *, by: Actor, at: datetime) -> None:
    record(selection, verb, by=by, at=at)
    emit(SelectionChanged(selection_id=selection.pk), at=at)


def _free_slug(portal: Portal, title: str) -> str:
    base = slugify(title)[:70] or "selection"
    taken = set(
        Selection.objects.filter(portal=portal, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
