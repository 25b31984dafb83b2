"""Finding products: one page, and what would narrow the question."""

from __future__ import annotations

from dataclasses import replace

from tantivy import FieldType, Query

from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS
from chalandise.catalogue.states import Allergen
from chalandise.discovery.answering import answer, results_of
from chalandise.discovery.clauses import Clauses, clauses_of
from chalandise.discovery.facets import MOST_VALUES, count_values
from chalandise.discovery.fallback import look_up_products
from chalandise.discovery.matching import any_of, filter_by, keys_query
from chalandise.discovery.memory import Memory, key_of
from chalandise.discovery.product_criteria import QUARTER_SECONDS, ProductSearch, ProductSort
from chalandise.discovery.reader import Snapshot, get_products_snapshot
from chalandise.discovery.results import FacetValue, ProductFacets, Results
from chalandise.discovery.schema import SAID, schema

FACETS = {
    "categories": "categories",
    "communes": "communes",
    "services": "services",
    "labels": "labels",
    "traits": "traits",
    "contains": "free_of",
}
"""Facets, and the dimension each is counted without."""

_pages: Memory[Results] = Memory(2048)
_facets: Memory[ProductFacets] = Memory(64)


def find_products(search: ProductSearch) -> Results:
    """Return one page of products that match.

    Raises:
        TooDeepError: the list was followed beyond its end.
        BadCursorError: the cursor does not belong to this question.
        OutOfBoundsError: ``open_at`` lies beyond what the index knows.
    """
    return answer(
        get_products_snapshot,
        _pages,
        key_of(search),
        lambda snapshot: results_of(snapshot, product_clauses(snapshot, search), search),
        lambda: look_up_products(search),
    )


def count_product_facets(search: ProductSearch, *, communes: int = MOST_VALUES) -> ProductFacets:
    """Return the values that narrow the question, with counts; empty when the index is away.

    Args:
        search: the question.
        communes: of how many communes to tell.
    """
    asked = search.but(cursor="", limit=1, order=ProductSort.BEST)
    return answer(
        get_products_snapshot,
        _facets,
        (communes, key_of(asked)),
        lambda snapshot: _counted(snapshot, asked, communes),
        ProductFacets,
    )


def _counted(snapshot: Snapshot, search: ProductSearch, communes: int) -> ProductFacets:
    """Count the facets; what products are free of from what those that say so contain.

    A product names few allergens, and is free of the ten others: counting these took longer than
    all the rest.
    """
    clauses, few = product_clauses(snapshot, search), {"communes": communes}
    counts = count_values(snapshot.searcher, clauses, FACETS, few)
    contained = {one.key: one.count for one in counts.pop("contains")}
    said = contained.pop(SAID, 0)
    free = [FacetValue(key, said - contained.get(key, 0)) for key in Allergen.values]
    free_of = sorted((one for one in free if one.count), key=lambda one: (-one.count, one.key))
    return ProductFacets(**counts, free_of=tuple(free_of))


def product_clauses(snapshot: Snapshot, search: ProductSearch) -> Clauses:
    """Cut a question about products into conditions."""
    clauses = clauses_of(snapshot, search)
    more: dict[str, Query] = {}
    if search.shop is not None:
        more["shop"] = _of_shop(search.shop)
    if search.shops is not None:
        more["shops"] = any_of([_of_shop(key) for key in search.shops])
    if search.collect_at is not None:
        quarter = int(search.collect_at.timestamp()) // QUARTER_SECONDS
        more["same_day"] = Query.term_query(schema(), "same_day", str(quarter), "basic")
    if search.trade:
        more["trade"] = keys_query("trades", [search.trade])
    for field, keys in (("traits", search.traits), ("free_of", search.free_of)):
        if keys:
            more[field] = Query.boolean_query([filter_by(keys_query(field, [k])) for k in keys])
    if search.least_cents is not None or search.most_cents is not None:
        most = HIGHEST_PRICE_CENTS if search.most_cents is None else search.most_cents
        more["price"] = Query.range_query(
            schema(), "price", FieldType.Unsigned, search.least_cents or 0, most
        )
    own = {name: filter_by(query) for name, query in more.items()}
    return replace(clauses, by_dimension={**clauses.by_dimension, **own})


def _of_shop(key: int) -> Query:
    return Query.term_query(schema(), "shop", key, "basic")
