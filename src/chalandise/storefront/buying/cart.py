"""The basket: what is inside at each shop, what changed since, and the way to the checkout."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.logistics.queries.fees import Tariff, tariffs_of
from chalandise.ordering.actions.cart import (
    accept_changes,
    change_quantity,
    put_in_cart,
    remove_line,
)
from chalandise.ordering.errors import BadQuantityError, CartFullError, NotOrderableError
from chalandise.ordering.queries.carts import CartView, fees_of, view_cart
from chalandise.storefront.buying.cart_cookie import cart_of, person_of, remember
from chalandise.storefront.buying.cart_page import render_cart
from chalandise.web.memory import Recent
from chalandise.web.preparing import prepared
from chalandise.web.request import PortalRequest
from chalandise.web.same_origin import same_origin

NOTHING = CartView((), (), 0, 0, 0, has_alcohol=False)
LONGEST_ID = 18
_tariffs: Recent[int, Tariff] = Recent(4096)
"""What shops ask for getting things, kept until somebody changes something; a checkout reads anew."""


@prepared
def cart(request: PortalRequest) -> HttpResponse:
    """Show the basket by shop."""
    return _page(request)


def _page(request: PortalRequest, problem: str = "", status: int = 200) -> HttpResponse:
    mine = cart_of(request, shows_lines=True)
    shown = view_cart(mine, at=timezone.now()) if mine is not None else NOTHING
    tariffs = _tariffs.get_many([one.establishment.pk for one in shown.groups], tariffs_of)
    fees = fees_of(shown, tariffs)
    response = render_cart(request, shown, fees, problem=problem, status=status)
    remember(response, mine, shown.count)
    return response


@require_POST
@same_origin
@prepared
def add(request: PortalRequest) -> HttpResponse:
    """Put something in, and show the basket."""
    offer_id = request.POST.get("offer", "")
    person = person_of(request)
    try:
        if not (offer_id.isascii() and offer_id.isdecimal() and len(offer_id) <= LONGEST_ID):
            raise NotOrderableError(0)
        filled = put_in_cart(
            cart_of(request),
            int(offer_id),
            quantity=request.POST.get("quantity", "1"),
            portal=request.portal,
            at=timezone.now(),
            user=person,
        )
    except BadQuantityError:
        return _page(request, _("Nothing was added: type a whole number from 1 to 99."), 422)
    except NotOrderableError:
        return _page(request, _("Nothing was added: this product cannot be ordered now."), 422)
    except CartFullError:
        return _page(
            request, _("Nothing was added: the basket holds a hundred different products."), 422
        )
    response = redirect("storefront:cart")
    remember(response, filled.cart, filled.count)
    return response


@require_POST
@prepared
def change(request: PortalRequest, line_id: int) -> HttpResponse:
    """Change how many are wanted, or take the line out."""
    mine = cart_of(request)
    if mine is None:
        return redirect("storefront:cart")
    if "remove" in request.POST:
        remove_line(mine, line_id, at=timezone.now())
        return redirect("storefront:cart")
    try:
        quantity = request.POST.get("quantity")
        change_quantity(mine, line_id, quantity=quantity, at=timezone.now())
    except BadQuantityError:
        return _page(request, _("Nothing was changed: type a whole number from 1 to 99."), 422)
    return redirect("storefront:cart")


@require_POST
@prepared
def accept(request: PortalRequest) -> HttpResponse:
    """Take the basket as it stands now, after what changed was shown (fault 16)."""
    mine = cart_of(request)
    if mine is not None:
        accept_changes(mine, at=timezone.now())
    return redirect("storefront:cart")
