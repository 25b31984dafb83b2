"""Establishments as the API shows them, in one query however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import FilteredRelation, OuterRef, Q
from django.urls import get_script_prefix

from chalandise.directory.models import Establishment, Fact
from chalandise.directory.states import HoursPurpose
from chalandise.discovery.names import category_names, territory_names

_FIELDS = (
    "pk",
    "public_id",
    "slug",
    "name",
    "category_id",
    "street",
    "complement",
    "postal_code",
    "commune_id",
    "latitude",
    "longitude",
    "is_located_by_commune",
    "phone",
    "website",
    "order_url",
    "services",
    "labels",
    "level",
    "timezone",
    "visiting__value",
    "licences",
)
_IDS = -1  # stands for the ids in the statement


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of a page of rows, written by the ORM once: it takes longer than the query."""
    licences = (
        Fact.objects.filter(establishment=OuterRef("pk"))
        .exclude(licence="")
        .order_by("licence")
        .values("licence")
        .distinct()
    )
    rows = (
        Establishment.objects.published()
        .filter(pk__in=[_IDS])
        .alias(visiting=FilteredRelation("hours", condition=Q(hours__purpose=HoursPurpose.VISIT)))
        .annotate(licences=ArraySubquery(licences))
        .values_list(*_FIELDS)
    )
    statement, parameters = rows.query.sql_with_params()
    before, one_id, after = statement.partition('"id" IN (%s)')
    if not one_id or parameters.count(_IDS) != 1:
        raise ValueError(f"the place of the ids cannot be told: {statement}")
    return f'{before}"id" = ANY(%s){after}', parameters


def rows_of(ids: Sequence[int], distances_m: dict[int, int]) -> list[dict[str, Any]]:
    """Return the published establishments of ``ids`` in that order; never an e-mail address."""
    if not ids:
        return []
    statement, parameters = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids) if one == _IDS else one for one in parameters])
        found = cursor.fetchall()
    by_id = {row[0]: row for row in found}
    communes = territory_names(row[8] for row in by_id.values())
    return [_item(by_id[pk], communes, distances_m.get(pk)) for pk in ids if pk in by_id]


def spots_of(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what the map says of each published establishment of ``ids``."""
    rows = list(
        Establishment.objects.published()
        .filter(pk__in=list(ids))
        .values_list("pk", "public_id", "slug", "name", "category_id", "commune_id")
    )
    communes = territory_names(row[5] for row in rows)
    categories = category_names()
    return {
        pk: {
            "id": str(public_id),
            "slug": slug,
            "name": name,
            "category": category,
            "category_name": categories[category].name if category in categories else "",
            "icon": categories[category].icon if category in categories else "",
            "place": communes.get(commune, ""),
        }
        for pk, public_id, slug, name, category, commune in rows
    }


def address_of_sheet(slug: str) -> str:
    """Return the path of a sheet, inside the sub-portal that was asked."""
    return f"{get_script_prefix()}commerces/{slug}/"


def _item(row: tuple[Any, ...], communes: dict[str, str], distance_m: int | None) -> dict[str, Any]:
    category = category_names().get(row[4])
    item: dict[str, Any] = {
        "id": str(row[1]),
        "slug": row[2],
        "name": row[3],
        "url": address_of_sheet(row[2]),
        "category": {"key": row[4], "name": category.name if category else ""},
        "address": {
            "street": row[5],
            "complement": row[6],
            "postal_code": row[7],
            "commune": communes.get(row[8], ""),
            "commune_key": row[8],
        },
        "position": None
        if row[9] is None
        else {"latitude": row[9], "longitude": row[10], "is_approximate": row[11]},
        "phone": row[12],
        "website": row[13],
        "order_url": row[14],
        "services": row[15],
        "labels": row[16],
        "level": row[17],
        "timezone": row[18],
        "opening_hours": row[19] or "",
        "licences": row[20],
    }
    if distance_m is not None:
        item["distance_m"] = distance_m
    return item
