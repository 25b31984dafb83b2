"""What a signed-in person finds: their orders, their requests, and the shops they look after."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chalandise.directory.queries import list_establishments_of_member
from chalandise.ordering.models import Order
from chalandise.ordering.queries.orders import list_orders_of
from chalandise.ordering.queries.reservations import list_reservations_of
from chalandise.ordering.states import MerchantOrderState
from chalandise.storefront.following.order_parts import STATE_WORDS
from chalandise.storefront.home import crumbs_to
from chalandise.web.request import MemberRequest


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own things."""
    member = cast("MemberRequest", request)
    context = {
        "orders": [_told(one) for one in list_orders_of(member.user)],
        "reservations": list_reservations_of(member.user),
        "shops": list(list_establishments_of_member(member.user)),
        "crumbs": crumbs_to(member, (_("My account"), "")),
        "noindex": True,
    }
    return render(request, "storefront/account/account.html", context)


def _told(order: Order) -> dict[str, object]:
    """Return an order as the list shows it: its shops, and where it stands if all stand alike."""
    parts = [one for one in order.merchant_orders.all() if one.gathered_by_id is None]
    states = {one.state for one in parts}
    return {
        "order": order,
        "shops": ", ".join(dict.fromkeys(one.establishment.name for one in parts)),
        "said": str(STATE_WORDS[MerchantOrderState(states.pop())]) if len(states) == 1 else "",
    }
