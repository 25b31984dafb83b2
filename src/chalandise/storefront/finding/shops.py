"""The directory and its ways in by letter and by category."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.directory.models import Category, Establishment
from chalandise.discovery.criteria import PAGE, Search, Sort
from chalandise.discovery.search import count_facets
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.finding.asking import read_question, tidy_query
from chalandise.storefront.finding.listing import change, follow_retired, list_shops
from chalandise.storefront.finding.names import inside
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.storefront.home import crumbs_to
from chalandise.territories.models import Territory
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0-9"


@shared_page
def directory(request: PortalRequest) -> HttpResponse:
    """List the establishments of the portal, by name."""
    letter = request.GET.get("letter", "")
    if letter in (*LETTERS, DIGITS):
        return _by_letter(request, letter)
    at = timezone.now().replace(second=0, microsecond=0)
    query = tidy_query(request.GET)
    asked = read_question(query, request.portal, at=at, sort=Sort.NAME)
    if (elsewhere := follow_retired(request, asked.category, query)) is not None:
        return elsewhere
    shops = list_shops(asked, query, request.portal, at=at)
    context = {
        "section": "shops",
        "heading": _heading(asked.category, asked.place),
        "asked": asked,
        "place_value": asked.place_label,
        "near_value": asked.near_text,
        "listing": shops,
        "letters": _letters(),
        "crumbs": crumbs_to(request, (_("Shops"), "")),
        "canonical": canonical_here(request),
        "noindex": bool(request.GET),
    }
    return render(request, "storefront/shops/directory.html", context)


def _heading(category: Category | None, place: Territory | None) -> str:
    name = category.shown_plural if category else _("All shops")
    if place is None:
        return name
    return _("%(what)s in %(place)s") % {"what": name, "place": inside(place)}


def _letters(current: str = "") -> tuple[tuple[str, str, bool], ...]:
    base = reverse("storefront:directory")
    return tuple((one, f"{base}?letter={one}", one == current) for one in (*LETTERS, DIGITS))


def _by_letter(request: PortalRequest, letter: str) -> HttpResponse:
    """List the names that begin with a letter, straight from PostgreSQL, one key after the other."""
    at = timezone.now().replace(second=0, microsecond=0)
    low, high = ("0", ":") if letter == DIGITS else (letter.lower(), chr(ord(letter) + 33))
    named = Establishment.objects.on(request.portal).published().filter(sort_key__gte=low)
    named = named.filter(sort_key__lt=high).order_by("sort_key", "pk")
    after = request.GET.get("after", "")[:40]
    if after.isdecimal() and len(after) < 19:
        last = named.filter(pk=int(after)).values_list("sort_key", "pk").first()
        if last is not None:
            named = named.filter(sort_key__gte=last[0]).exclude(sort_key=last[0], pk__lte=last[1])
    found = list(named.values_list("pk", flat=True)[: PAGE + 1])
    page, more = found[:PAGE], len(found) > PAGE
    context = {
        "section": "shops",
        "heading": _("Names beginning with %(letter)s") % {"letter": letter},
        "letter": letter,
        "shops": find_cards(page, at=at),
        "letters": _letters(letter),
        "next_url": f"?{urlencode({'letter': letter, 'after': page[-1]})}" if more else "",
        "first_url": f"?{urlencode({'letter': letter})}" if after else "",
        "crumbs": crumbs_to(request, (_("Shops"), reverse("storefront:directory")), (letter, "")),
        "canonical": canonical_here(request, urlencode({"letter": letter})),
        "noindex": bool(after),
    }
    return render(request, "storefront/shops/letter.html", context)


@shared_page
def categories(request: PortalRequest) -> HttpResponse:
    """Show the whole classification with its pictures and how many shops each part holds."""
    counts = {one.key: one.count for one in count_facets(Search.on(request.portal)).categories}
    known = list(Category.objects.proposed().order_by("position"))
    leaves: dict[str, list[tuple[Category, int | None]]] = {}
    for one in known:
        if one.parent_id and (not counts or counts.get(one.pk)):
            leaves.setdefault(one.parent_id, []).append((one, counts.get(one.pk)))
    branches = [
        (one, leaves.get(one.pk, []))
        for one in known
        if one.parent_id is None and (leaves.get(one.pk) or counts.get(one.pk))
    ]
    context = {
        "section": "shops",
        "branches": branches,
        "crumbs": crumbs_to(
            request, (_("Shops"), reverse("storefront:directory")), (_("Categories"), "")
        ),
        "canonical": canonical_here(request),
    }
    return render(request, "storefront/shops/categories.html", context)


@shared_page
def category(request: PortalRequest, key: str) -> HttpResponse:
    """Show one category: what stands under it, and its shops."""
    shown = Category.objects.select_related("parent").filter(pk=key).first()
    if shown is None:
        raise Http404
    query = tidy_query(request.GET)
    query.pop("category", None)
    if shown.successor_id is not None:
        address = reverse("storefront:category", args=[shown.successor_id])
        return redirect(f"{address}{change(query)}" if query else address)  # it may come back
    at = timezone.now().replace(second=0, microsecond=0)
    narrowed = query.copy()
    narrowed["category"] = key
    asked = read_question(narrowed, request.portal, at=at, sort=Sort.NAME)
    listing = list_shops(asked, query, request.portal, at=at)
    steps = [(_("Shops"), reverse("storefront:directory"))]
    if shown.parent:
        steps.append(
            (shown.parent.shown_name, reverse("storefront:category", args=[shown.parent.pk]))
        )
    context = {
        "section": "shops",
        "category": shown,
        "heading": _heading(shown, asked.place),
        "below": list(shown.children.proposed().order_by("position"))
        if shown.parent_id is None
        else [],
        "asked": asked,
        "place_value": asked.place_label,
        "near_value": asked.near_text,
        "listing": listing,
        "crumbs": crumbs_to(request, *steps, (shown.shown_name, "")),
        "canonical": canonical_here(request),
        "noindex": bool(request.GET),
    }
    return render(request, "storefront/shops/category.html", context)
