"""The page of an order, for whoever holds its private link: where each shop stands, code, money."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.fulfilment.actions.asking import choose_offer, choose_refund
from chalandise.fulfilment.queries.customers import pass_for
from chalandise.fulfilment.queries.doors import get_question_by_token
from chalandise.fulfilment.states import QuestionState
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.on_demand import OnDemand
from chalandise.ordering.actions.serving import cancel_for_customer
from chalandise.ordering.queries.orders import get_order_by_token, get_order_to_follow
from chalandise.portals.queries import link_to
from chalandise.storefront.following.order_page import render_order
from chalandise.web.doors import found_or_404
from chalandise.web.preparing import prepared
from chalandise.web.request import PortalRequest, actor_of

if TYPE_CHECKING:
    import segno
else:
    segno = OnDemand("segno")


@prepared
def order(request: PortalRequest, token: str) -> HttpResponse:
    """Show an order, shop by shop."""
    found, parts = found_or_404(get_order_to_follow, token)
    return render_order(request, found, parts, at=timezone.now())


@require_POST
def cancel(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Cancel one shop's part, as long as the shop has not begun."""
    found = found_or_404(get_order_by_token, token)
    part = next((one for one in found.merchant_orders.all() if one.pk == part_id), None)
    if part is not None:
        try:
            cancel_for_customer(part, by=actor_of(request), at=timezone.now())
        except StaleStateError:
            said = _(
                "It can no longer be cancelled by a press: this page says where it stands now."
            )
            messages.warning(request, said)
    return redirect("storefront:order", token=token)


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
