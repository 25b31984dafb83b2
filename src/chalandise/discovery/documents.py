"""Turns establishments into documents of the index.

Rows are read a chunk at a time, as plain values, with the hours and closings of the chunk; places
and trades are looked up once. A chunk costs at most five queries whatever its size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from html import unescape
from re import compile as pattern
from typing import Any, NamedTuple, Protocol

from django.utils import timezone
from tantivy import Document

from chalandise.directory.hours import Closing, HoursError, Schedule
from chalandise.directory.models import (
    Category,
    Establishment,
    EstablishmentHours,
    ExceptionalClosing,
)
from chalandise.directory.states import HoursPurpose
from chalandise.discovery.cells import ZOOMS, cells_of
from chalandise.discovery.ranking import quality_of, standing_of, weight_of
from chalandise.discovery.schema import cell_field
from chalandise.discovery.words import stems
from chalandise.kernel.holidays import METROPOLE, ZONES
from chalandise.territories.models import Territory

CHUNK = 1000
HORIZON_DAYS = 9
"""Days ahead for which the index knows what is open; re-indexed every night."""
LONGEST_TEXT = 4000
SERVICE_WORDS = {
    "pickup": "retrait click and collect drive",
    "delivery": "livraison livrer livre à domicile",
    "reservation": "réservation mise de côté",
    "phone_order": "commande par téléphone",
    "online_order": "commande en ligne",
    "takeaway": "à emporter vente à emporter",
    "dine_in": "sur place",
    "home_visit": "à domicile",
    "wheelchair": "accessible fauteuil handicap pmr",
}
LABEL_WORDS = {
    "made_here": "fabriqué ici local fait maison",
    "organic": "bio biologique",
    "art_craft": "artisan d’art artisanat",
    "farm_shop": "ferme fermier producteur vente directe",
}
_TAG = pattern(r"<[^>]*>")
_FIELDS = (
    "pk",
    "slug",
    "name",
    "sort_key",
    "category_id",
    "commune_id",
    "street",
    "postal_code",
    "latitude",
    "longitude",
    "description",
    "services",
    "labels",
    "timezone",
    "level",
)


class Timed(Protocol):
    """Whatever has hours of its own: a key, a commune, a time zone."""

    @property
    def pk(self) -> int:
        """The establishment."""

    @property
    def commune(self) -> str:
        """Key of its commune."""

    @property
    def timezone(self) -> str:
        """Name of its zone."""


class Row(NamedTuple):
    """What the index reads of an establishment."""

    pk: int
    slug: str
    name: str
    sort_key: str
    category: str
    commune: str
    street: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    description: str
    services: list[str]
    labels: list[str]
    timezone: str
    level: int


@dataclass(frozen=True)
class Place:
    """What a commune gives to all its establishments."""

    name: str
    commune: str
    territories: tuple[str, ...]
    holiday_zone: str
    place: str
    area: str


@dataclass(frozen=True)
class Trade:
    """What a category gives to all its establishments."""

    keys: tuple[str, ...]
    kind: str
    synonym: str


class Gatherer:
    """Reads chunks and makes documents, remembering places and trades from one to the next."""

    def __init__(self) -> None:
        self._categories = {one.key: one for one in Category.objects.all()}
        self._trades: dict[str, Trade] = {}
        self._territories: dict[str, Territory] = {}
        self._places: dict[str, Place] = {}

    def published(self, ids: Iterable[int]) -> Iterator[Document]:
        """Yield a document for each of ``ids`` that visitors may see."""
        rows = Establishment.objects.published().filter(pk__in=list(ids))
        yield from self._documents(_read(rows))

    def all_published(self) -> Iterator[list[Document]]:
        """Yield the documents of every establishment that visitors may see, chunk by chunk."""
        last = 0
        while rows := _read(
            Establishment.objects.published().filter(pk__gt=last).order_by("pk")[:CHUNK]
        ):
            yield list(self._documents(rows))
            last = rows[-1].pk

    def _documents(self, rows: Sequence[Row]) -> Iterator[Document]:
        self.learn_places({row.commune for row in rows})
        times = self.open_words(rows)
        for row in rows:
            document = self._document(row, self._places[row.commune])
            if row.pk in times:
                document.add_text("open", times[row.pk])
            yield document

    def open_words(self, rows: Sequence[Timed]) -> dict[int, str]:
        """Return the quarter-hours that places are open, as words, by key; two queries."""
        ids = [row.pk for row in rows]
        hours = dict(
            EstablishmentHours.objects.filter(establishment__in=ids, purpose=HoursPurpose.VISIT)
            .exclude(value="")
            .values_list("establishment_id", "value")
        )
        closings: dict[int, list[Closing]] = defaultdict(list)
        for pk, starts_on, ends_on in ExceptionalClosing.objects.filter(
            establishment__in=ids
        ).values_list("establishment_id", "starts_on", "ends_on"):
            closings[pk].append(Closing(starts_on, ends_on))
        today = timezone.now().date()
        found = {}
        for row in rows:
            if row.pk in hours:
                zones = (row.timezone, self.place_of(row.commune).holiday_zone)
                found[row.pk] = open_times(hours[row.pk], *zones, tuple(closings[row.pk]), today)
        return found

    def place_of(self, commune: str) -> Place:
        """Return what a commune gives; `learn_places` first."""
        return self._places[commune]

    def _document(self, row: Row, place: Place) -> Document:
        document = Document()
        document.add_unsigned("id", row.pk)
        document.add_text("name", " ".join(stems(row.name)))
        document.add_text("whole_name", whole_name(row.name))
        trade = self.trade_of(row.category)
        document.add_text("kind", trade.kind)
        document.add_text("synonym", trade.synonym)
        document.add_text("place", f"{place.place} {row.postal_code}")
        document.add_text("area", place.area)
        document.add_text("about", _about(row))
        for key in trade.keys:
            document.add_text("categories", key)
        document.add_text("communes", place.commune)
        for field, keys in (
            ("territories", place.territories),
            ("services", set(row.services)),
            ("labels", set(row.labels)),
        ):
            for key in keys:
                document.add_text(field, key)
        add_position(document, row.latitude, row.longitude)
        document.add_float("quality", weight_of(quality_of(row.level, row.pk)))
        document.add_unsigned("standing", standing_of(row.level, row.pk))
        document.add_text("by_name", by_name(row.sort_key, row.pk))
        document.add_text("shown", f"{row.slug}\t{row.name}\t{place.name}")
        return document

    def trade_of(self, key: str) -> Trade:
        """Return what a category of establishments gives."""
        if key not in self._trades:
            line: list[Category] = []
            one: Category | None = self._categories[key]
            while one is not None and one not in line:
                line.append(one)
                one = self._categories.get(one.parent_id or "")
            own, *above = line
            others = [*own.synonyms, own.name_en, own.plural_en, *own.synonyms_en]
            for branch in above:
                others += [branch.name, *branch.synonyms, branch.name_en, *branch.synonyms_en]
            self._trades[key] = Trade(
                keys=tuple(step.key for step in line),
                kind=unique_stems(own.name, own.plural),
                synonym=unique_stems(*others),
            )
        return self._trades[key]

    def learn_places(self, keys: set[str]) -> None:
        """Look up communes that are not known yet, with all that holds them."""
        self._learn_territories(keys - self._places.keys())
        unknown = keys - self._places.keys()
        self._learn_territories(
            {above for key in unknown for above in self._territories[key].ancestor_keys}
        )
        for key in unknown:
            own = self._territories[key]
            line = [self._territories[above] for above in own.ancestor_keys]
            communes = [one for one in line if one.kind in ("commune", "arrondissement")]
            self._places[key] = Place(
                name=own.name,
                commune=own.commune_id or own.key,
                territories=tuple(one.key for one in line),
                holiday_zone=own.holiday_zone if own.holiday_zone in ZONES else METROPOLE,
                place=unique_stems(*(one.name for one in communes)),
                area=unique_stems(*(one.name for one in line if one not in communes)),
            )

    def _learn_territories(self, keys: set[str]) -> None:
        unknown = keys - self._territories.keys()
        if unknown:
            self._territories |= Territory.objects.in_bulk(list(unknown))


def add_position(document: Document, latitude: float | None, longitude: float | None) -> None:
    """Write where something stands: degrees, and its square at each zoom."""
    if latitude is None or longitude is None:
        return
    document.add_float("latitude", latitude)
    document.add_float("longitude", longitude)
    for zoom, cell in zip(ZOOMS, cells_of(latitude, longitude), strict=True):
        document.add_unsigned(cell_field(zoom), cell)


def whole_name(text: str) -> str:
    """Return a name or a question as one word, for the bonus of the whole name."""
    return " ".join(stems(text))


def by_name(sort_key: str, pk: int) -> str:
    """Return the place in a list by name, unique for each establishment."""
    return f"{sort_key}\t{pk:010d}"


@lru_cache(maxsize=8192)
def open_times(
    value: str, zone: str, holiday_zone: str, closings: tuple[Closing, ...], today: date
) -> str:
    """Return the quarter-hours that are open throughout, as words, from yesterday to the horizon.

    Hours that do not read are no hours: the index never says open on a guess.
    """
    try:
        schedule = Schedule(value, timezone=zone, holiday_zone=holiday_zone, closings=closings)
    except HoursError:
        return ""
    quarters = schedule.quarter_hours(today - timedelta(days=1), HORIZON_DAYS + 1)
    return " ".join(str(quarter) for quarter in sorted(quarters))


def _read(rows: Any) -> list[Row]:
    return [Row(*values) for values in rows.values_list(*_FIELDS)]


def plain_text(html: str) -> str:
    """Return what a presentation says, without its tags."""
    return unescape(_TAG.sub(" ", html))[:LONGEST_TEXT]


def _about(row: Row) -> str:
    text = plain_text(row.description)
    services = [SERVICE_WORDS.get(key, "") for key in row.services]
    labels = [LABEL_WORDS.get(key, "") for key in row.labels]
    return unique_stems(row.street, text, *services, *labels)


def unique_stems(*texts: str) -> str:
    """Return the stems of several texts, each once."""
    return " ".join(dict.fromkeys(stem for text in texts if text for stem in stems(text)))
