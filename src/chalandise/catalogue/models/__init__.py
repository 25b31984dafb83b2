"""Tables of the catalogue, one file per subject."""

from chalandise.catalogue.models.baskets import BasketInvitation, BasketPart
from chalandise.catalogue.models.categories import ProductCategory
from chalandise.catalogue.models.imports import ImportMapping
from chalandise.catalogue.models.offers import Offer, PriceChange, Promotion
from chalandise.catalogue.models.products import Product, ProductPhoto, ProductQuerySet, Variant
from chalandise.catalogue.models.sellers import MandateAcceptance, SellerProfile, SoleTrader

__all__ = [
    "BasketInvitation",
    "BasketPart",
    "ImportMapping",
    "MandateAcceptance",
    "Offer",
    "PriceChange",
    "Product",
    "ProductCategory",
    "ProductPhoto",
    "ProductQuerySet",
    "Promotion",
    "SellerProfile",
    "SoleTrader",
    "Variant",
]
