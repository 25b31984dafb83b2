"""E-mails that were given up: why, and once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.figures import failed_mails
from chalandise.console.paging import page_of
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.messaging.actions import send_again
from chalandise.messaging.models import Message
from chalandise.portals.policies import DESK_ROLES


@desk_page(DESK_ROLES)
def mails(request: DeskRequest) -> HttpResponse:
    """List the e-mails that no server took."""
    rows = page_of(request, failed_mails(request.desk.portal_ids))
    return render(
        request, "console/mails/list.html", {"title": _("E-mails given up"), "rows": rows}
    )


@desk_page(DESK_ROLES)
@require_POST
def send_mail_again(request: DeskRequest, pk: int) -> HttpResponse:
    """Queue an e-mail once more."""
    message = Message.objects.filter(portal_id__in=request.desk.portal_ids, pk=pk).first()
    if message is None:
        raise NotFoundError
    try:
        send_again(message, by=request.desk.actor, at=timezone.now())
    except StaleStateError:
        messages.warning(request, _("This e-mail is already on its way."))
    else:
        messages.success(request, _("On its way again to %(to)s.") % {"to": message.to})
    return redirect("console:mails")
