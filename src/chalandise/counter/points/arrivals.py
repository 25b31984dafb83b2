"""What merchants bring to a pooled point: the day's list, ticked bag by bag."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.counter.points.doors import actor_of, get_card, point_page, today_at
from chalandise.counter.serving.papers import read_day
from chalandise.counter.serving.taps import Gesture, new_key, perform
from chalandise.fulfilment.actions.arriving import correct_arrival, note_arrival
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import may_correct_arrival
from chalandise.fulfilment.queries.cards import Card
from chalandise.fulfilment.queries.points import arrivals
from chalandise.fulfilment.states import FulfilmentState
from chalandise.journal.states import Actor
from chalandise.logistics.models import PickupPoint
from chalandise.web.request import MemberRequest


@point_page
def point(request: MemberRequest, point: PickupPoint) -> HttpResponse:
    """Show what is expected on a day, shop by shop, with what has arrived."""
    today, at = today_at(point), timezone.now()
    on = read_day(request.GET.get("jour", "")) or today
    transfers = [
        (one, [(parcel, card, _may_correct(card, at=at)) for parcel, card in parcels])
        for one, parcels in arrivals(point, on, at=at)
    ]
    return render(
        request,
        "counter/point.html",
        {
            "point": point,
            "section": "arrivals",
            "on": on,
            "today": today,
            "before": on - timedelta(days=1),
            "after": on + timedelta(days=1),
            "transfers": transfers,
            "new_key": new_key,
        },
    )


@point_page
@require_POST
def point_arrived(request: MemberRequest, point: PickupPoint, order_pk: int) -> HttpResponse:
    """Tick one bag of an order, or all of it, or take a wrong tick back; once."""
    card = get_card(point, order_pk)
    on = read_day(request.POST.get("jour", "")) or today_at(point)
    here = f"{reverse('counter:point', args=[point.pk])}?jour={on.isoformat()}#o{order_pk}"
    bags = 1 if request.POST.get("do") == "one" else None
    by, at = actor_of(request), timezone.now()
    if request.POST.get("do") == "correct":
        gesture = _correcting(card, here, by=by, at=at)
        shop = card.order.establishment
        return perform(request, shop, gesture, subject=str(order_pk), refused_url=here)
    done: list[Fulfilment] = []

    def act() -> None:
        done.append(note_arrival(card.order, bags=bags, by=by, at=at))

    def said() -> str:
        if done and done[0].state != FulfilmentState.READY:
            return _("Noted: %(here)d of %(all)d bags.") % {
                "here": done[0].bags_arrived,
                "all": done[0].bags,
            }
        customer = card.order.order.customer_name
        return _("All is there: %(name)s and the shop are told.") % {"name": customer}

    gesture = Gesture("arrived", act, said, here)
    return perform(
        request, card.order.establishment, gesture, subject=str(order_pk), refused_url=here
    )


def _may_correct(card: Card, *, at: datetime) -> bool:
    return card.fulfilment is not None and may_correct_arrival(card.order, card.fulfilment, at=at)


def _correcting(card: Card, url: str, *, by: Actor, at: datetime) -> Gesture:
    """Return the press that takes a tick back."""
    was_told = card.fulfilment is not None and card.fulfilment.state == FulfilmentState.READY

    def act() -> None:
        correct_arrival(card.order, by=by, at=at)

    said = _("Corrected: none of its bags is here.")
    if was_told:
        said = _("Corrected: %(name)s and the shop are told that not all is here.") % {
            "name": card.order.order.customer_name
        }
    return Gesture("correct_arrival", act, said, url)
