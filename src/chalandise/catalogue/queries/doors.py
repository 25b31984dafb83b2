"""The doors to products for whoever keeps the shelf; the customers' is in `product_pages`."""

from __future__ import annotations

from chalandise.accounts.models import User
from chalandise.catalogue.models import Offer, Product, ProductQuerySet
from chalandise.kernel.errors import NotFoundError


def get_product_for_member(user: User, product_id: int) -> Product:
    """Return a product of an establishment that the person looks after.

    Raises:
        NotFoundError: absent, or of somebody else's shop.
    """
    found = (
        with_page(Product.objects.all())
        .filter(pk=product_id, establishment__organisation__memberships__user=user)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def get_offer_for_member(user: User, offer_id: int) -> Offer:
    """Return an offer of an establishment that the person looks after.

    Raises:
        NotFoundError: absent, or of somebody else's shop.
    """
    found = (
        Offer.objects.select_related("variant__product__establishment__organisation")
        .filter(
            pk=offer_id,
            variant__product__establishment__organisation__memberships__user=user,
        )
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def with_page(products: ProductQuerySet) -> ProductQuerySet:
    """Fetch in advance what a product's page shows."""
    return products.select_related(
        "category__parent", "establishment__commune", "establishment__organisation"
    ).prefetch_related("variants__offer", "photos")
