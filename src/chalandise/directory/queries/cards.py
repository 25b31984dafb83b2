"""What cards show of establishments: ten values each, in one query however many they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from chalandise.directory.hours import Closing, Opening
from chalandise.directory.models import Establishment, ExceptionalClosing, Photo
from chalandise.directory.queries.statements import ANY_ID, Statement
from chalandise.directory.states import HoursPurpose
from chalandise.kernel.holidays import METROPOLE, ZONES
from chalandise.territories.models import Territory

_FIELDS = (
    "pk",
    "public_id",
    "slug",
    "name",
    "category__name",
    "category__name_en",
    "category__icon",
    "commune__name",
    "commune__kind",
    "commune__code",
    "commune__departement_id",
    "latitude",
    "longitude",
    "is_located_by_commune",
    "services",
    "timezone",
    "visiting__value",
    "closed",
    "photo",
)


@dataclass(frozen=True)
class CardPhoto:
    """The photograph of a card."""

    name: str
    alternative_text: str
    width: int
    height: int


@dataclass(frozen=True)
class Card:
    """What a card shows of a published establishment.

    Attributes:
        position: its own latitude and longitude, none where only the commune's are known.
        opening: its visiting hours, none where nobody has told them.
        photo: its first photograph.
    """

    pk: int
    public_id: UUID
    slug: str
    name: str
    category: str
    category_en: str
    icon: str
    place: str
    position: tuple[float, float] | None
    services: tuple[str, ...]
    timezone: str
    opening: Opening | None
    photo: CardPhoto | None


def list_cards(ids: Sequence[int]) -> list[Card]:
    """Return the cards of the published establishments of ``ids``, in that order; one query."""
    if not ids:
        return []
    found = {row[0]: row for row in _statement().rows(ids)}
    return [_card(found[pk]) for pk in ids if pk in found]


@cache
def _statement() -> Statement:
    return Statement.by_ids(
        Establishment.objects.published()
        .filter(pk__in=[ANY_ID])
        .alias(visiting=FilteredRelation("hours", condition=Q(hours__purpose=HoursPurpose.VISIT)))
        .annotate(closed=ArraySubquery(_closings()), photo=Subquery(_photos()[:1]))
        .values_list(*_FIELDS)
    )


def _closings() -> QuerySet[ExceptionalClosing, dict[str, Any]]:
    one = JSONObject(starts_on="starts_on", ends_on="ends_on", reason="reason")
    closings = ExceptionalClosing.objects.filter(establishment=OuterRef("pk"))
    return closings.order_by("starts_on").values_list(one, flat=True)


def _photos() -> QuerySet[Photo, dict[str, Any]]:
    one = JSONObject(
        name="name", alternative_text="alternative_text", width="width", height="height"
    )
    photos = Photo.objects.filter(establishment=OuterRef("pk"))
    return photos.order_by("position", "pk").values_list(one, flat=True)


def _closing(one: dict[str, str]) -> Closing:
    starts_on, ends_on = (date.fromisoformat(one[key]) for key in ("starts_on", "ends_on"))
    return Closing(starts_on, ends_on, one["reason"])


@lru_cache(maxsize=512)
def _holiday_zone(kind: str, code: str, departement: str | None) -> str:
    zone = Territory(kind=kind, code=code, departement_id=departement).holiday_zone
    return zone if zone in ZONES else METROPOLE


def _card(row: tuple[Any, ...]) -> Card:
    (pk, public_id, slug, name, category, category_en, icon, place, kind, code, departement, latitude, longitude,
     is_located_by_commune, services, timezone, value, closed, photo) = row  # fmt: skip
    opening = None
    if value:
        closings = tuple(_closing(json.loads(one)) for one in closed)
        opening = Opening(value, timezone, _holiday_zone(kind, code, departement), closings)
    return Card(
        pk=pk,
        public_id=public_id,
        slug=slug,
        name=name,
        category=category,
        category_en=category_en,
        icon=icon,
        place=place,
        position=None if latitude is None or is_located_by_commune else (latitude, longitude),
        services=tuple(services),
        timezone=timezone,
        opening=opening,
        photo=CardPhoto(**json.loads(photo)) if photo else None,
    )
