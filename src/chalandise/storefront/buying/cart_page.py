"""The page of the basket, filled into its moulds."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chalandise.logistics.queries.fees import LeastFees
from chalandise.ordering.queries.carts import CartGroup, CartLineView, CartView
from chalandise.storefront.buying.cart_words import said_changes
from chalandise.storefront.buying.fee_words import say_fees, say_least
from chalandise.storefront.home import crumbs_to
from chalandise.web.form_token import form_token
from chalandise.web.formatting import money
from chalandise.web.moulds import fill_in
from chalandise.web.pages import render_page
from chalandise.web.pictures import photo_address
from chalandise.web.request import PortalRequest


def render_cart(
    request: PortalRequest,
    shown: CartView,
    fees: Mapping[int, LeastFees],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the basket."""
    token = form_token(request)
    least = sum(one.least_cents for one in fees.values())
    return render_page(
        request,
        "storefront/cart/cart.html",
        same={"section": "cart", "noindex": True, "has_alcohol": shown.has_alcohol},
        own={
            "csrf_token": token,
            "problem": problem,
            "crumbs": crumbs_to(request, (_("Your basket"), "")),
            "changes": said_changes(shown.changes),
            "shops": [
                _draw_shop(one, say_fees(fees[one.establishment.pk]), token) for one in shown.groups
            ],
            "total": money(shown.items_cents),
            "getting": say_least(fees.values()),
            "sum": money(shown.items_cents + least),
        },
        status=status,
    )


def _draw_shop(group: CartGroup, fees: str, token: str) -> SafeString:
    shop = group.establishment
    return fill_in(
        "storefront/cart/_shop.html",
        same={},
        own={
            "key": str(shop.pk),
            "slug": shop.slug,
            "name": shop.name,
            "place": shop.commune.name,
            "sum": money(group.items_cents),
            "fees": fees,
            "lines": [_draw_line(one, token) for one in group.lines],
        },
    )


def _draw_line(line: CartLineView, token: str) -> SafeString:
    terms = line.terms
    return fill_in(
        "storefront/cart/_line.html",
        same={"is_gone": not terms.is_orderable, "is_weighed": terms.is_weight_priced},
        own={
            "csrf_token": token,
            "key": str(line.line_id),
            "name": terms.name,
            "slug": terms.product_slug,
            "picture": photo_address(terms.photo_name) if terms.photo_name else "",
            "picture_avif": photo_address(terms.photo_name, "480.avif"),
            "quantity": str(line.quantity),
            "price": money(terms.price_cents),
            "unit_price": line.unit_price,
            "total": money(line.total_cents),
        },
    )
