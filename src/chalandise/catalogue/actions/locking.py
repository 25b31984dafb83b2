"""The doors to rows of this room that are held until the transaction ends, in the order of keys."""

from __future__ import annotations

from collections.abc import Collection

from chalandise.catalogue.models import Offer, Product, ProductCategory, SellerProfile
from chalandise.organisations.models import Organisation


def lock_categories() -> list[ProductCategory]:
    """Hold all categories of products."""
    return list(ProductCategory.objects.select_for_update().order_by("pk"))


def lock_product(product_id: int) -> Product:
    """Hold a product."""
    return Product.objects.select_for_update(of=("self",)).get(pk=product_id)


def lock_offers(offer_ids: Collection[int]) -> list[Offer]:
    """Hold offers, and read their products and shops."""
    rows = Offer.objects.select_for_update(of=("self",)).filter(pk__in=offer_ids)
    return list(rows.select_related("variant__product__establishment").order_by("pk"))


def lock_profile(organisation: Organisation) -> SellerProfile:
    """Hold what a seller says of itself."""
    return SellerProfile.objects.select_for_update().get(organisation=organisation)
