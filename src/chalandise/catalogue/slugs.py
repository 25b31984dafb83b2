"""Addresses of products."""

from __future__ import annotations

import secrets

from django.utils.text import slugify

from chalandise.kernel.text import fold

_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_LENGTH = 5


def product_slug(name: str, shop_name: str) -> str:
    """Return an address that says what and whose, with a tail that makes it the only one."""
    words = slugify(fold(f"{name} {shop_name}").replace("'", " "))[:100].strip("-") or "produit"
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{words}-{tail}"
