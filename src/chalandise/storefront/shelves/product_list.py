"""The shelves of the territory: products by words, category, place, price, shop."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.discovery.errors import BadCursorError, TooDeepError
from chalandise.discovery.names import territory_names
from chalandise.discovery.product_criteria import ProductSort
from chalandise.discovery.products import count_product_facets, find_products
from chalandise.discovery.results import ProductFacets, Results
from chalandise.portals.models import Portal
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.finding.asking import tidy_query
from chalandise.storefront.finding.listing import (
    FACET_LENGTH,
    Choice,
    change,
    choose_moment,
    follow_retired,
)
from chalandise.storefront.finding.moments import MomentForm, moment_form
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.shelves.product_asking import (
    PARAMETERS,
    AskedProducts,
    categories,
    read_products_question,
)
from chalandise.storefront.shelves.product_tiles import find_tiles
from chalandise.web.cards import SERVICES, ProductTile
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

FILTER_SERVICES = ("delivery",)
IN_SEARCH_ENGINES = {"category"}
"""A list narrowed by anything else is not for search engines."""
_OWN_FIELDS = ("q", "place", "near", "price_min", "price_max", "cursor", "around", "territory")


@dataclass(frozen=True)
class ProductListing:
    """What the page shows of an answer.

    Attributes:
        tiles: the cards, in order.
        results: what the index answered.
        pills: the quick filters.
        groups: the facets, by title.
        chosen: the filters that are on, each a link that takes it off.
        next_url: the next page, blank at the end.
        first_url: the first page, blank when it is this one.
        is_too_deep: the list was followed further than it goes.
        moment: the form that asks whose shop is open at a moment.
    """

    tiles: list[ProductTile]
    results: Results
    pills: list[Choice] = field(default_factory=list)
    groups: list[tuple[str, list[Choice]]] = field(default_factory=list)
    chosen: list[Choice] = field(default_factory=list)
    next_url: str = ""
    first_url: str = ""
    is_too_deep: bool = False
    moment: MomentForm | None = None

    @property
    def count(self) -> int:
        """How many products match in all."""
        return self.results.count


@shared_page
def products(request: PortalRequest) -> HttpResponse:
    """List what can be bought, and what narrows it."""
    at = timezone.now().replace(second=0, microsecond=0)
    query = tidy_query(request.GET, PARAMETERS)
    asked = read_products_question(query, request.portal, at=at)
    if (elsewhere := follow_retired(request, asked.trade, query, name="trade")) is not None:
        return elsewhere
    category = asked.category
    heading = category.shown_name if category else _("Products")
    context = {
        "section": "products",
        "heading": heading,
        "asked": asked,
        "category": category,
        "shop": asked.shop,
        "listing": list_products(asked, query, request.portal, at=at),
        "place_value": asked.of_place.place_label,
        "near_value": asked.of_place.near_text,
        "sorts": _sorts(query, asked),
        "kept_fields": _kept_fields(query),
        "price_min": query.get("price_min", ""),
        "price_max": query.get("price_max", ""),
        "crumbs": crumbs_to(
            request,
            *([(_("Products"), reverse("storefront:products"))] if category else []),
            (heading, ""),
        ),
        "canonical": canonical_here(
            request, urlencode({"category": category.pk}) if category else ""
        ),
        "noindex": bool(set(request.GET) - IN_SEARCH_ENGINES),
    }
    return render(request, "storefront/products/list.html", context)


def list_products(
    asked: AskedProducts, query: QueryDict, portal: Portal, *, at: dt.datetime
) -> ProductListing:
    """Return the page that ``asked`` means; a fixed number of queries."""
    is_too_deep = False
    try:
        results = find_products(asked.search)
    except BadCursorError:
        results = find_products(asked.search.but(cursor=""))
    except TooDeepError:
        results = Results(ids=(), count=0)
        is_too_deep = True
    facets = count_product_facets(asked.search, communes=FACET_LENGTH)
    return ProductListing(
        tiles=find_tiles(results.ids, at=at, metres=results.distances_m),
        results=results,
        pills=_pills(asked, query, facets),
        groups=[(title, some) for title, some in _groups(asked, query, facets) if some],
        chosen=_chosen(asked, query),
        next_url=change(query, cursor=results.next_cursor) if results.next_cursor else "",
        first_url=change(query, cursor="") if query.get("cursor") else "",
        is_too_deep=is_too_deep,
        moment=moment_form(query, portal, asked.of_place.moment, at=at),
    )


def _pills(asked: AskedProducts, query: QueryDict, facets: ProductFacets) -> list[Choice]:
    search = asked.search
    traits = {one.key: one.count for one in facets.traits}
    services = {one.key: one.count for one in facets.services}
    pills = [
        _toggle(query, "made_here", _("Made here"), "sprout", traits, is_on=search.made_here),
        _toggle(query, "in_stock", _("In stock"), "package-check", traits, is_on=search.in_stock),
    ]
    if search.in_season or traits.get("in_season"):  # a town of clothes shops knows no season
        pills.append(
            _toggle(query, "in_season", _("In season"), "leaf", traits, is_on=search.in_season)
        )
    is_today = search.collect_at is not None
    today = change(query, today="" if is_today else "1")
    pills.append(Choice(_("Collect today"), today, is_on=is_today, icon="shopping-bag"))
    others = (one for one in search.services if one not in FILTER_SERVICES)
    pills += [
        Choice(
            str(SERVICES[key].label),
            _switched(query, "service", key, search.services),
            is_on=key in search.services,
            count=services.get(key),
            icon=SERVICES[key].icon,
        )
        for key in (*FILTER_SERVICES, *others)
    ]
    is_open = asked.of_place.is_open_now
    url = change(query, open="" if is_open else "now")
    open_now = Choice(_("Shop open now"), url, is_on=is_open, icon="clock")
    return [*pills, open_now, choose_moment(asked.of_place.moment, query)]


def _toggle(
    query: QueryDict, name: str, label: str, icon: str, counts: dict[str, int], *, is_on: bool
) -> Choice:
    url = change(query, **{name: "" if is_on else "1"})
    return Choice(label, url, is_on=is_on, count=counts.get(name), icon=icon)


def _groups(
    asked: AskedProducts, query: QueryDict, facets: ProductFacets
) -> list[tuple[str, list[Choice]]]:
    search, chosen = asked.search, asked.category
    branch = (chosen.parent_id or chosen.pk) if chosen else None
    branches = {one.pk: one.shown_name for one in categories() if one.parent_id == branch}
    towns = territory_names(one.key for one in facets.communes)
    labels, allergens = dict(ProductLabel.choices), dict(Allergen.choices)
    current = chosen.pk if chosen else ""
    return [
        (
            _("Shelves"),
            [
                Choice(
                    branches[one.key],
                    change(query, category=one.key),
                    one.key == current,
                    one.count,
                )
                for one in facets.categories
                if one.key in branches
            ],
        ),
        (
            _("Communes"),
            [
                Choice(
                    towns[one.key],
                    change(query, territory=one.key, place="", near="", around=""),
                    one.key == search.territory,
                    one.count,
                )
                for one in facets.communes
                if one.key in towns
            ],
        ),
        (
            _("Labels"),
            [
                Choice(
                    str(labels[one.key]),
                    _switched(query, "label", one.key, search.labels),
                    one.key in search.labels,
                    one.count,
                )
                for one in facets.labels
                if one.key in labels
            ],
        ),
        (
            _("Free of"),
            [
                Choice(
                    str(allergens[one.key]),
                    _switched(query, "free_of", one.key, search.free_of),
                    one.key in search.free_of,
                    one.count,
                )
                for one in facets.free_of
                if one.key in allergens
            ],
        ),
    ]


def _switched(query: QueryDict, name: str, key: str, chosen: tuple[str, ...]) -> str:
    """Return the query with one value put on, or taken off."""
    others = [one for one in chosen if one != key]
    return change(query, **{name: others if key in chosen else [*chosen, key]})


def _chosen(asked: AskedProducts, query: QueryDict) -> list[Choice]:
    chosen, place = [], asked.of_place.place
    if asked.category:
        chosen.append(Choice(asked.category.shown_name, change(query, category=""), is_on=True))
    if asked.trade:
        chosen.append(Choice(asked.trade.shown_plural, change(query, trade=""), is_on=True))
    if asked.shop:
        chosen.append(Choice(asked.shop.name, change(query, shop=""), is_on=True))
    if asked.selection:
        chosen.append(Choice(asked.selection.title, change(query, selection=""), is_on=True))
    if place or asked.search.near:
        label = place.name if place else _("Around me")
        if place and asked.of_place.is_around:
            label = _("Around %(place)s") % {"place": place.name}
        gone = change(query, territory="", place="", near="", around="")
        chosen.append(Choice(label, gone, is_on=True))
    if asked.search.least_cents is not None or asked.search.most_cents is not None:
        gone = change(query, price_min="", price_max="")
        chosen.append(Choice(_("Price"), gone, is_on=True))
    return chosen


def _sorts(query: QueryDict, asked: AskedProducts) -> list[tuple[str, str, bool]]:
    sorts = [(_("Most relevant"), ProductSort.BEST)]
    if asked.search.near:
        sorts.append((_("Nearest"), ProductSort.NEAREST))
    sorts += [(_("Newest"), ProductSort.NEWEST), (_("Lowest price"), ProductSort.PRICE)]
    return [
        (
            label,
            change(query, sort="" if one is ProductSort.BEST else one.value),
            one is asked.search.order,
        )
        for label, one in sorts
    ]


def _kept_fields(query: QueryDict) -> list[tuple[str, str]]:
    """Return what the form carries along: everything but its own fields and the page."""
    return [
        (name, value)
        for name, values in query.lists()
        if name not in _OWN_FIELDS
        for value in values
    ]
