"""The page of an order, for whoever holds its private link: where each shop stands, code, money."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.policies import may_cancel
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.queries import OrderPaid, PartPaid, order_paid
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.recap_words import said_merchant
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest, actor_of

STATE_WORDS = {
    MerchantOrderState.AWAITING_PAYMENT: gettext_lazy("Waiting for your payment"),
    MerchantOrderState.PLACED: gettext_lazy("Sent to the shop"),
    MerchantOrderState.ACCEPTED: gettext_lazy("The shop prepares it"),
    MerchantOrderState.COMPLETED: gettext_lazy("You have it"),
    MerchantOrderState.DECLINED: gettext_lazy("The shop could not"),
    MerchantOrderState.CANCELLED: gettext_lazy("Cancelled"),
    MerchantOrderState.EXPIRED: gettext_lazy("Not paid in time"),
    MerchantOrderState.UNCOLLECTED: gettext_lazy("Not collected"),
}
STEPS = (
    (MerchantOrderState.PLACED, pgettext_lazy("step", "Ordered")),
    (MerchantOrderState.ACCEPTED, pgettext_lazy("step", "Accepted")),
    (MerchantOrderState.COMPLETED, pgettext_lazy("step", "In your hands")),
)


@never_cache
def order(request: PortalRequest, token: str) -> HttpResponse:
    """Show an order, shop by shop."""
    found = found_or_404(get_order_by_token, token)
    money = order_paid(found)
    context = {
        "section": "order",
        "order": found,
        "money": money,
        "parts": _parts(found, money),
        "title": _title(money),
        "is_bank_silent": "banque" in request.GET,
        "crumbs": crumbs_to(request, (_("Order %(number)s") % {"number": found.number}, "")),
        "noindex": True,
    }
    response = render(request, "storefront/orders/order.html", context)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _title(money: OrderPaid) -> str:
    states = {one.merchant_order.state for one in money.parts}
    if money.is_checking:
        return _("We are checking your payment")
    if MerchantOrderState.AWAITING_PAYMENT in states:
        return _("Your order is not paid yet")
    if states <= {MerchantOrderState.COMPLETED}:
        return _("You have everything")
    if states <= {
        MerchantOrderState.CANCELLED,
        MerchantOrderState.DECLINED,
        MerchantOrderState.EXPIRED,
    }:
        return _("This order has ended")
    return _("Thank you, your order is with the shops")


def _parts(found: Order, money: OrderPaid) -> list[dict[str, Any]]:
    recaps = found.recap["merchants"]
    return [_part(one, recap) for one, recap in zip(money.parts, recaps, strict=True)]


def _part(paid: PartPaid, recap: dict[str, Any]) -> dict[str, Any]:
    part = paid.merchant_order
    shop = part.establishment
    return {
        "part": part,
        "shop": shop,
        "paid": paid,
        "said": str(STATE_WORDS[MerchantOrderState(part.state)]),
        "steps": _steps(part),
        "recap": said_merchant(recap, reverse("storefront:shop_terms", args=[shop.slug])),
        "may_cancel": may_cancel(part) and not paid.is_open,
        "has_code": part.state == MerchantOrderState.ACCEPTED and bool(part.pickup_code),
    }


def _steps(part: MerchantOrder) -> list[tuple[str, str]]:
    order: list[str] = [state for state, _label in STEPS]
    state: str = part.state
    if state not in order:
        return []
    now, last = order.index(state), len(order) - 1
    return [
        (str(label), "is-done" if n < now or n == now == last else "is-now" if n == now else "")
        for n, (_state, label) in enumerate(STEPS)
    ]


@require_POST
@never_cache
def cancel(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Cancel one shop's part, as long as the shop has not begun."""
    found = found_or_404(get_order_by_token, token)
    part = next((one for one in found.merchant_orders.all() if one.pk == part_id), None)
    if part is not None and may_cancel(part):
        with suppress(StaleStateError):  # the shop was quicker: the page says where it stands
            cancel_merchant_order(part, by=actor_of(request), at=timezone.now())
    return redirect("storefront:order", token=token)
