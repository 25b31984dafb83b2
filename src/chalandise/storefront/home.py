"""The home page of a portal or of a sub-portal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.alcohol import that_are_alcohol
from chalandise.catalogue.models import Product
from chalandise.directory.models import Category
from chalandise.discovery.criteria import Point, Search, Sort
from chalandise.discovery.search import count_establishments, count_facets, find_establishments
from chalandise.editorial.models import Selection
from chalandise.editorial.queries import list_shown_selections, shown_ids
from chalandise.kernel.sorting import by_name
from chalandise.portals.models import Portal
from chalandise.portals.queries import lineage, scope_keys
from chalandise.storefront.addresses import canonical_here, home_of, path_of, root_base
from chalandise.storefront.finding.drawing import Drawing, draw_portal
from chalandise.storefront.finding.names import around, name_of
from chalandise.storefront.finding.next_open import opening_next
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.storefront.finding.structured import website
from chalandise.storefront.shelves.product_rows import made_nearby
from chalandise.territories.models import Territory
from chalandise.territories.queries import list_communes, suggest_territories
from chalandise.web.cards import ShopCard
from chalandise.web.formatting import speaks_french
from chalandise.web.memory import while_unchanged
from chalandise.web.page_cache import shared_page
from chalandise.web.portal_map import portal_map
from chalandise.web.request import PortalRequest

OPEN_SHOWN = 8
OPEN_AT_NIGHT = 4
SELECTIONS_SHOWN = 3
SELECTED_SHOWN = 4


@dataclass(frozen=True)
class Area:
    """A sub-portal, with how many establishments it holds."""

    portal: Portal
    name: str
    url: str
    count: int


@dataclass(frozen=True)
class AreaCount:
    """The count of a sub-portal on the drawing."""

    area: Area
    x: float
    y: float
    radius: int


@shared_page
def home(request: PortalRequest) -> HttpResponse:
    """Show what the portal is for: search, map, what is open now, selections, territories."""
    portal = request.portal
    at = timezone.now().replace(second=0, microsecond=0)
    search = Search.on(portal)
    counts = {one.key: one.count for one in count_facets(search).categories}
    centre = _centre(request)
    open_search = search.but(open_at=at)
    shops, is_degraded = _open_shops(open_search, centre, at)
    count = count_establishments(search)
    open_count = count_establishments(open_search) if shops else 0
    soon = None
    if not is_degraded:
        near = search.but(near=_point(centre))
        soon = opening_next(near, at=at, count=count, open_count=open_count)
    areas = areas_of(request)
    drawing = draw_portal(portal, [area.portal for area in areas])
    selections = [
        (one, find_cards(shown_ids(one)[:SELECTED_SHOWN], at=at))
        for one in _selections(portal, on=timezone.localdate())[:SELECTIONS_SHOWN]
    ]
    title = title_of(request)
    context = {
        "section": "home",
        "title": title,
        "title_parts": _parts(title),
        "count": count,
        "open_count": open_count,
        "open_shops": shops[:OPEN_AT_NIGHT] if soon else shops,
        "opening_next": soon,
        "centre": centre,
        "centre_around": around(centre) if centre else "",
        "made_nearby": made_nearby(portal, _point(centre), at=at),
        "areas": areas,
        "drawing": drawing,
        "counted": counted_on(drawing, areas),
        "selections": [(one, cards) for one, cards in selections if cards],
        "branches": [(one, counts.get(one.pk)) for one in _branches() if counts.get(one.pk, 1)],
        "has_counts": bool(counts),
        "sells_alcohol": _sells_alcohol(portal),
        "crumbs": crumbs_to(request),
        "canonical": canonical_here(request),
        "structured": website(
            request.identity.name, root_base(request), reverse("storefront:search")
        ),
    }
    return render(request, "storefront/home/home.html", context)


@while_unchanged(64)
def _sells_alcohol(portal: Portal) -> bool:
    """Tell whether the home page must bear the banner on alcohol (public health code, R3353-7)."""
    sold = Product.objects.on(portal).published()
    return sold.filter(that_are_alcohol()).exists()


def title_of(request: PortalRequest) -> str:
    """Return the portal's tagline, or one made from its territory: « Tout le Lot, à portée de panier »."""
    own = request.portal.tagline
    if own:
        return own
    scope = _scope(tuple(scope_keys(request.portal)))
    if len(scope) == 1:
        name = name_of(scope[0])
        place = name.whole[:1].upper() + name.whole[1:] if speaks_french() else name.name
    else:
        place = request.identity.name
    return _("All of %(place)s, within reach of your basket") % {"place": place}


