"""Signed keys that stand in the addresses of a withdrawal, so that no guess opens one."""

from __future__ import annotations

from django.core import signing
from django.http import Http404
from django.urls import reverse

from chalandise.ordering.models import Order
from chalandise.ordering.queries.withdrawals import get_order_to_withdraw
from chalandise.web.doors import found_or_404

FORM_SALT = "storefront.withdrawal"
CODE_SALT = "storefront.withdrawal.code"


def too_late() -> str:
    """Return where whoever comes with an old key begins again, and reads why."""
    return reverse("storefront:withdraw") + "?perime=1"


def to_form(order: Order) -> str:
    """Return the address of the form for an order, good for some hours."""
    return reverse("storefront:withdraw_form", args=[signing.dumps(order.pk, salt=FORM_SALT)])


def to_code(order: Order) -> str:
    """Return the address where the code of the e-mail is typed, which opens nothing by itself."""
    return reverse("storefront:withdraw_code", args=[signing.dumps(order.pk, salt=CODE_SALT)])


def order_of(key: str, *, salt: str, seconds: int) -> Order | None:
    """Return the order that a key names; None where the key is older than ``seconds``.

    Raises:
        Http404: nobody signed it, or the order is no more.
    """
    try:
        order_id = signing.loads(key, salt=salt, max_age=seconds)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature as error:
        raise Http404 from error
    return found_or_404(get_order_to_withdraw, order_id)
