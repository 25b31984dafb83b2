"""The page of an order, filled into its moulds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.fulfilment.states import FulfilmentState
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.queries import OrderPaid, order_paid
from chalandise.payments.sums import ENDED, Sums, sums_of
from chalandise.storefront.following.order_parts import (
    draw_parts,
    draw_sums,
    may_be_cancelled,
    progress_of,
)
from chalandise.storefront.following.tour import errands_of
from chalandise.storefront.home import crumbs_to
from chalandise.web.form_token import form_token
from chalandise.web.formatting import calendar_day, money
from chalandise.web.pages import render_page
from chalandise.web.request import PortalRequest


def render_order(
    request: PortalRequest, order: Order, parts: Sequence[MerchantOrder], *, at: datetime
) -> HttpResponse:
    """Answer with an order, shop by shop; its address is a secret that no other site learns."""
    paid = order_paid(order, parts)
    sums = sums_of(parts, has_payments=any(one.payment for one in paid.parts))
    has_forms = bool(paid.unpaid_cents) or any(may_be_cancelled(one) for one in paid.parts)
    token = form_token(request) if has_forms else ""
    progress = progress_of(paid)
    total = sum((one.sums for one in sums.values()), Sums())
    response = render_page(
        request,
        "storefront/orders/order.html",
        same={
            "section": "order",
            "noindex": True,
            "is_bank_silent": "banque" in request.GET and bool(paid.unpaid_cents),
            "is_checking": paid.is_checking,
            "is_partial": paid.is_partial,
            "errand_count": len(errands_of(parts, at=at)),
            "stands": any(one.merchant_order.state not in ENDED for one in paid.parts),
            "is_business": bool(order.business),
        },
        own={
            "csrf_token": token,
            "token": order.token,
            "number": order.number,
            "day": calendar_day(order.placed_at),
            "email": order.customer_email,
            "title": _title(paid, {pk: one.state for pk, one in progress.items()}),
            "unpaid": money(paid.unpaid_cents) if paid.unpaid_cents else "",
            "crumbs": crumbs_to(request, (_("Order %(number)s") % {"number": order.number}, "")),
            "parts": draw_parts(order, paid, sums, progress, token, at=at),
            "all_sums": draw_sums(total) if len(parts) > 1 else "",
        },
    )
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _title(paid: OrderPaid, progress: Mapping[int, str]) -> str:
    """Say where an order stands as a whole; ``progress`` is the preparing of each part by its key."""
    states = {one.merchant_order.state for one in paid.parts}
    if paid.is_checking:
        return _("We are checking your payment")
    if paid.is_partial:
        return _("Your order is paid in part")
    if MerchantOrderState.AWAITING_PAYMENT in states:
        return _("Your order is not paid yet")
    if states <= {MerchantOrderState.COMPLETED}:
        return _("You have everything")
    under_way = [
        one.merchant_order.pk
        for one in paid.parts
        if one.merchant_order.state in (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)
    ]
    if not under_way:
        return _("This order has ended")
    if all(progress.get(pk) == FulfilmentState.READY for pk in under_way):
        return _("It is ready for you")
    return ngettext(
        "Thank you, your order is with the shop",
        "Thank you, your order is with the shops",
        len(under_way),
    )
