"""Exceptional closings of a shared pickup point, from the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.fulfilment.queries.points import booked_between
from chalandise.logistics.actions import reopen_after_all, shut_point
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.models import PickupPoint, PointClosing
from chalandise.logistics.policies import get_pooled_point_for_staff
from chalandise.logistics.queries.closings import closings_to_come
from chalandise.portals.policies import DESK_ROLES
from chalandise.web.closing_form import ClosingForm, closing_said


@desk_page(DESK_ROLES)
def closings(request: DeskRequest, pk: int) -> HttpResponse:
    """Show the closings to come with who is booked then; announce one, take one back."""
    found = get_pooled_point_for_staff(request.desk.user, request.desk.portal, pk)
    at = timezone.now()
    if request.POST.get("reopen", "").isdecimal():
        one = get_object_or_404(PointClosing, point=found, pk=int(request.POST["reopen"][:18]))
        reopen_after_all(one, by=request.desk.actor, at=at)
        messages.success(request, _("Open after all: these times are proposed again."))
        return redirect("console:point_closings", pk=found.pk)
    form = ClosingForm(request.POST or None, point=found)
    if request.method == "POST" and form.is_valid() and _shut(request, found, form):
        said = _("Announced. Who had booked then is told, with a link to come at another time.")
        messages.success(request, said)
        return redirect("console:point_closings", pk=found.pk)
    context = {
        "title": _("Exceptional closings"),
        "subtitle": found.name,
        "back_url": reverse("console:point", args=[found.pk]),
        "back_label": found.name,
        "point": found,
        "form": form,
        "closings": [
            (
                one,
                closing_said(one, found),
                booked_between(found, one.starts_at, one.ends_at, at=at),
            )
            for one in closings_to_come(found, at=at)
        ],
    }
    return form_page(request, "console/points/closings.html", context)


def _shut(request: DeskRequest, point: PickupPoint, form: ClosingForm) -> bool:
    said = form.cleaned_data
    try:
        shut_point(
            point,
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            reason=said["reason"],
            by=request.desk.actor,
            at=timezone.now(),
        )
    except BadSettingError:
        form.add_error("starts_on", _("This day is over."))
        return False
    return True
