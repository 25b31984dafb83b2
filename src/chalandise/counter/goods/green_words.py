"""What the counter says of words that claim to be good for the environment: a warning, never a block."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chalandise.catalogue.green_claims import green_claims, is_of_climate
from chalandise.catalogue.models import Product


def claims_in(product: Product) -> tuple[str, ...]:
    """Return the generic claims in a product's words."""
    names = (one.name for one in product.variants.all())
    texts = (product.name, product.description, *names)
    return green_claims(texts, category_key=product.category_id)


def green_warning(product: Product) -> str:
    """Return the warning that a product's words deserve; blank where none does."""
    claims = claims_in(product)
    return green_sentence(claims) if claims else ""


def green_sentence(claims: Sequence[str] = ()) -> str:
    """Say what to write in the place of such words."""
    said = _(
        "Words such as “ecological” or “eco-responsible” say nothing that a customer can check, and the"
        " law no longer lets them stand alone (directive (EU) 2024/825; code of the environment,"
        " L541-9-1). Say instead what is true of it: “made of 80 % recycled wool”, “refilled in the shop”."
    )
    if any(map(is_of_climate, claims)):
        more = _(
            "That a product is neutral for the climate cannot be said on the strength of offsets."
        )
        return f"{said} {more}"
    return said
