"""Coming at another time: the customer moves the slot of one shop's part by the private link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.fulfilment.actions.moving import move_slot
from chalandise.fulfilment.queries.moving import may_move, other_slots, state_of
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.logistics.errors import SlotFullError, SlotGoneError, SlotsBusyError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.storefront.following.tour import Errand
from chalandise.storefront.home import crumbs_to
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest, actor_of
from chalandise.web.slot_form import SlotForm


def move(request: PortalRequest, token: str, part_id: int) -> HttpResponse:
    """Show the times that are left and take one; the former one is given back with it."""
    found = found_or_404(get_order_by_token, token)
    part = found_or_404(_part, found, part_id)
    at = timezone.now()
    is_open = may_move(part, state_of(part))
    form = SlotForm(request.POST or None, days=other_slots(part, at=at) if is_open else [])
    if request.method == "POST" and is_open and form.is_valid() and _moved(request, part, form):
        messages.success(request, _("It is noted. See you then!"))
        return redirect("storefront:order", token=token)
    context = {
        "section": "order",
        "order": found,
        "part": part,
        "errand": Errand((part,)),
        "form": form,
        "is_open": is_open,
        "has_slots": bool(form.fields["slot"].choices),  # type: ignore[attr-defined]
        "crumbs": crumbs_to(
            request,
            (
                _("Order %(number)s") % {"number": found.number},
                reverse("storefront:order", args=[token]),
            ),
            (_("Come at another time"), ""),
        ),
        "noindex": True,
    }
    status = 422 if form.errors else 200
    response = render(request, "storefront/orders/move.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _part(order: Order, part_id: int) -> MerchantOrder:
    found = next((one for one in order.merchant_orders.all() if one.pk == part_id), None)
    if found is None:
        raise NotFoundError
    return found


def _moved(request: PortalRequest, part: MerchantOrder, form: SlotForm) -> bool:
    try:
        move_slot(
            part,
            form.starts_at(),
            is_by_customer=True,
            by=actor_of(request),
            at=timezone.now(),
        )
    except (SlotFullError, SlotGoneError):
        text = _("Somebody else was quicker. Your former time still stands: choose another one.")
        form.add_error("slot", text)
    except SlotsBusyError:
        form.add_error(None, _("Many people are choosing just now. Nothing has moved: try again."))
    except StaleStateError:
        form.add_error(
            None, _("This time can no longer be moved: it was collected, or the order has ended.")
        )
    else:
        return True
    return False
