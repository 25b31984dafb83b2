"""Reads about products: the terms of offers, the doors, the shelf."""

from chalandise.catalogue.queries.cards import ProductCard, cards_of
from chalandise.catalogue.queries.doors import get_product_for_member
from chalandise.catalogue.queries.product_pages import get_product_on
from chalandise.catalogue.queries.terms import terms_of

__all__ = ["ProductCard", "cards_of", "get_product_for_member", "get_product_on", "terms_of"]
