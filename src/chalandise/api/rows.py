"""Establishments as the API shows them, in one query however many they are.

What was read is kept as JSON while nothing changes (`web.memory`): the same shops come back in one
search after the other, and on every step of a map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q
from django.urls import get_script_prefix

from chalandise.api.answers import written
from chalandise.directory.models import Establishment, Fact
from chalandise.directory.naming import is_read_in_english
from chalandise.directory.queries.statements import ANY_ID, Statement
from chalandise.directory.states import HoursPurpose
from chalandise.discovery.names import CategoryName, category_names, territory_names
from chalandise.web.memory import Recent

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
_SPOT_FIELDS = (
    "pk",
    "public_id",
    "slug",
    "name",
    "category_id",
    "commune_id",
    "longitude",
    "latitude",
)
POINT = '{"type":"Feature","geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":%s}'
"""A feature of GeoJSON: longitude, latitude (a tenth of a metre), properties that are JSON already."""

_Written = tuple[int, str, bool]  # the shop, the prefix of addresses, whether it is in English

_written: Recent[_Written, str] = Recent(2048)
_spots: Recent[tuple[int, bool], str] = Recent(4096)


@cache
def _row_statement() -> Statement:
    licences = (
        Fact.objects.filter(establishment=OuterRef("pk"))
        .exclude(licence="")
        .order_by("licence")
        .values("licence")
        .distinct()
    )
    return Statement.by_ids(
        Establishment.objects.published()
        .filter(pk__in=[ANY_ID])
        .alias(visiting=FilteredRelation("hours", condition=Q(hours__purpose=HoursPurpose.VISIT)))
        .annotate(licences=ArraySubquery(licences))
        .values_list(*_FIELDS)
    )


@cache
def _spot_statement() -> Statement:
    shown = Establishment.objects.published().filter(pk__in=[ANY_ID], latitude__isnull=False)
    return Statement.by_ids(shown.values_list(*_SPOT_FIELDS))


def rows_of(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the published establishments of ``ids``; never an e-mail address."""
    if not ids:
        return {}
    found = _row_statement().rows(ids)
    communes = territory_names(row[8] for row in found)
    return {row[0]: _item(row, communes) for row in found}


def write_rows(ids: Sequence[int], distances_m: Mapping[int, int]) -> list[str]:
    """Return the published establishments of ``ids`` in that order, each as JSON."""
    said = (get_script_prefix(), is_read_in_english())
    keys = [(pk, *said) for pk in ids]

    def load(missing: list[_Written]) -> dict[_Written, str]:
        return {(pk, *said): written(one) for pk, one in rows_of([k[0] for k in missing]).items()}

    kept = _written.get_many(keys, load)
    return [_measured(kept[key], distances_m.get(key[0])) for key in keys if key in kept]


def _measured(text: str, distance_m: int | None) -> str:
    return text if distance_m is None else f'{text[:-1]},"distance_m":{distance_m}}}'


def write_spots(ids: Sequence[int]) -> dict[int, str]:
    """Return each published establishment of ``ids`` that has a position as a feature of the map."""
    is_english = is_read_in_english()
    kept = _spots.get_many([(pk, is_english) for pk in ids], _load_spots)
    return {pk: text for (pk, _language), text in kept.items()}


def _load_spots(keys: list[tuple[int, bool]]) -> dict[tuple[int, bool], str]:
    """Write features in the language of the moment, which is that of every key."""
    rows = _spot_statement().rows([pk for pk, _language in keys])
    is_english = keys[0][1]
    communes = territory_names(row[5] for row in rows)
    categories = category_names()
    return {
        (row[0], is_english): _spot(row, categories.get(row[4]), communes.get(row[5], ""))
        for row in rows
    }


def _spot(row: tuple[Any, ...], category: CategoryName | None, place: str) -> str:
    _pk, public_id, slug, name, key, _commune, longitude, latitude = row
    said = {
        "id": str(public_id),
        "slug": slug,
        "name": name,
        "category": key,
        "category_name": category.shown_name if category else "",
        "icon": category.icon if category else "",
        "place": place,
    }
    return POINT % (longitude, latitude, written(said))


def address_of_sheet(slug: str) -> str:
    """Return the path of a sheet, inside the sub-portal that was asked."""
    return f"{get_script_prefix()}commerces/{slug}/"


def _item(row: tuple[Any, ...], communes: dict[str, str]) -> dict[str, Any]:
    category = category_names().get(row[4])
    return {
        "id": str(row[1]),
        "slug": row[2],
        "name": row[3],
        "url": address_of_sheet(row[2]),
        "category": {"key": row[4], "name": category.shown_name if category else ""},
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
