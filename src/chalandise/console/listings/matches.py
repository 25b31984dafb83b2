"""Doubtful pairs: two descriptions side by side, one press, the next one appears."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.listings.comparing import compare, distance_of
from chalandise.console.paging import page_of
from chalandise.federation.actions.matches import merge_match, reject_match
from chalandise.federation.errors import MatchDecidedError
from chalandise.federation.queries import get_match_on, list_doubtful_matches
from chalandise.federation.states import MatchState
from chalandise.federation.wording import sentence_for
from chalandise.portals.policies import DESK_ROLES


@desk_page(DESK_ROLES)
def matches(request: DeskRequest) -> HttpResponse:
    """List the pairs that wait for a person."""
    rows = page_of(request, list_doubtful_matches(request.desk.portal))
    context = {
        "title": _("Doubtful pairs"),
        "subtitle": _("Is it the same place? You decide in one press, and the next one appears."),
        "rows": rows,
    }
    return render(request, "console/matches/list.html", context)


@desk_page(DESK_ROLES)
def match(request: DeskRequest, pk: int) -> HttpResponse:
    """Compare one pair."""
    found = get_match_on(request.desk.portal, pk)
    context = {
        "title": _("Is it the same place?"),
        "back_url": reverse("console:matches"),
        "back_label": _("Doubtful pairs"),
        "match": found,
        "is_open": found.state == MatchState.DOUBTFUL,
        "percent": round(100 * found.score),
        "lines": compare(found),
        "distance": distance_of(found),
        "left": list_doubtful_matches(request.desk.portal).count(),
    }
    return render(request, "console/matches/compare.html", context)


@desk_page(DESK_ROLES)
@require_POST
def decide_match(request: DeskRequest, pk: int) -> HttpResponse:
    """Say « the same » or « another », and go to the next pair."""
    found = get_match_on(request.desk.portal, pk)
    verdict = request.POST.get("verdict")
    if verdict not in ("same", "other"):
        return HttpResponse(status=400)
    at, by = timezone.now(), request.desk.actor
    try:
        if verdict == "same":
            shop = merge_match(found, by=by, at=at)
            messages.success(
                request, _("The same place: “%(name)s” knows more now.") % {"name": shop.name}
            )
        else:
            fresh = reject_match(found, by=by, at=at)
            messages.success(
                request,
                _("Two places: “%(name)s” has its own sheet now.") % {"name": fresh.name}
                if fresh
                else _("Two places: noted."),
            )
    except MatchDecidedError as error:
        messages.warning(request, sentence_for(error))
    following = list_doubtful_matches(request.desk.portal).first()
    if following is None:
        return redirect("console:matches")
    return redirect("console:match", pk=following.pk)
