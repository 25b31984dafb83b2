"""The cookies of a guest's cart.

``cart`` holds the secret of the cart and is for the server alone. ``cart_count`` says how many
things are inside, so that the shared pages, which know nobody, can show it by a line of script.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from chalandise.accounts.models import User
from chalandise.ordering.actions.cart import merge_carts
from chalandise.ordering.models import Cart
from chalandise.ordering.queries.carts import find_cart
from chalandise.web.request import PortalRequest

SECRET = "cart"  # noqa: S105 # the name of the cookie, not the secret
COUNT = "cart_count"
KEPT_SECONDS = 60 * 24 * 3600
LONGEST_SECRET = 64


def person_of(request: PortalRequest) -> User | None:
    """Return who signed in."""
    return request.user if isinstance(request.user, User) else None


def cart_of(request: PortalRequest, *, shows_lines: bool = False) -> Cart | None:
    """Return the visitor's cart, a member's or the one behind the cookie.

    Whoever filled a basket before signing in finds it in their own.

    Args:
        request: the visitor's.
        shows_lines: whether a page shows what is inside.
    """
    person = person_of(request)
    token = request.COOKIES.get(SECRET, "")
    is_likely = bool(token) and len(token) <= LONGEST_SECRET and "\x00" not in token
    guest = None
    if is_likely:
        guest = find_cart(request.portal, token=token, shows_lines=shows_lines)
    if person is None:
        return guest
    if guest is None:
        return find_cart(request.portal, user=person)
    return merge_carts(guest, user=person, portal=request.portal, at=timezone.now())


def remember(response: HttpResponse, cart: Cart | None, count: int) -> None:
    """Leave the cookies with an answer; an empty cart leaves none."""
    if cart is None or not count:
        response.delete_cookie(COUNT)
    else:
        response.set_cookie(
            COUNT,
            str(count),
            max_age=KEPT_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=False,  # shown beside the basket
            samesite="Lax",
        )
    if cart is not None and cart.user_id is not None:
        response.delete_cookie(SECRET)  # its basket is the person's now
    elif cart is not None:
        response.set_cookie(
            SECRET,
            cart.token,
            max_age=KEPT_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
