"""The counter's door: signed in, looking after this shop, and nobody else.

An agent of the operator may come in for a merchant who asked for it (`web.stand_in`), except where
a page is for the merchant's own hands: who they are, what they sign, their bank, their papers,
their team. What such an agent does names both.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment, StandIn
from chalandise.directory.queries import get_establishment_for_member
from chalandise.directory.queries.stand_ins import is_running
from chalandise.fulfilment.queries.boards import new_orders
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.queries.reservations import requests_to_answer
from chalandise.web.request import MemberRequest
from chalandise.web.stand_in import current_stand_in, last_stand_in, stand_up

P = ParamSpec("P")
ShopView = Callable[Concatenate[MemberRequest, Establishment, P], HttpResponseBase]


def shop_page(view: ShopView[P]) -> Callable[..., HttpResponseBase]:
    """Give a view the shop its address names, if the person looks after it; else 404.

    An agent who stands in for the merchant comes in too.
    """
    return _opened(view, by_hand=False)


def own_hands_page(view: ShopView[P]) -> Callable[..., HttpResponseBase]:
    """Open a page to those who look after the shop themselves; an agent is told why not."""
    return _opened(view, by_hand=True)


def _opened(view: ShopView[P], *, by_hand: bool) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def opened(request: Any, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            shop = get_establishment_for_member(request.user, slug)
        except NotFoundError as error:
            stand_in = _standing_in(request, slug)
            if stand_in is None:
                return _not_any_more(request, slug, error)
            request.stand_in = stand_in
            shop = get_establishment_for_member(stand_in.merchant, slug)
            request.count_waiting = partial(count_waiting, shop)
            if by_hand:
                context = {"shop": shop, "section": "listing"}
                return render(request, "counter/own_hands.html", context, status=403)
        request.count_waiting = partial(count_waiting, shop)
        return view(request, shop, *args, **kwargs)

    return login_required(opened)


def count_waiting(shop: Establishment) -> int:
    """Count what waits for a yes, which the bar below every page of a shop says; one statement."""
    asked = requests_to_answer(shop).values("pk")
    return new_orders(shop).values("pk").union(asked, all=True).count()


def stand_in_of(request: HttpRequest) -> StandIn | None:
    """Return the session an agent came in by; none for those who look after the shop."""
    found: StandIn | None = getattr(request, "stand_in", None)
    return found


def member_of(request: MemberRequest) -> User:
    """Return whose shop it is: who asks, or the merchant an agent stands in for."""
    stand_in = stand_in_of(request)
    return stand_in.merchant if stand_in else request.user


def actor_of(request: MemberRequest) -> Actor:
    """Return who acts, as the journal names them: an agent beside the merchant."""
    stand_in = stand_in_of(request)
    if stand_in is None:
        return Actor.person(request.user)
    return Actor.agent(request.user, behalf_of=str(stand_in.merchant))


def found_or_404(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a door opens; absent and forbidden are the same page."""
    try:
        return query(*args, **kwargs)
    except NotFoundError as error:
        raise Http404 from error


def as_member(request: HttpRequest) -> MemberRequest:
    """Narrow the type after `login_required`."""
    return request  # type: ignore[return-value]


def _standing_in(request: HttpRequest, slug: str) -> StandIn | None:
    found = current_stand_in(request)
    return found if found is not None and found.establishment.slug == slug else None


def _not_any_more(request: HttpRequest, slug: str, error: NotFoundError) -> HttpResponseBase:
    """Lead an agent whose time is over back to the sheet; anybody else finds nothing."""
    last = last_stand_in(request)
    if last is None or last.establishment.slug != slug or is_running(last, at=timezone.now()):
        raise Http404 from error
    stand_up(request)
    messages.info(request, _("You no longer act for this merchant. Nothing was changed just now."))
    return redirect("console:establishment", pk=last.establishment_id)
