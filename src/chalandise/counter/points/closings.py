"""Exceptional closings of a pooled point: announced, and who has to come at another time."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.counter.points.doors import actor_of, point_page, today_at
from chalandise.fulfilment.queries.points import booked_between
from chalandise.logistics.actions import reopen_after_all, shut_point
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.models import PickupPoint, PointClosing
from chalandise.logistics.queries.closings import closings_to_come
from chalandise.web.closing_form import ClosingForm, closing_said
from chalandise.web.request import MemberRequest


@point_page
def point_closings(request: MemberRequest, point: PickupPoint) -> HttpResponse:
    """Show the closings to come with who is booked then, and announce one more."""
    at = timezone.now()
    form = ClosingForm(request.POST or None, point=point)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = shut_point(
                point,
                starts_at=said["starts_at"],
                ends_at=said["ends_at"],
                reason=said["reason"],
                by=actor_of(request),
                at=at,
            )
        except BadSettingError:
            form.add_error("starts_on", _("This day is over."))
        else:
            count = len(booked_between(point, made.starts_at, made.ends_at, at=at))
            messages.success(request, _announced(count))
            return redirect("counter:point_closings", point.pk)
    closings = [
        (one, closing_said(one, point), booked_between(point, one.starts_at, one.ends_at, at=at))
        for one in closings_to_come(point, at=at)
    ]
    context = {
        "point": point,
        "section": "closings",
        "form": form,
        "closings": closings,
        "today": today_at(point),
    }
    status = 422 if form.errors else 200
    return render(request, "counter/point_closings.html", context, status=status)


@point_page
@require_POST
def point_reopen(request: MemberRequest, point: PickupPoint, closing_pk: int) -> HttpResponse:
    """Take a closing back."""
    found = get_object_or_404(PointClosing, point=point, pk=closing_pk)
    reopen_after_all(found, by=actor_of(request), at=timezone.now())
    messages.success(request, _("Open after all: these times are proposed again."))
    return redirect("counter:point_closings", point.pk)


def _announced(count: int) -> str:
    if not count:
        return _("Announced: no time is proposed then, and nobody had booked one.")
    return ngettext(
        "Announced: no time is proposed then. %(count)d customer is being told how to choose another.",
        "Announced: no time is proposed then. %(count)d customers are being told how to choose"
        " another.",
        count,
    ) % {"count": count}
