"""One establishment with all that its sheet shows, in one query.

The rows around it come as JSON in the same answer, and are put back where the ORM would have put
what it fetches in advance: whoever reads the sheet sees ordinary objects, and costs no query more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, Field, Model, OuterRef
from django.db.models.functions import JSONObject

from chalandise.directory.models import (
    Category,
    Establishment,
    EstablishmentHours,
    ExceptionalClosing,
    Fact,
    Photo,
)
from chalandise.directory.queries.statements import ANY_TEXT, Statement
from chalandise.territories.models import Territory

_READERS: dict[str, Any] = {
    "DateField": date.fromisoformat,
    "DateTimeField": datetime.fromisoformat,
}
_CHILDREN: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "hours": (EstablishmentHours, ()),
    "closings": (ExceptionalClosing, ("starts_on",)),
    "photos": (Photo, ("position", "pk")),
    "facts": (Fact, ("pk",)),
}


def find_published(slug: str) -> Establishment | None:
    """Return the published establishment of an address, whatever its portal.

    One query. Category, its branch, commune, hours, closings, photographs and facts come with it.
    """
    if "\x00" in slug:
        return None
    rows = _statement().rows(slug)
    return _whole(rows[0]) if rows else None


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def _names(model: type[Model], prefix: str = "") -> list[str]:
    return [f"{prefix}{field.attname}" for field in _columns(model)]


@cache
def _statement() -> Statement:
    children = {
        f"all_{name}": ArraySubquery(
            model._default_manager.filter(establishment=OuterRef("pk"))
            .order_by(*order)
            .values_list(JSONObject(**{one: F(one) for one in _names(model)}), flat=True)
        )
        for name, (model, order) in _CHILDREN.items()
    }
    return Statement.by_text(
        Establishment.objects.published()
        .filter(slug=ANY_TEXT)
        .annotate(**children)
        .values_list(
            *_names(Establishment),
            *_names(Category, "category__"),
            *_names(Category, "category__parent__"),
            *_names(Territory, "commune__"),
            *children,
        )
    )


def _whole(row: tuple[Any, ...]) -> Establishment:
    values = iter(row)
    shop: Establishment = _built(Establishment, values)
    shop.category = _built(Category, values)
    branch = _built(Category, values)
    shop.category.parent = branch if branch.pk else None
    shop.commune = _built(Territory, values)
    known: dict[str, Any] = {}
    for name, (model, _order) in _CHILDREN.items():
        manager = getattr(shop, name)
        rows = manager.get_queryset()
        rows._result_cache = [_child(model, json.loads(one), shop) for one in next(values)]
        rows._prefetch_done = True
        known[name] = rows
    shop._prefetched_objects_cache = known  # type: ignore[attr-defined] # as prefetching does
    return shop


def _built(model: type[Any], values: Iterable[Any]) -> Any:
    """Build an object from the next values, as many as its table has columns."""
    fields = _columns(model)
    taken = [value for _field, value in zip(fields, values)]  # noqa: B905 - the rest comes after
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], taken)


def _child(model: type[Any], one: dict[str, Any], shop: Establishment) -> Any:
    fields = _columns(model)
    values = []
    for field in fields:
        value = one[field.attname]
        read = _READERS.get(field.get_internal_type())
        values.append(read(value) if read and value is not None else value)
    child = model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)
    child.establishment = shop
    return child
