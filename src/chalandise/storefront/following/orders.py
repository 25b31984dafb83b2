"""The page of an order, for whoever holds its private link: where each shop stands, code, money."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chalandise.fulfilment.actions.asking import choose_offer, choose_refund
from chalandise.fulfilment.passes import PASS_SECONDS
from chalandise.fulfilment.queries.customers import Following, following, pass_for
from chalandise.fulfilment.queries.doors import get_question_by_token
from chalandise.fulfilment.queries.moving import may_move
from chalandise.fulfilment.states import FulfilmentState, QuestionState
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.on_demand import OnDemand
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.policies import may_cancel
from chalandise.ordering.queries.orders import get_order_by_token, get_order_to_follow
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind
from chalandise.payments.queries import OrderPaid, PartPaid, order_paid
from chalandise.payments.sums import ENDED, PartSums, Sums, sums_of
from chalandise.portals.queries import link_to
from chalandise.settlements.queries.doors import invoices_of_orders
from chalandise.storefront.buying.recap_page import draw_seller, draw_way
from chalandise.storefront.buying.recap_words import said_lines
from chalandise.storefront.following.tour import errands_of
from chalandise.storefront.home import crumbs_to
from chalandise.web.doors import found_or_404
from chalandise.web.preparing import prepared
from chalandise.web.request import PortalRequest, actor_of

if TYPE_CHECKING:
    import segno
else:
    segno = OnDemand("segno")

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
PREPARING_WORDS = {
    FulfilmentState.PACKED: gettext_lazy("On its way to the pickup point"),
    FulfilmentState.READY: gettext_lazy("It is ready"),
    FulfilmentState.SENT: gettext_lazy("It is on its way"),
}
_WAITING = {MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.PLACED}
"""Unpaid and in these states, nothing is prepared and no document is written yet."""

STEPS = (
    (MerchantOrderState.PLACED, pgettext_lazy("step", "Ordered")),
    (MerchantOrderState.ACCEPTED, pgettext_lazy("step", "Accepted")),
    (MerchantOrderState.COMPLETED, pgettext_lazy("step", "In your hands")),
)


@never_cache
@prepared
def order(request: PortalRequest, token: str) -> HttpResponse:
    """Show an order, shop by shop."""
    found, parts = found_or_404(get_order_to_follow, token)
    money, at = order_paid(found, parts), timezone.now()
    sums = sums_of(parts, has_payments=any(one.payment for one in money.parts))
    context = {
        "section": "order",
        "order": found,
        "money": money,
        "parts": _parts(found, money, sums, at=at),
        "sums": sum((one.sums for one in sums.values()), Sums()),
        "errand_count": len(errands_of(parts, at=at)),
        "stands": any(one.merchant_order.state not in ENDED for one in money.parts),
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


def _parts(
    found: Order, money: OrderPaid, sums: dict[int, PartSums], *, at: datetime
) -> list[dict[str, Any]]:
    recaps = found.recap["merchants"]
    begun = [one for one in money.parts if one.payment or one.merchant_order.state not in _WAITING]
    progress = following(one.merchant_order.pk for one in begun)
    papers = invoices_of_orders(one.merchant_order for one in begun)
    return [
        _part(one, recaps[place], progress.get(one.merchant_order.pk), at=at)
        | {
            "papers": papers.get(one.merchant_order.number, []),
            "sums": sums[one.merchant_order.pk].sums,
            "lines": said_lines(sums[one.merchant_order.pk]),
            "fee_cents": sums[one.merchant_order.pk].fee_cents,
            "due_words": _due_words(one.merchant_order),
        }
        for place, one in sorted(((_place(one), one) for one in money.parts), key=itemgetter(0))
    ]


def _due_words(part: MerchantOrder) -> str:
    """Say where what is left to pay will be paid."""
    if part.pays != Pays.ON_COLLECTION:
        return _("To pay")
    if part.way_kind == WayKind.DELIVERY:
        return _("To be paid on delivery")
    return _("To pay on collection")


def _place(paid: PartPaid) -> int:
    """Return where a part stands in the recap: its number says it, the order of writing does not.

    What a gift basket gathers is written last, wherever it stands.
    """
    return int(paid.merchant_order.number.rpartition("-")[2]) - 1


def _part(
    paid: PartPaid, recap: dict[str, Any], progress: Following | None, *, at: datetime
) -> dict[str, Any]:
    part = paid.merchant_order
    shop = part.establishment
    recap = recap | _when_now(part)
    said = STATE_WORDS[MerchantOrderState(part.state)]
    if progress is not None and part.state == MerchantOrderState.ACCEPTED:
        said = PREPARING_WORDS.get(FulfilmentState(progress.state), said)
    return {
        "part": part,
        "shop": shop,
        "paid": paid,
        "said": str(said),
        "steps": _steps(part),
        "recap": recap,
        "when": draw_way(recap),
        "seller": draw_seller(recap["seller"], shop.slug),
        "may_move": may_move(part, progress.state if progress else ""),
        "may_cancel": may_cancel(part) and not paid.is_open,
        "has_code": part.state == MerchantOrderState.ACCEPTED and bool(part.pickup_code),
        "progress": progress,
        "has_pass": bool(pass_for(part, at=at)),
        "minute": int(at.timestamp()) // PASS_SECONDS,  # the picture is asked for again
    }


def _when_now(part: MerchantOrder) -> dict[str, str]:
    """Return the time of a slot that was moved since the order, as its recap would say it."""
    if not part.slot_moves or part.starts_at is None or part.ends_at is None:
        return {}
    zone = ZoneInfo(part.way.get("timezone") or part.establishment.timezone)
    return {
        "starts_at": part.starts_at.astimezone(zone).isoformat(),
        "ends_at": part.ends_at.astimezone(zone).isoformat(),
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


@never_cache
def qr_code(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Draw the code of this minute, which the shop's camera reads (fault 86)."""
    found = found_or_404(get_order_by_token, token)
    part = next((one for one in found.merchant_orders.all() if one.pk == part_id), None)
    shown = pass_for(part, at=timezone.now()) if part is not None else ""
    if not shown:
        raise Http404
    picture = BytesIO()
    address = link_to(found.portal, "counter:pass", shown)
    segno.make(address, error="m").save(picture, kind="svg", border=3, scale=4, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@never_cache
def question(request: PortalRequest, token: str) -> HttpResponse:
    """Let the customer choose about something missing or too heavy."""
    asked = found_or_404(get_question_by_token, token)
    choices = {"offer": choose_offer, "refund": choose_refund}
    settle = choices.get(request.POST.get("choice", "")) if request.method == "POST" else None
    if settle is not None:
        with suppress(StaleStateError):  # settled meanwhile: the page says how
            settle(asked, by=actor_of(request), at=timezone.now())
        return redirect("storefront:question", token=token)
    part = asked.fulfilment.merchant_order
    context = {
        "section": "order",
        "question": asked,
        "is_open": asked.state == QuestionState.OPEN,
        "part": part,
        "shop": part.establishment,
        "was_cents": asked.line.unit_price_cents * asked.quantity,
        "noindex": True,
    }
    response = render(request, "storefront/orders/question.html", context)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
