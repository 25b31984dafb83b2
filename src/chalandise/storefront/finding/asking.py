"""From the query of an address to a question for the index.

What cannot be understood is left out rather than refused: an address that somebody shortened, or
a robot made up, still shows shops. Nothing reaches the index or the database but checked values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from chalandise.directory.models import Category
from chalandise.directory.states import Label, Service
from chalandise.discovery.criteria import LONGEST_WORDS, Box, Point, Search, Sort
from chalandise.discovery.errors import OutOfBoundsError
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.storefront.finding.moments import Moment, fold_moment, is_moment, read_moment
from chalandise.storefront.finding.names import around, inside
from chalandise.territories.models import Territory
from chalandise.territories.queries import suggest_territories
from chalandise.web.memory import while_unchanged

AROUND_KM = 15.0
"""How far « around me » and « and around » reach."""

LONGEST_CURSOR = 400
MOST_VALUES = 12
PARAMETERS = {
    "q": LONGEST_WORDS,
    "place": LONGEST_WORDS,
    "near": 40,
    "around": 1,
    "territory": 40,
    "category": 60,
    "service": 20,
    "label": 20,
    "open": 20,
    "day": 10,
    "time": 8,
    "sort": 10,
    "bbox": 80,
    "cursor": LONGEST_CURSOR,
}
"""What the address of a list may say, and how many letters of it are read."""

SORTS = {Sort.NAME, Sort.NEAREST}


@dataclass(frozen=True)
class Asked:
    """What a visitor asks, checked and named.

    Attributes:
        search: the question as the index takes it.
        category: the category that narrows it.
        place: the territory that narrows it, or around which it looks.
        place_words: what was typed as a place.
        is_place_unknown: nothing in this portal is called so.
        is_around: the question reaches around the place instead of stopping at its limits.
        is_open_now: only what is open now.
        moment: only what is open then.
        is_moment_missed: a moment was named that nobody can be asked about.
    """

    search: Search
    category: Category | None = None
    place: Territory | None = None
    place_words: str = ""
    is_place_unknown: bool = False
    is_around: bool = False
    is_open_now: bool = False
    moment: Moment | None = None
    is_moment_missed: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all was asked."""
        search = self.search
        return bool(
            search.words
            or self.category
            or self.place
            or search.near
            or search.bbox
            or search.services
            or search.labels
            or search.open_at
        )

    @property
    def place_label(self) -> str:
        """What to show again in the field « Où ? »."""
        if self.place is not None:
            return self.place.name
        return _("Around me") if self.search.near else self.place_words

    @property
    def place_around(self) -> str:
        """The place of « autour d’Albi »; blank without one."""
        return around(self.place) if self.place else ""

    @property
    def place_inside(self) -> str:
        """The place of « seulement à Albi »; blank without one."""
        return inside(self.place) if self.place else ""

    @property
    def near_text(self) -> str:
        """The visitor's own position as the form sends it, blank unless it was given."""
        near = self.search.near
        return f"{near.latitude},{near.longitude}" if near and self.place is None else ""

    @property
    def origin(self) -> tuple[float, float] | None:
        """The point from which distances are told."""
        near = self.search.near
        return (near.latitude, near.longitude) if near else None


def tidy_query(query: QueryDict, parameters: Mapping[str, int] = PARAMETERS) -> QueryDict:
    """Return the parameters that lists know, cut to what they read: what links may carry on."""
    tidy = QueryDict(mutable=True)
    for name, longest in parameters.items():
        values = [value[:longest] for value in query.getlist(name)[:MOST_VALUES] if value.strip()]
        if values:
            tidy.setlist(name, values)
    fold_moment(tidy)
    return tidy


def read_question(
    query: QueryDict, portal: Portal, *, at: dt.datetime, sort: Sort = Sort.BEST
) -> Asked:
    """Return what ``query`` asks on ``portal``; five queries at most, whatever it holds.

    Args:
        query: the parameters of the address.
        portal: where it is asked.
        at: the moment that « open now » means.
        sort: the order unless another is asked for.
    """
    category = find_trade(query.get("category", ""))
    place_words = " ".join(query.get("place", "")[:LONGEST_WORDS].split())
    near = _point(query.get("near", ""))
    if near is not None and place_words == _("Around me"):
        place = None
    else:
        near = None
        place = _place(query.get("territory", ""), place_words, portal)
    is_around = near is not None or (place is not None and "around" in query)
    centre = near or _centre(place)
    wanted = query.get("sort", "")
    order = Sort(wanted) if wanted in SORTS and (wanted != Sort.NEAREST or centre) else sort
    when = query.get("open", "")
    is_open_now = when == "now"
    moment = read_moment(when, portal, at=at)
    search = Search.on(
        portal,
        words=query.get("q", ""),
        category=category.pk if category else "",
        territory="" if is_around or place is None else place.key,
        services=known(query.getlist("service"), Service.values),
        labels=known(query.getlist("label"), Label.values),
        open_at=at if is_open_now else moment.at if moment else None,
        near=centre,
        radius_km=AROUND_KM if is_around and centre else None,
        bbox=_box(query.get("bbox", "")),
        sort=order,
        cursor=query.get("cursor", "")[:LONGEST_CURSOR],
    )
    return Asked(
        search=search,
        category=category,
        place=place,
        place_words=place_words,
        is_place_unknown=bool(place_words) and place is None and near is None,
        is_around=is_around,
        is_open_now=is_open_now,
        moment=moment,
        is_moment_missed=moment is None and is_moment(when),
    )


@while_unchanged(512)
def find_trade(key: str) -> Category | None:
    """Return a category of shops, None for what is not one; remembered."""
    if not key or len(key) > 60 or "\x00" in key:
        return None
    return Category.objects.select_related("parent").filter(pk=key).first()


def _place(key: str, words: str, portal: Portal) -> Territory | None:
    if key and len(key) <= 40 and "\x00" not in key:
        return _territory(key, tuple(scope_keys(portal)))
    if not words or "\x00" in words:
        return None
    found = suggest_territories(words, scope=scope_keys(portal), limit=1)
    return found[0].territory if found else None


@while_unchanged(1024)
def _territory(key: str, scope: tuple[str, ...]) -> Territory | None:
    return Territory.objects.within(scope).filter(key=key).first()


def _centre(place: Territory | None) -> Point | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return Point(place.latitude, place.longitude)


def _point(text: str) -> Point | None:
    latitude, comma, longitude = text[:40].partition(",")
    if not comma:
        return None
    try:
        return Point(float(latitude), float(longitude))
    except (ValueError, OutOfBoundsError):
        return None


def _box(text: str) -> Box | None:
    """Return what the map shows: west, south, east, north."""
    sides = text.split(",")
    if len(sides) != 4:
        return None
    try:
        return Box(*(float(side) for side in sides))
    except (ValueError, OutOfBoundsError):
        return None


def known(values: list[str], accepted: list[str]) -> tuple[str, ...]:
    """Return the values that are accepted, once each, in a fixed order."""
    return tuple(sorted({value for value in values if value in accepted}))
