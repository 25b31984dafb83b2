"""The way to the bank's page and back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import Order
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.payments.actions.inbox import receive_event
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.payments.errors import (
    EventNotGenuineError,
    NoOnlinePaymentError,
    NothingToPayError,
    ProviderError,
    RetryableProviderError,
)
from chalandise.payments.queries import open_visit_of
from chalandise.portals.queries import link_to
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest

LARGEST_EVENT = 256 * 1024


def to_payment(request: PortalRequest, order: Order) -> HttpResponse:
    """Send whoever ordered to the bank, or to the order where nothing is left to pay online.

    When the bank does not answer, the page of the order says so and offers to try again.
    """
    back_here = link_to(order.portal, "storefront:order_back", order.token)
    try:
        visit = open_visit(
            order,
            return_url=back_here,
            cancel_url=back_here,  # whoever leaves is looked up too, and told what is unpaid
            at=timezone.now(),
        )
    except NothingToPayError:
        return redirect("storefront:order", token=order.token)
    except (ProviderError, NoOnlinePaymentError):
        return redirect(f"{link_to(order.portal, 'storefront:order', order.token)}?banque=muette")
    return HttpResponseRedirect(visit.url)


@require_POST
def pay_again(request: PortalRequest, token: str) -> HttpResponse:
    """Open the bank's page for what is still to be paid."""
    return to_payment(request, found_or_404(get_order_by_token, token))


def back(request: PortalRequest, token: str) -> HttpResponse:
    """Come back from the bank: ask it what happened, whatever the browser says (fault 6)."""
    order = found_or_404(get_order_by_token, token)
    visit = open_visit_of(order)
    if visit is not None:
        onward = continue_visit(visit, at=timezone.now())
        if onward.url:
            return HttpResponseRedirect(onward.url)
    return redirect("storefront:order", token=token)


@csrf_exempt  # signed by the provider, over the very body
@require_POST
def events(request: PortalRequest, provider: str) -> HttpResponse:
    """Take news from a payment provider; what it says is looked up, never believed."""
    if len(request.body) > LARGEST_EVENT:
        return HttpResponse(status=413)
    try:
        receive_event(provider, dict(request.headers), request.body, at=timezone.now())
    except NotFoundError:
        return HttpResponse(status=404)
    except EventNotGenuineError:
        return HttpResponse(status=400)
    except RetryableProviderError:
        return HttpResponse(status=503)
    return HttpResponse(status=200)
