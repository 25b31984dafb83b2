"""The door of a pooled point: signed in, invited to this very point, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.utils import timezone

from chalandise.fulfilment.queries.cards import Card
from chalandise.fulfilment.queries.points import get_card_at
from chalandise.journal.states import Actor
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.policies import get_point_for_keeper
from chalandise.web.doors import found_or_404
from chalandise.web.request import MemberRequest

P = ParamSpec("P")
PointView = Callable[Concatenate[MemberRequest, PickupPoint, P], HttpResponseBase]


def point_page(view: PointView[P]) -> Callable[..., HttpResponseBase]:
    """Give a view the point its address names, if the person keeps it; else 404."""

    @wraps(view)
    def opened(request: Any, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        point = found_or_404(get_point_for_keeper, request.user, pk)
        return view(request, point, *args, **kwargs)

    return login_required(opened)


def actor_of(request: MemberRequest) -> Actor:
    """Return who acts: the keeper, in one name, because nobody stands in at a point."""
    return Actor.person(request.user)


def get_card(point: PickupPoint, order_pk: int) -> Card:
    """Return an order collected at the point, else 404."""
    return found_or_404(get_card_at, point, order_pk, at=timezone.now())


def today_at(point: PickupPoint) -> date:
    """Return the date on the point's own calendar."""
    return timezone.now().astimezone(ZoneInfo(point.timezone)).date()
