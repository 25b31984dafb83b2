"""Agents who came to this counter: told to the merchant, ended with one press."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, as_member, own_hands_page
from chalandise.directory.actions.standing_in import end_stand_in
from chalandise.directory.models import Establishment
from chalandise.directory.queries.stand_ins import (
    find_running_stand_in,
    is_running,
    stand_ins_of,
)
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.web.request import MemberRequest
from chalandise.web.stand_in import last_stand_in, stand_up


@own_hands_page
def visits(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """List who came, for what reason and for how long; a press sends home who is still there."""
    at = timezone.now()
    if request.method == "POST":
        number = request.POST.get("stand_in", "")
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise Http404
        found = get_object_or_404(shop.stand_ins, pk=int(number))
        try:
            end_stand_in(found, by=actor_of(request), at=at)
        except StaleStateError:
            messages.info(request, _("It was over already."))
        else:
            messages.success(request, _("The agent no longer acts for you."))
        return redirect("counter:visits", shop.slug)
    rows = [(one, is_running(one, at=at)) for one in stand_ins_of(shop)]
    return render(
        request, "counter/visits.html", {"shop": shop, "section": "listing", "rows": rows}
    )


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the agent's session: the one this browser remembers, else one left open elsewhere."""
    user = as_member(request).user
    found = last_stand_in(request) or find_running_stand_in(user, at=timezone.now())
    if found is None:
        raise Http404
    stand_up(request)
    try:
        by = Actor.agent(user, behalf_of=str(found.merchant))
        end_stand_in(found, by=by, at=timezone.now())
    except StaleStateError:
        messages.info(request, _("It was over already."))
    else:
        text = _("You no longer act for %(name)s.") % {"name": found.establishment.name}
        messages.success(request, text)
    return redirect("console:establishment", pk=found.establishment_id)
