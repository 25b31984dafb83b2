"""What could not be done, though it was tried again and again: seen by a person, and once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.operating.dead_letters import given_up_on, told
from chalandise.console.paging import page_of
from chalandise.journal.outbox import revive_letters
from chalandise.portals.policies import DESK_ROLES


@desk_page(DESK_ROLES)
def events(request: DeskRequest) -> HttpResponse:
    """List what was tried until nothing more was hoped for."""
    rows = page_of(request, given_up_on(request.desk.portal, request.desk.portal_ids))
    context = {
        "title": _("What could not be done"),
        "subtitle": _(
            "The platform tried for an hour. Often the cause has gone since: try again. What comes "
            "back is for whoever looks after the platform."
        ),
        "rows": rows,
        "undone": told(list(rows)),
    }
    return render(request, "console/events/list.html", context)


@desk_page(DESK_ROLES)
@require_POST
def retry_events(request: DeskRequest) -> HttpResponse:
    """Have the worker try all of it again, as soon as it can."""
    letters = given_up_on(request.desk.portal, request.desk.portal_ids)
    count = revive_letters(letters, by=request.desk.actor, at=timezone.now())
    said = ngettext(
        "%(count)d thing is tried again now. Should it not come back here, it is done.",
        "%(count)d things are tried again now. What does not come back here is done.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("console:events")
