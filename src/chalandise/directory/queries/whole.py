"""One establishment with all that its sheet shows, in one query.

The rows around it come as JSON in the same answer, and are put back where the ORM would have put
what it fetches in advance: whoever reads the sheet sees ordinary objects, and costs no query more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, Model, OuterRef
from django.db.models.base import ModelState
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

_UNREAD: dict[type[Model], frozenset[str]] = {
    Category: frozenset(
        {"synonyms", "synonyms_en", "naf_codes", "osm_tags", "is_custom", "retired_at"}
    )
}
"""Columns that no sheet shows; whoever asks for one all the same has it read for him."""


def find_published(slug: str) -> Establishment | None:
    """Return the published establishment of an address, whatever its portal.

    One query. Category, its branch, commune, hours, closings, photographs and facts come with it.
    """
    if "\x00" in slug:
        return None
    rows = _statement().rows(slug)
    return _whole(rows[0]) if rows else None


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return tuple(one for one in names if one not in _UNREAD.get(model, ()))


@cache
def _readers(model: type[Model]) -> Mapping[str, Any]:
    """Return how the columns are read that JSON has no type for."""
    kinds = {one.attname: one.get_internal_type() for one in model._meta.concrete_fields}
    return {name: _READERS[kind] for name, kind in kinds.items() if kind in _READERS}


def _names(model: type[Model], prefix: str = "") -> list[str]:
    return [f"{prefix}{name}" for name in _columns(model)]


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
    category: Category = _built(Category, values)
    branch: Category = _built(Category, values)
    _fetched(category)["parent"] = branch if branch.pk else None
    _fetched(shop).update(category=category, commune=_built(Territory, values))
    shop._prefetched_objects_cache = {  # type: ignore[attr-defined] # as prefetching does
        name: _children(model, next(values), shop) for name, (model, _order) in _CHILDREN.items()
    }
    return shop


def _children(model: type[Model], texts: Iterable[str], shop: Establishment) -> Any:
    """Return what a related manager would have fetched in advance, from JSON texts."""
    rows: Any = model._default_manager.get_queryset()
    rows._deferred_filter = (False, (), {"establishment": shop})  # should somebody ask for others
    rows._prefetch_done = True
    rows._result_cache = [_child(model, one, shop) for one in json.loads(f"[{','.join(texts)}]")]
    return rows


def _child(model: type[Model], values: dict[str, Any], shop: Establishment) -> Any:
    for name, read in _readers(model).items():
        if values[name] is not None:
            values[name] = read(values[name])
    child = _object(model, values)
    _fetched(child)["establishment"] = shop
    return child


def _built(model: type[Model], values: Iterable[Any]) -> Any:
    """Build an object from the next values, as many as its table has columns."""
    return _object(model, dict(zip(_columns(model), values)))  # noqa: B905 - the rest comes after


def _object(model: type[Model], values: dict[str, Any]) -> Any:
    """Return what `Model.from_db` would, without its signals: nobody here listens to them."""
    made: Any = model.__new__(model)
    made.__dict__.update(values)
    made._state = ModelState()
    made._state.adding = False
    made._state.db = DEFAULT_DB_ALIAS
    return made


def _fetched(made: Model) -> dict[str, Any]:
    """Return what stands at the other end of an object's foreign keys."""
    return made._state.fields_cache
