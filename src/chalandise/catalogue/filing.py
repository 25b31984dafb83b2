"""Filing a product elsewhere: what its category proposed goes with it, what somebody decided stays."""

from __future__ import annotations

from chalandise.catalogue.models import Offer, Product, ProductCategory
from chalandise.catalogue.states import ProductKind

PROPOSED = ("minimum_age", "is_perishable", "withdrawal_exception")
"""Facts of a product that its category proposes; a gift basket has those of its parts."""


def file_under(product: Product, category: ProductCategory) -> None:
    """Give a product another category, and what that proposes where nobody said otherwise.

    A fact that still stands as the old category proposed it takes the new proposal, the VAT code of
    each form likewise: a glass bauble that was taken for a loaf loses the rate of bread, its
    « perishable » and the exception to withdrawal that came with it. The product is not saved; its
    offers are.
    """
    before, product.category = product.category, category
    if product.kind == ProductKind.BASKET:
        return
    for fact in PROPOSED:
        if getattr(product, fact) == getattr(before, fact):
            setattr(product, fact, getattr(category, fact))
    offers = Offer.objects.filter(variant__product=product, vat_code=before.vat_code)
    offers.update(vat_code=category.vat_code)
