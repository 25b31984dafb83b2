"""Staff: who works for a portal, and as what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.accounts.actions import meet_person
from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.menu import ADMINISTRATORS
from chalandise.console.operating.portal_forms import StaffForm
from chalandise.console.operating.portals import get_portal_of_desk
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.actions import appoint, dismiss
from chalandise.portals.models import StaffMember
from chalandise.portals.states import StaffRole


@desk_page(ADMINISTRATORS)
def appoint_staff(request: DeskRequest, pk: int) -> HttpResponse:
    """Give somebody a role by their e-mail address."""
    portal = get_portal_of_desk(request, pk)
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        asked = form.cleaned_data
        person = meet_person(asked["email"], at=at, name=asked["name"])
        appoint(person, portal, StaffRole(asked["role"]), by=request.desk.actor, at=at)
        messages.success(
            request,
            _("%(person)s works for %(portal)s now. They sign in with this address.")
            % {"person": person, "portal": portal.name},
        )
        return redirect("console:portal", pk=portal.pk)
    context = {
        "title": _("Appoint somebody"),
        "subtitle": portal.name,
        "back_url": reverse("console:portal", args=[portal.pk]),
        "back_label": portal.name,
        "introduction": _(
            "An administrator does everything. An agent answers the hotline: shops, claims, "
            "doubtful pairs, reports. An editor writes selections. A role holds in the portals "
            "below too."
        ),
        "form": form,
        "button": _("Appoint"),
    }
    return form_page(request, "console/form.html", context)


@desk_page(ADMINISTRATORS)
@require_POST
def dismiss_staff(request: DeskRequest, pk: int, member: int) -> HttpResponse:
    """Take a role back; not one's own, so that somebody always holds the keys."""
    portal = get_portal_of_desk(request, pk)
    found = (
        StaffMember.objects.filter(portal=portal, pk=member)
        .select_related("user", "portal")
        .first()
    )
    if found is None:
        raise NotFoundError
    if found.user_id == request.user.pk:
        messages.error(request, _("You cannot take your own role away: ask another administrator."))
    else:
        dismiss(found, by=request.desk.actor, at=timezone.now())
        messages.success(request, _("%(person)s no longer has this role.") % {"person": found.user})
    return redirect("console:portal", pk=portal.pk)
