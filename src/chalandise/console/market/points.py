"""Pickup points that several merchants share: opened, run, closed; what is brought there on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.accounts.actions import meet_person
from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.history import history_of
from chalandise.console.market.point_forms import KeeperForm, PointForm
from chalandise.console.paging import page_of
from chalandise.console.wording import HISTORY_VERBS
from chalandise.journal.actions import subject_of
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.actions import (
    close_point,
    dismiss_keeper,
    edit_point,
    invite_keeper,
    open_pooled_point,
    reopen_point,
)
from chalandise.logistics.errors import BadSettingError
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.policies import get_pooled_point_for_staff
from chalandise.logistics.queries import pooled_points, transfers_for
from chalandise.logistics.queries.keepers import keepers_of
from chalandise.ordering.models import MerchantOrder
from chalandise.portals.policies import DESK_ROLES


@desk_page(DESK_ROLES)
def points(request: DeskRequest) -> HttpResponse:
    """List the points that stand in the portal, those in use first."""
    rows = page_of(request, pooled_points(request.desk.portal))
    context = {
        "title": _("Shared pickup points"),
        "subtitle": _("Merchants bring there, customers collect everything in one place."),
        "rows": rows,
        "mine": frozenset(request.desk.portal_ids),
    }
    return render(request, "console/points/list.html", context)


@desk_page(DESK_ROLES)
def new_point(request: DeskRequest) -> HttpResponse:
    """Open a point; merchants join it from their counter."""
    form = PointForm(request.POST or None, portal=request.desk.portal)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_pooled_point(
                request.desk.portal,
                form.draft(),
                settings=form.settings(),
                by=request.desk.actor,
                at=timezone.now(),
            )
        except BadSettingError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The point is open. Merchants may join it now."))
            return redirect("console:point", pk=made.pk)
    context = {
        "title": _("Open a pickup point"),
        "back_url": reverse("console:points"),
        "back_label": _("Shared pickup points"),
        "form": form,
        "button": _("Open the point"),
    }
    return form_page(request, "console/form.html", context)


@desk_page(DESK_ROLES)
def point(request: DeskRequest, pk: int) -> HttpResponse:
    """Show and edit one point."""
    found = _get(request, pk)
    form = PointForm(request.POST or None, portal=request.desk.portal, point=found)
    if request.method == "POST" and form.is_valid():
        try:
            over = edit_point(
                found,
                settings=form.settings(),
                draft=form.draft(),
                by=request.desk.actor,
                at=timezone.now(),
            )
        except BadSettingError as error:
            form.refuse(error)
        else:
            _say_saved(request, len(over))
            return redirect("console:point", pk=found.pk)
    context = {
        "title": found.name,
        "subtitle": found.get_kind_display(),
        "back_url": reverse("console:points"),
        "back_label": _("Shared pickup points"),
        "point": found,
        "form": form,
        "services": found.services.filter(is_active=True)
        .select_related("establishment")
        .order_by("bring_by", "pk"),
        "keepers": keepers_of(found),
        "keeper_form": KeeperForm(prefix="keeper"),
        "history": history_of(subject_of(found), HISTORY_VERBS),
    }
    return form_page(request, "console/points/point.html", context)


@desk_page(DESK_ROLES)
@require_POST
def close(request: DeskRequest, pk: int) -> HttpResponse:
    """Close a point, or open it again; what is booked there stays booked."""
    found = _get(request, pk)
    by, at = request.desk.actor, timezone.now()
    if request.POST.get("do") == "reopen":
        reopen_point(found, by=by, at=at)
        messages.success(request, _("The point is open. Merchants may join it now."))
    else:
        close_point(found, by=by, at=at)
        messages.success(request, _("Closed. What is booked there stays booked."))
    return redirect("console:point", pk=found.pk)


@desk_page(DESK_ROLES)
@require_POST
def invite(request: DeskRequest, pk: int) -> HttpResponse:
    """Invite somebody to receive and hand over at this point, and nowhere else."""
    found = _get(request, pk)
    form = KeeperForm(request.POST, prefix="keeper")
    if not form.is_valid():
        messages.error(request, _("This address cannot be read: nobody was invited."))
        return redirect("console:point", pk=found.pk)
    at = timezone.now()
    person = meet_person(form.cleaned_data["email"], at=at, name=form.cleaned_data["name"])
    invite_keeper(found, person, by=request.desk.actor, at=at)
    said = _("The invitation is on its way to %(email)s.") % {"email": person.email}
    messages.success(request, said)
    return redirect("console:point", pk=found.pk)


@desk_page(DESK_ROLES)
@require_POST
def dismiss(request: DeskRequest, pk: int, keeper: int) -> HttpResponse:
    """Take the point out of somebody's hands."""
    found = _get(request, pk)
    person = keepers_of(found).filter(pk=keeper).first()
    if person is None:
        raise NotFoundError
    dismiss_keeper(person, by=request.desk.actor, at=timezone.now())
    said = _("%(person)s no longer reaches this point.") % {"person": person.user}
    messages.success(request, said)
    return redirect("console:point", pk=found.pk)


@desk_page(DESK_ROLES)
def transfers(request: DeskRequest, pk: int) -> HttpResponse:
    """Show who brings what on a day, to be printed and ticked."""
    found = _get(request, pk)
    today = timezone.now().astimezone(ZoneInfo(found.timezone)).date()
    on = _day(request.GET.get("jour", "")) or today
    brought = transfers_for(found, on)
    orders = _orders_of(parcel.holder for one in brought for parcel in one.parcels)
    context = {
        "title": _("What is brought"),
        "subtitle": found.name,
        "back_url": reverse("console:point", args=[found.pk]),
        "back_label": found.name,
        "point": found,
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "transfers": [
            (one, [(parcel, orders.get(parcel.holder)) for parcel in one.parcels])
            for one in brought
        ],
    }
    return render(request, "console/points/transfers.html", context)


def _get(request: DeskRequest, pk: int) -> PickupPoint:
    return get_pooled_point_for_staff(request.desk.user, request.desk.portal, pk)


def _orders_of(holders: Any) -> dict[UUID, MerchantOrder]:
    rows = MerchantOrder.objects.filter(holder__in=list(holders)).select_related("order")
    return {one.holder: one for one in rows}


def _say_saved(request: DeskRequest, over_booked: int) -> None:
    if over_booked:
        said = ngettext(
            "Saved. %(count)s slot holds more orders than now fit: arrange it with the customers.",
            "Saved. %(count)s slots hold more orders than now fit: arrange it with the customers.",
            over_booked,
        )
        messages.warning(request, said % {"count": over_booked})
    else:
        messages.success(request, _("Saved. It holds from now on; what is booked stays booked."))


def _day(typed: str) -> date | None:
    try:
        found = parse_date(typed)
    except ValueError:
        return None
    return found if found and 2000 <= found.year < 2200 else None
