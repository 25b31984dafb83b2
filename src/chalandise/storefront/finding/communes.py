"""The directory commune by commune, all on one page or, in a large territory, letter by letter."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chalandise.discovery.criteria import Search
from chalandise.discovery.search import count_by_commune
from chalandise.kernel.sorting import french_sort_key
from chalandise.storefront.addresses import canonical_here
from chalandise.storefront.home import crumbs_to
from chalandise.territories.models import Territory
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest

MOST_ON_A_PAGE = 500
"""More would weigh over 100 kB: the Pas-de-Calais has 887 communes, Occitanie 4,447."""


@shared_page
def communes(request: PortalRequest) -> HttpResponse:
    """List the communes of the portal that have shops, in alphabetical order."""
    counts = count_by_commune(Search.on(request.portal))
    known = Territory.objects.filter(key__in=counts).sorted().only("key", "name", "sort_key")
    places = list(known)
    letters = list(dict.fromkeys(_letter_of(one) for one in places))
    is_cut = len(places) > MOST_ON_A_PAGE
    letter = request.GET.get("letter", "") if is_cut else ""
    if is_cut:
        letter = letter if letter in letters else letters[0]
        places = [one for one in places if _letter_of(one) == letter]
    page = Paginator(places, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    base, here = reverse("storefront:directory"), reverse("storefront:communes")
    crumbs = [(_("Shops"), base), (_("Communes"), here if letter else "")]
    context = {
        "section": "shops",
        "letters": [
            (one, f"{here}?{urlencode({'letter': one})}", one == letter)
            for one in (letters if is_cut else ())
        ],
        "groups": [
            (first, [_line(one, base, counts) for one in some])
            for first, some in groupby(page.object_list, key=_letter_of)
        ],
        "next_url": _page_url(letter, page.number + 1) if page.has_next() else "",
        "first_url": _page_url(letter, 1) if page.has_previous() else "",
        "crumbs": crumbs_to(request, *crumbs, *([(letter, "")] if letter else [])),
        "canonical": canonical_here(request, urlencode({"letter": letter}) if letter else ""),
        "noindex": page.number > 1,
    }
    return render(request, "storefront/shops/communes.html", context)


def _letter_of(place: Territory) -> str:
    return french_sort_key(place.name)[:1].upper()


def _line(place: Territory, base: str, counts: dict[str, int]) -> tuple[str, str, int]:
    return place.name, f"{base}?{urlencode({'territory': place.key})}", counts[place.key]


def _page_url(letter: str, number: int) -> str:
    return f"?{urlencode({'letter': letter, 'page': number})}"
