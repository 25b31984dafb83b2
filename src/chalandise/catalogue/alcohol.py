"""What is alcohol: drinks of more than 1.2 % by volume (code de la santé publique, L3321-1)."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from chalandise.catalogue.models import Product

FROM_DEGREE = Decimal("1.2")


def is_alcohol(product: Product) -> bool:
    """Tell whether a product is alcohol, by its category or by the degree it names."""
    degree = product.alcohol_degree
    return product.category.is_alcohol or (degree is not None and degree > FROM_DEGREE)


def that_are_alcohol() -> Q:
    """Return the condition on products that says the same."""
    return Q(category__is_alcohol=True) | Q(alcohol_degree__gt=FROM_DEGREE)
