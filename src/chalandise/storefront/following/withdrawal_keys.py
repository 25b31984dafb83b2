"""Signed keys that stand in the addresses of a withdrawal, so that no guess opens one."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from chalandise.ordering.models import Order

FORM_SALT = "storefront.withdrawal"
CODE_SALT = "storefront.withdrawal.code"


def to_form(order: Order) -> str:
    """Return the address of the form for an order, good for some hours."""
    return reverse("storefront:withdraw_form", args=[signing.dumps(order.pk, salt=FORM_SALT)])


def to_code(order: Order) -> str:
    """Return the address where the code of the e-mail is typed, which opens nothing by itself."""
    return reverse("storefront:withdraw_code", args=[signing.dumps(order.pk, salt=CODE_SALT)])
