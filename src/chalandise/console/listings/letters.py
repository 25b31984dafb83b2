"""Letters with a code: to a merchant who asked for nothing, and to those who wait for theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.figures import claims_awaiting_letter
from chalandise.directory.queries.claims import is_looked_after
from chalandise.directory.queries.desk import get_establishment_for_desk
from chalandise.outreach.actions import MOST_AT_ONCE, print_letters, write_to_merchants
from chalandise.portals.policies import DESK_ROLES


@desk_page(DESK_ROLES)
@require_POST
def letter(request: DeskRequest, pk: int) -> HttpResponse:
    """Print a letter that invites the merchant of one sheet."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    if is_looked_after(shop):
        messages.warning(
            request, _("Somebody already looks after this sheet: no letter is needed.")
        )
        return redirect("console:establishment", pk=shop.pk)
    at = timezone.now()
    printed = write_to_merchants(request.desk.portal, [shop], agent=request.desk.user, at=at)
    return _pdf(printed, f"courrier-{shop.slug}.pdf")


@desk_page(DESK_ROLES)
@require_POST
def letters(request: DeskRequest) -> HttpResponse:
    """Print, in one file, the letters that claims wait for."""
    waiting = list(claims_awaiting_letter(request.desk.portal)[:MOST_AT_ONCE])
    if not waiting:
        messages.info(request, _("No letter waits."))
        return redirect("console:claims")
    at = timezone.now()
    printed = print_letters(request.desk.portal, waiting, agent=request.desk.user, at=at)
    return _pdf(printed, f"courriers-{at:%Y-%m-%d}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
