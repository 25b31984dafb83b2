"""Reads about selections."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from chalandise.directory.models import Establishment
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal


def list_shown_selections(portal: Portal, *, on: date) -> list[Selection]:
    """Return the selections that ``portal`` shows on a day, each with its ``shown_items``.

    Only items that visitors may see there are kept. A fixed number of queries.
    """
    return list(_shown(portal, on))


def get_shown_selection(portal: Portal, slug: str, *, on: date) -> Selection:
    """Return one selection of ``portal`` as visitors see it.

    Raises:
        NotFoundError: there is none under this address, or its days are over.
    """
    selection = _shown(portal, on).filter(slug=slug).first()
    if selection is None:
        raise NotFoundError(slug)
    return selection


def shown_items(selection: Selection) -> list[SelectionItem]:
    """Return what the selection shows, in its order; no query after the functions above."""
    items: list[SelectionItem] = selection.shown_items  # type: ignore[attr-defined] # prefetched
    return items


def shown_ids(selection: Selection) -> list[int]:
    """Return the primary keys of the establishments that the selection shows, in its order."""
    return [item.establishment_id for item in shown_items(selection)]


def _shown(portal: Portal, on: date) -> QuerySet[Selection]:
    shops = Establishment.objects.on(portal).published()
    items = SelectionItem.objects.filter(establishment__in=shops.values("pk")).order_by(
        "position", "id"
    )
    return (
        Selection.objects.filter(portal=portal, is_published=True)
        .filter(Q(starts_on=None) | Q(starts_on__lte=on))
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .prefetch_related(Prefetch("items", queryset=items, to_attr="shown_items"))
        .order_by("position", "slug")
    )
