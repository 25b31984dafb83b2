"""The doors to products: one for customers, one for whoever keeps the shelf."""

from __future__ import annotations

from django.db.models import Prefetch

from chalandise.accounts.models import User
from chalandise.catalogue.models import Offer, Product, ProductQuerySet, Variant
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.models import Portal


def get_product_on(portal: Portal, slug: str) -> Product:
    """Return a product that the portal's visitors may see.

    Raises:
        NotFoundError: absent, off the shelf, or sold elsewhere.
    """
    products = Product.objects.published().on(portal).select_related("category", "establishment")
    variants = Variant.objects.select_related("offer").order_by("position", "pk")
    found = (
        products.defer("establishment__description")
        .prefetch_related(Prefetch("variants", variants), "photos")
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


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
