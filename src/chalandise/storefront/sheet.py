"""The sheet of an establishment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from chalandise.directory.hours import Schedule
from chalandise.directory.models import Establishment
from chalandise.directory.queries import Provenance, get_establishment_on, list_provenance
from chalandise.directory.states import Label
from chalandise.discovery.criteria import Point
from chalandise.discovery.nearest import find_nearest
from chalandise.ordering.policies import takes_reservations
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.storefront.addresses import canonical_of_shop, root_base
from chalandise.storefront.drawing import situate
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.opening import closings_to_come, schedule_of, status_of, week_of
from chalandise.storefront.product_rows import shelf_of
from chalandise.storefront.shop_cards import find_cards, photo_url, photo_view, picture_of
from chalandise.storefront.structured import breadcrumbs, local_business
from chalandise.web.cards import ShopCard
from chalandise.web.doors import found_or_404
from chalandise.web.memory import while_unchanged
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

NEIGHBOURS = 4
LONGEST_CRUMB = 48
NEIGHBOURS_M = 3000.0


@dataclass(frozen=True)
class SourceLine:
    """One line of the section that says where each fact comes from."""

    what: str
    source: str
    licence: str = ""
    dated_on: dt.date | None = None
    verified_at: dt.datetime | None = None


@shared_page
def shop(request: PortalRequest, slug: str) -> HttpResponse:
    """Show who it is, where, when it is open, how to get things, and where we know that from."""
    shown = found_or_404(_establishment, request.portal, slug)
    at = timezone.now().replace(second=0, microsecond=0)
    schedule = schedule_of(shown)
    photos = list(shown.photos.all())
    canonical = canonical_of_shop(request, shown)
    crumbs = _crumbs(request, shown)
    context = {
        "section": "shops",
        "shop": shown,
        "picture": picture_of(shown),
        "photos": [photo_view(one, shown) for one in photos[1:]],
        "status": status_of(shown, at),
        "week": week_of(shown, schedule, at) if schedule else (),
        "today": timezone.localdate(),
        "services": tuple(shown.services),
        "closings": closings_to_come(shown, at),
        "takes_reservations": takes_reservations(shown),
        "labels": [str(Label(one).label) for one in shown.labels if one in Label.values],
        "sources": source_lines(list_provenance(shown)),
        "shelf": shelf_of(request.portal, shown, at=at),
        "neighbours": _neighbours(request, shown, at),
        "situation": situate(shown),
        "directions_url": _directions(shown),
        "map_url": f"{reverse('storefront:map')}?{urlencode({'territory': shown.commune_id})}",
        "crumbs": crumbs,
        "canonical": canonical,
        "structured": _structured(request, shown, schedule, at, crumbs),
    }
    return render(request, "storefront/shops/detail.html", context)


@while_unchanged(512)
def _establishment(portal: Portal, slug: str) -> Establishment:
    """Return what a sheet shows, read again when something changed."""
    return get_establishment_on(portal, slug)


def source_lines(rows: Iterable[Provenance]) -> tuple[SourceLine, ...]:
    """Say where the facts come from, one line a source."""
    return _source_lines(tuple(rows), get_language())


@lru_cache(maxsize=2048)
def _source_lines(rows: tuple[Provenance, ...], language: str | None) -> tuple[SourceLine, ...]:
    del language  # part of the key: the words are translated here
    return tuple(
        SourceLine(
            what=_listed([field_name(one) for one in row.fields]),
            source=_source_name(row),
            licence=row.licence,
            dated_on=row.dated_on,
            verified_at=row.verified_at,
        )
        for row in rows
    )


def field_name(field: str) -> str:
    """Return how a reader calls a field."""
    names = {
        "name": pgettext("fact", "name"),
        "address": pgettext("fact", "address"),
        "position": pgettext("fact", "position on the map"),
        "phone": pgettext("fact", "telephone"),
        "website": pgettext("fact", "website"),
        "order_url": pgettext("fact", "ordering page"),
        "description": pgettext("fact", "presentation"),
        "category": pgettext("fact", "category"),
        "services": _("services"),
        "labels": _("labels"),
        "hours": pgettext("fact", "opening hours"),
        "siret": pgettext("fact", "SIRET number"),
        "activity_code": pgettext("fact", "activity"),
    }
    return names.get(field.partition(":")[0], "")


def _listed(names: list[str]) -> str:
    text = ", ".join(dict.fromkeys(name for name in names if name))
    return text[:1].upper() + text[1:]


def _source_name(row: Provenance) -> str:
    if row.kind == "merchant":
        return pgettext("source", "the merchant")
    return row.label


def _crumbs(request: PortalRequest, shown: Establishment) -> list[tuple[str, str]]:
    base = reverse("storefront:directory")
    place = f"{base}?{urlencode({'territory': shown.commune_id})}"
    category = reverse("storefront:category", args=[shown.category_id])
    return crumbs_to(
        request,
        (_("Shops"), base),
        (shown.commune.name, place),
        (shown.category.plural or shown.category.name, category),
        (Truncator(shown.name).chars(LONGEST_CRUMB), ""),
    )


def _neighbours(request: PortalRequest, shown: Establishment, at: dt.datetime) -> list[ShopCard]:
    if shown.latitude is None or shown.longitude is None:
        return []
    around = find_nearest(
        Point(shown.latitude, shown.longitude),
        scope=tuple(scope_keys(request.portal)),
        within_m=NEIGHBOURS_M,
        most=NEIGHBOURS + 1,
    )
    ids = [pk for pk in around if pk != shown.pk][:NEIGHBOURS]
    origin = None if shown.is_located_by_commune else (shown.latitude, shown.longitude)
    return find_cards(ids, at=at, origin=origin)


def _directions(shown: Establishment) -> str:
    """Return an address that the device's own map application opens."""
    if shown.latitude is None or shown.longitude is None or shown.is_located_by_commune:
        return ""
    return (
        "https://www.openstreetmap.org/?"
        f"mlat={shown.latitude:.5f}&mlon={shown.longitude:.5f}"
        f"#map=18/{shown.latitude:.5f}/{shown.longitude:.5f}"
    )


def _structured(
    request: PortalRequest,
    shown: Establishment,
    schedule: Schedule | None,
    at: dt.datetime,
    crumbs: list[tuple[str, str]],
) -> list[dict[str, object]]:
    base = root_base(request)
    return [
        local_business(
            shown,
            url=canonical_of_shop(request, shown),
            schedule=schedule,
            at=at,
            images=[f"{base}{photo_url(one, '1600.jpg')}" for one in shown.photos.all()],
        ),
        breadcrumbs([(label, f"{base}{url}" if url else "") for label, url in crumbs]),
    ]
