"""The reminder's link: the page shows, a press confirms, so that a mail scanner confirms nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.counter.listing.hours import today_of
from chalandise.directory.actions.opening import confirm_still_right
from chalandise.directory.models import Establishment
from chalandise.directory.queries import opening_of
from chalandise.directory.reminders import get_reminded
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.web.cards import SERVICES
from chalandise.web.request import PortalRequest
from chalandise.web.week import day_rows


def still_right(request: PortalRequest, token: str) -> HttpResponse:
    """Show the hours and one button; the button vouches for them."""
    try:
        shop: Establishment = get_reminded(token)
    except NotFoundError:  # most often the same e-mail, opened a second time
        return render(request, "counter/still_right_over.html", {"noindex": True}, status=404)
    is_done = request.method == "POST"
    if is_done:
        by = Actor("merchant", "", _("link of the reminder"))
        confirm_still_right(shop, by=by, at=timezone.now())
    schedule = opening_of(shop)
    return render(
        request,
        "counter/still_right.html",
        {
            "shop": shop,
            "is_done": is_done,
            "rows": day_rows(schedule.week(today_of(shop))) if schedule else [],
            "services": [SERVICES[one] for one in shop.services if one in SERVICES],
            "noindex": True,
        },
    )
