"""Hours and services in one screen, and the days when the door stays shut."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, shop_page
from chalandise.counter.listing.grid import COPY_TARGETS, WeekGrid
from chalandise.counter.listing.weekly import Reading, read_week, write_week
from chalandise.directory.actions.opening import (
    close_exceptionally,
    confirm_hours_and_services,
    open_after_all,
)
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.directory.queries import local_day
from chalandise.directory.states import HoursPurpose, Service
from chalandise.kernel.holidays import METROPOLE, ZONES
from chalandise.web.cards import SERVICES
from chalandise.web.request import MemberRequest

ASKED_SERVICES = (
    Service.PICKUP,
    Service.RESERVATION,
    Service.DELIVERY,
    Service.PHONE_ORDER,
    Service.ONLINE_ORDER,
    Service.TAKEAWAY,
    Service.DINE_IN,
    Service.HOME_VISIT,
    Service.WHEELCHAIR,
)


class ClosingForm(forms.Form):
    """The days when the door stays shut."""

    starts_on = forms.DateField(
        label=gettext_lazy("From (included)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("To (included)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("annual leave")}),
    )


@shop_page
def hours(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show the week and the services; save both together."""
    readings = _readings(shop)
    services = list(shop.services)
    if request.method == "POST":
        grids = _posted_grids(request)
        services = [one for one in request.POST.getlist("services") if one in Service.values]
        if copy := request.POST.get("copy"):
            grids = [_copied(grid, copy) for grid in grids]
        elif _save(request, shop, grids, readings, services):
            return redirect("counter:home", shop.slug)
    else:
        grids = [
            WeekGrid.of(purpose, readings[purpose].week, label=_label(purpose))
            for purpose in HoursPurpose
        ]
    has_errors = any(grid.errors for grid in grids)
    return render(
        request,
        "counter/hours.html",
        {
            "shop": shop,
            "section": "hours",
            "visit": grids[0],
            "others": [(grid, bool(grid.errors) or not grid.week.is_blank) for grid in grids[1:]],
            "seasonal": [one for one in shop.hours.all() if not _is_whole(readings, one.purpose)],
            "services": [(SERVICES[one], one in services) for one in ASKED_SERVICES],
            "closings": _coming_closings(shop),
            "has_errors": has_errors,
            "today": today_of(shop),
        },
        status=422 if has_errors else 200,
    )


def today_of(shop: Establishment) -> date:
    """Return the date on the shop's own calendar."""
    return local_day(shop, timezone.now())


