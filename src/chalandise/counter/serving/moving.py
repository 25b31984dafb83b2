"""A customer comes at another time: the merchant moves the slot for them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.listing.hours import today_of
from chalandise.counter.serving.orders import get_card
from chalandise.counter.serving.taps import Gesture, new_key, perform
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.moving import move_slot
from chalandise.fulfilment.queries.moving import may_move, other_slots
from chalandise.web.request import MemberRequest
from chalandise.web.slot_form import SlotForm


@shop_page
def order_move(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show the other times that are free and move the slot to one, once; the customer is told."""
    card = get_card(request, shop, pk)
    at = timezone.now()
    if not may_move(card.order, card.fulfilment.state if card.fulfilment else ""):
        raise Http404
    form = SlotForm(request.POST or None, days=other_slots(card.order, at=at))
    if request.method == "POST" and form.is_valid():
        by, starts_at = actor_of(request), form.starts_at()

        def act() -> None:
            move_slot(card.order, starts_at, is_by_customer=False, by=by, at=at)

        here = reverse("counter:order_move", args=[shop.slug, pk])
        onward = reverse("counter:order", args=[shop.slug, pk])
        said = _("Moved: %(name)s has just been told.") % {"name": card.order.order.customer_name}
        gesture = Gesture("move", act, said, onward)
        return perform(request, shop, gesture, subject=str(pk), refused_url=here)
    context = {
        "shop": shop,
        "section": "requests",
        "card": card,
        "form": form,
        "has_slots": bool(form.fields["slot"].choices),  # type: ignore[attr-defined]
        "today": today_of(shop),
        "new_key": new_key,
    }
    return render(request, "counter/order_move.html", context, status=422 if form.errors else 200)
