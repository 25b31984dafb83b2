"""What is found while the index is away: names, looked up in PostgreSQL, within bounds."""

from __future__ import annotations

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from chalandise.catalogue.models import Product, ProductQuerySet
from chalandise.directory.models import Establishment, EstablishmentQuerySet
from chalandise.discovery.criteria import Search
from chalandise.discovery.product_criteria import ProductSearch
from chalandise.discovery.results import Results
from chalandise.discovery.words import spell
from chalandise.territories.models import Territory

MOST_FOUND = 200
PATIENCE_MS = 1500


def look_up_names(search: Search) -> Results:
    """Return published establishments of the scope whose names hold the words.

    The category, the territory, services and labels still count; hours, distance and the map's box
    do not. There is one page, and ``count`` stops at `MOST_FOUND`. A question that would take
    PostgreSQL too long finds nothing.
    """
    return _look_up(_matching(search), search.limit)


def look_up_products(search: ProductSearch) -> Results:
    """Return published products of the scope whose names hold the words.

    The category, the shop and its trade, the territory, services, labels, « made here » and the season still count;
    prices, stock, allergens, hours and distance do not.
    """
    return _look_up(_matching_products(search), search.limit)


def _look_up(found: EstablishmentQuerySet | ProductQuerySet, limit: int) -> Results:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            ids = list(found.values_list("pk", flat=True)[:MOST_FOUND])
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError:
        ids = []
    return Results(ids=tuple(ids[:limit]), count=len(ids), is_degraded=True)


def _matching(search: Search) -> EstablishmentQuerySet:
    found = Establishment.objects.published().filter(
        commune__in=Territory.objects.within(search.scope)
    )
    for word in spell(search.words)[:4]:
        found = found.filter(sort_key__contains=word)
    if search.category:
        found = found.filter(category=search.category) | found.filter(
            category__parent=search.category
        )
    if search.territory:
        found = found.filter(commune__in=Territory.objects.within([search.territory]))
    if search.services:
        found = found.filter(services__contains=list(search.services))
    if search.labels:
        found = found.filter(labels__contains=list(search.labels))
    return found.order_by("sort_key", "pk")


def _matching_products(search: ProductSearch) -> ProductQuerySet:
    found = Product.objects.published().filter(
        establishment__commune__in=Territory.objects.within(search.scope)
    )
    for word in spell(search.words)[:4]:
        found = found.filter(sort_key__contains=word)
    if search.category:
        found = found.under(search.category)
    if search.territory:
        within = Territory.objects.within([search.territory])
        found = found.filter(establishment__commune__in=within)
    found = _sold_by(found, search)
    if search.labels:
        found = found.filter(labels__contains=list(search.labels))
    if search.made_here:
        found = found.filter(is_made_here=True)
    if search.in_season:
        found = found.filter(season_months__contains=[timezone.localdate().month])
    return found.order_by("-published_at", "-pk")


def _sold_by(found: ProductQuerySet, search: ProductSearch) -> ProductQuerySet:
    if search.shop is not None:
        found = found.filter(establishment=search.shop)
    if search.shops is not None:
        found = found.filter(establishment__in=search.shops)
    if search.trade:
        sells = "establishment__category"
        found = found.filter(Q(**{sells: search.trade}) | Q(**{f"{sells}__parent": search.trade}))
    if search.services:
        found = found.filter(establishment__services__contains=list(search.services))
    return found