@shop_page
def closings(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Shut today, tomorrow, or on other dates."""
    today = today_of(shop)
    quick = {"today": today, "tomorrow": today + timedelta(days=1)}.get(request.POST.get("day", ""))
    form = ClosingForm(request.POST if request.method == "POST" and quick is None else None)
    if request.method == "POST":
        if quick is not None and _close(request, shop, quick, quick):
            return redirect("counter:home", shop.slug)
        if quick is None and form.is_valid():
            starts_on = form.cleaned_data["starts_on"]
            ends_on = form.cleaned_data["ends_on"] or starts_on
            if ends_on < today:
                form.add_error("ends_on", _("These days are past."))
            elif _close(request, shop, starts_on, ends_on, form.cleaned_data["reason"]):
                return redirect("counter:closings", shop.slug)
            else:
                form.add_error("ends_on", _("The last day comes before the first, or is too far."))
    return render(
        request,
        "counter/closings.html",
        {
            "shop": shop,
            "section": "hours",
            "form": form,
            "closings": _coming_closings(shop),
            "today": today,
            "tomorrow": today + timedelta(days=1),
        },
        status=422 if form.errors else 200,
    )


@shop_page
@require_POST
def reopen(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Take a closing back."""
    closing = get_object_or_404(ExceptionalClosing.objects.filter(establishment=shop), pk=pk)
    open_after_all(closing, by=actor_of(request), at=timezone.now())
    messages.success(request, _("Noted: you are open after all."))
    return redirect(
        (request.POST.get("back") == "home" and "counter:home") or "counter:closings", shop.slug
    )


def _close(
    request: MemberRequest, shop: Establishment, starts_on: date, ends_on: date, reason: str = ""
) -> bool:
    try:
        close_exceptionally(
            shop,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            by=actor_of(request),
            at=timezone.now(),
        )
    except BadFactError:
        return False
    messages.success(request, _("Noted. Your customers see it at once."))
    return True


def _save(
    request: MemberRequest,
    shop: Establishment,
    grids: list[WeekGrid],
    readings: dict[str, Reading],
    services: list[str],
) -> bool:
    if any(grid.errors for grid in grids):
        return False
    if grids[0].week.is_blank and not request.POST.get("keep-visit"):
        grids[0].errors[0] = _("Write at least one opening, or tick “by appointment”.")
        return False
    for grid in grids:
        changed = _changed_though_kept(request, grid, readings)
        if changed is not None:
            grid.errors[changed] = _(
                "You have changed this day, and asked to keep the former hours: untick one or undo the other."
            )
            return False
    stored = {one.purpose: one.value for one in shop.hours.all()}
    said: dict[HoursPurpose, str] = {}
    for grid in grids:
        purpose = HoursPurpose(grid.prefix)
        is_kept = request.POST.get(f"keep-{purpose}") and not _is_whole(readings, purpose)
        value = stored.get(purpose, "") if is_kept else write_week(grid.week)
        if value or purpose in stored:
            said[purpose] = value
    try:
        confirm_hours_and_services(
            shop,
            hours=said,
            services=services,
            by=actor_of(request),
            at=timezone.now(),
        )
    except BadFactError:
        grids[0].errors[0] = _("These hours cannot be read. Nothing was lost: look them over.")
        return False
    messages.success(
        request, _("Thank you! Your hours and services are up to date, and dated today.")
    )
    return True


def _changed_though_kept(
    request: MemberRequest, grid: WeekGrid, readings: dict[str, Reading]
) -> int | None:
    """Return the first day that was written anew while the hours behind the week are kept."""
    reading = readings[HoursPurpose(grid.prefix)]
    if reading.is_whole or not request.POST.get(f"keep-{grid.prefix}"):
        return None
    days = zip(grid.week.days, reading.week.days, strict=True)
    return next((number for number, (new, old) in enumerate(days) if new != old), None)


def _posted_grids(request: MemberRequest) -> list[WeekGrid]:
    data = {key: str(value) for key, value in request.POST.items()}
    return [WeekGrid(purpose, data, label=_label(purpose)) for purpose in HoursPurpose]


def _copied(grid: WeekGrid, copy: str) -> WeekGrid:
    """Read `visit:0:workdays`: the purpose, the day, and onto which days."""
    purpose, _separator, rest = copy.partition(":")
    day, _separator, targets = rest.partition(":")
    if purpose != grid.prefix or targets not in COPY_TARGETS or day not in tuple("0123456"):
        return grid
    return grid.copied(int(day), targets)


def _readings(shop: Establishment) -> dict[str, Reading]:
    zone = shop.commune.holiday_zone
    values = {one.purpose: one.value for one in shop.hours.all()}
    return {
        purpose: read_week(
            values.get(purpose, ""),
            timezone=shop.timezone,
            zone=zone if zone in ZONES else METROPOLE,
        )
        for purpose in HoursPurpose
    }


def _is_whole(readings: dict[str, Reading], purpose: str) -> bool:
    return readings[HoursPurpose(purpose)].is_whole


def _label(purpose: HoursPurpose) -> str:
    return {
        HoursPurpose.VISIT: _("Opening hours"),
        HoursPurpose.COLLECT: _("Hours of pickup"),
        HoursPurpose.DELIVER: _("Hours of delivery"),
    }[purpose]


def _coming_closings(shop: Establishment) -> list[ExceptionalClosing]:
    today = today_of(shop)
    return [one for one in shop.closings.all() if one.ends_on >= today]


def local_now(shop: Establishment) -> datetime:
    """Return the moment by the shop's own clock."""
    return timezone.now().astimezone(ZoneInfo(shop.timezone))
