"""Orders of the portal for an agent on the telephone: found by number, read with their trace."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.history import who_acted
from chalandise.console.market.money_words import MONEY_VERBS, arrangement
from chalandise.console.market.purse import get_part_on, latest_orders, payments_of, trace_of
from chalandise.console.paging import page_of
from chalandise.fulfilment.actions.calling_off import call_off
from chalandise.fulfilment.queries.customers import following
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.actions.serving import arranged
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.numbers import tidy_order_number
from chalandise.ordering.queries.orders import get_order_on
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, MerchantOrderState
from chalandise.portals.policies import DESK_ROLES

LONGEST_NUMBER = 20
NUMBER = 9  # what follows names one merchant’s part


@desk_page(DESK_ROLES)
def orders(request: DeskRequest) -> HttpResponse:
    """List the latest orders, or go to the one whose number is typed."""
    typed = request.GET.get("numero", "").strip()[:LONGEST_NUMBER]
    if typed:
        try:
            found = get_order_on(request.desk.portal, tidy_order_number(typed)[:NUMBER])
        except NotFoundError:
            messages.warning(request, _("No order of this portal has this number."))
        else:
            return redirect("console:order", number=found.number)
    context = {
        "title": _("Orders"),
        "typed": typed,
        "rows": page_of(request, latest_orders(request.desk.portal)),
    }
    return render(request, "console/orders/list.html", context)


@desk_page(DESK_ROLES)
def order(request: DeskRequest, number: str) -> HttpResponse:
    """Show one order: who, each merchant's part, the money, and everything that happened."""
    found = get_order_on(request.desk.portal, number)
    parts = list(found.merchant_orders.all())
    stages = following(part.pk for part in parts)
    payments = payments_of(found)
    context = {
        "title": _("Order %(number)s") % {"number": found.number},
        "subtitle": found.customer_name,
        "back_url": reverse("console:orders"),
        "back_label": _("Orders"),
        "order": found,
        "parts": [
            (
                part,
                FulfilmentState(stages[part.pk].state).label if part.pk in stages else "",
                arrangement(part.to_arrange) if part.to_arrange else "",
                MERCHANT_ORDER_TRANSITIONS.allows(part.state, MerchantOrderState.CANCELLED),
            )
            for part in parts
        ],
        "payments": payments,
        "trace": [
            (entry, MONEY_VERBS.get(entry.verb, entry.verb.replace("_", " ")), who_acted(entry))
            for entry in trace_of(found, payments)
        ],
    }
    return render(request, "console/orders/order.html", context)


@desk_page(DESK_ROLES)
@require_POST
def arrange(request: DeskRequest, pk: int) -> HttpResponse:
    """Note that it was settled with the customer, or call the part off; what was paid goes back."""
    part = get_part_on(request.desk.portal, pk)
    by, at = request.desk.actor, timezone.now()
    if not part.to_arrange:
        messages.info(request, _("Somebody else has dealt with it meanwhile."))
        return redirect("console:order", number=part.order.number)
    try:
        _arrange(request, part, by=by, at=at)
    except StaleStateError:
        said = _(
            "It has ended, or somebody has dealt with it meanwhile. Look at where it stands now."
        )
        messages.warning(request, said)
    return redirect("console:order", number=part.order.number)


@transaction.atomic
def _arrange(request: DeskRequest, part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    if request.POST.get("do") == "cancel":
        call_off(part, by=by, at=at, reason=request.POST.get("reason", "")[:200])
        said = _("Called off. What was paid goes back to the customer.")
    else:
        said = _("Noted: it is settled with the customer.")
    arranged(part, by=by, at=at)
    messages.success(request, said)
