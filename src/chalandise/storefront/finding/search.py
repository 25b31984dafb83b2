"""Search, its suggestions, and the page that says how results are ranked."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from chalandise.discovery.criteria import LONGEST_WORDS
from chalandise.discovery.ranking import explain_ranking
from chalandise.discovery.results import Suggestion
from chalandise.discovery.suggest import suggest, suggest_products
from chalandise.portals.queries import scope_keys
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.finding.asking import read_question, tidy_query
from chalandise.storefront.finding.listing import change, follow_retired, list_shops
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.shelves.products_beside import find_products_beside
from chalandise.territories.queries import suggest_territories
from chalandise.territories.states import Kind
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

MOST_SUGGESTED = 8
PRODUCTS_SUGGESTED = 3
ICONS = {
    "establishment": "store",
    "category": "tag",
    "commune": "map-pin",
    "product": "shopping-basket",
}
KINDS = {
    "establishment": gettext_lazy("Shop"),
    "category": gettext_lazy("Trade"),
    "commune": gettext_lazy("Town"),
    "product": gettext_lazy("Product"),
}


@shared_page
def search(request: PortalRequest) -> HttpResponse:
    """Answer a question with shops, what narrows them, and where else to look."""
    at = timezone.now().replace(second=0, microsecond=0)
    query = tidy_query(request.GET)
    asked = read_question(query, request.portal, at=at)
    if (elsewhere := follow_retired(request, asked.category, query)) is not None:
        return elsewhere
    listing = list_shops(asked, query, request.portal, at=at)
    context = {
        "section": "search",
        "asked": asked,
        "place_value": asked.place_label,
        "near_value": asked.near_text,
        "listing": listing,
        "products": find_products_beside(asked, query, listing.results, at=at),
        "around_url": change(query, around="" if asked.is_around else "1") if asked.place else "",
        "without_words_url": change(query, q=""),
        "map_url": f"{reverse('storefront:map')}{change(query)}",
        "sorts": _sorts(query, has_origin=bool(asked.origin)),
        "crumbs": crumbs_to(request, (_("Search results"), "")),
        "canonical": canonical_here(request),
        "noindex": True,
    }
    return render(request, "storefront/search/results.html", context)


def _sorts(query: QueryDict, *, has_origin: bool) -> list[tuple[str, str, bool]]:
    current = query.get("sort", "")
    sorts = [(_("Most relevant"), "")]
    if has_origin:
        sorts.append((_("Nearest"), "nearest"))
    sorts.append((_("By name"), "name"))
    return [(label, change(query, sort=value), value == current) for label, value in sorts]


@require_safe
def suggestions(request: PortalRequest) -> JsonResponse:
    """Answer the search field while somebody types."""
    field = request.GET.get("field")
    typed = " ".join(request.GET.get("q", "")[:LONGEST_WORDS].replace("\x00", "").split())
    keys = scope_keys(request.portal)
    items: list[dict[str, object]] = []
    if typed and field == "place":
        kinds = (Kind.COMMUNE, Kind.EPCI)
        found = suggest_territories(typed, scope=keys, kinds=kinds, limit=MOST_SUGGESTED)
        items = [_place_item(one.label, one.formerly) for one in found]
    elif typed and field == "product":
        some = suggest_products(typed, scope=keys, limit=MOST_SUGGESTED)
        items = [_item(one) for one in some]
    elif typed:
        goods = suggest_products(typed, scope=keys, limit=PRODUCTS_SUGGESTED)
        places = suggest(typed, scope=keys, limit=MOST_SUGGESTED - len(goods))
        items = [_item(one) for one in (*places, *goods)]
    response = JsonResponse({"items": items})
    response["Cache-Control"] = "private, max-age=60"
    response["X-Robots-Tag"] = "noindex"
    return response


def _place_item(label: str, formerly: str) -> dict[str, object]:
    fields = {"near": ""}  # a place that was typed takes the place of « around me »
    return {"value": label, "label": label, "detail": formerly, "icon": "map-pin", "fields": fields}


def _item(one: Suggestion) -> dict[str, object]:
    if one.kind == "establishment":
        url = reverse("storefront:shop", args=[one.key])
    elif one.kind == "category":
        url = reverse("storefront:category", args=[one.key])
    elif one.kind == "product":
        url = reverse("storefront:product", args=[one.key])
    else:
        url = f"{reverse('storefront:directory')}?{urlencode({'territory': one.key})}"
    detail = one.detail
    if not detail and one.count:
        detail = ngettext("%(count)s shop", "%(count)s shops", one.count) % {"count": one.count}
    return {
        "value": one.label,
        "label": one.label,
        "detail": " · ".join(filter(None, (str(KINDS[one.kind]), detail))),
        "icon": ICONS.get(one.kind, "search"),
        "url": url,
    }


@shared_page
def ranking(request: PortalRequest) -> HttpResponse:
    """Say how results are ranked, from the very constants that rank them (L111-7)."""
    context = {
        "rules": explain_ranking(),
        "crumbs": crumbs_to(
            request,
            (_("Search results"), reverse("storefront:search")),
            (_("How results are ranked"), ""),
        ),
        "canonical": canonical_here(request),
    }
    return render(request, "storefront/search/ranking.html", context)