@while_unchanged(256)
def _scope(keys: tuple[str, ...]) -> list[Territory]:
    """Return the territories of a scope, two at most."""
    return list(Territory.objects.filter(key__in=keys)[:2])


def _parts(title: str) -> list[str]:
    """Cut a title after its first comma, where the line should break."""
    head, comma, tail = title.partition(", ")
    return [head + ",", tail] if comma else [title]


def areas_of(request: PortalRequest) -> list[Area]:
    """Return the sub-portals of the portal, in the order of their names; no query."""
    portal = request.portal
    children = [
        place.portal
        for place in portal_map().by_slug.values()
        if place.portal.parent_id == portal.pk and place.root.pk == request.root_portal.pk
    ]
    return [
        Area(
            portal=child,
            name=child.name,
            url=home_of(request, child),
            count=count_establishments(Search.on(child)),
        )
        for child in by_name(children)
    ]


def crumbs_to(request: PortalRequest, *steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page: the portals above, then ``steps``; blank on the root's home."""
    above = [
        (one.name, home_of(request, one))
        for one in reversed(lineage(request.portal))
        if one.pk != request.portal.pk and _is_on_host(request, one)
    ]
    if steps:
        home = (_("Home"), path_of("storefront:home")) if not above else None
        here = (request.portal.name, path_of("storefront:home"))
        return [*above, *([home] if home else [here]), *steps]
    return [*above, (request.portal.name, "")] if above else []


def _is_on_host(request: PortalRequest, portal: Portal) -> bool:
    return any(one.pk == request.root_portal.pk for one in lineage(portal))


def _centre(request: PortalRequest) -> Territory | None:
    """Return the commune near which to look: the one the visitor named, else the most populated."""
    keys = scope_keys(request.portal)
    asked = " ".join(request.GET.get("place", "")[:80].split())
    if asked and "\x00" not in asked:
        found = suggest_territories(asked, scope=keys, limit=1)
        if found:
            return found[0].territory
    return _largest(tuple(keys))


@while_unchanged(256)
def _largest(keys: tuple[str, ...]) -> Territory | None:
    return list_communes(keys).order_by("-population", "sort_key").first()


def _open_shops(
    search: Search, centre: Territory | None, at: dt.datetime
) -> tuple[list[ShopCard], bool]:
    """Return the nearest shops that are open, and whether the index is away."""
    near = _point(centre)
    results = find_establishments(
        search.but(near=near, sort=Sort.NEAREST if near else Sort.BEST, limit=OPEN_SHOWN)
    )
    if results.is_degraded:
        return [], True
    origin = (near.latitude, near.longitude) if near else None
    return find_cards(results.ids, at=at, origin=origin), False


def _point(centre: Territory | None) -> Point | None:
    if centre is None or centre.latitude is None or centre.longitude is None:
        return None
    return Point(centre.latitude, centre.longitude)


@while_unchanged(64)
def _selections(portal: Portal, *, on: dt.date) -> list[Selection]:
    return list_shown_selections(portal, on=on)


@while_unchanged(1)
def _branches() -> list[Category]:
    return list(Category.objects.filter(parent=None).order_by("position"))


def counted_on(drawing: Drawing, areas: list[Area]) -> list[AreaCount]:
    """Return the counts to write on the drawing, larger where there are more shops."""
    most = max((area.count for area in areas), default=0)
    return [
        AreaCount(
            area, *drawing.centres[area.portal.pk], round(24 + 20 * (area.count / most) ** 0.5)
        )
        for area in areas
        if area.count and area.portal.pk in drawing.centres
    ]
