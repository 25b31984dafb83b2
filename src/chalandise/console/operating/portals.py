"""Portals: how one looks and who answers for it; opening those below."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.history import history_of
from chalandise.console.menu import ADMINISTRATORS
from chalandise.console.operating.portal_forms import PortalForm
from chalandise.console.operating.scopes import read_scope
from chalandise.console.wording import HISTORY_VERBS
from chalandise.journal.actions import subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.sorting import by_name
from chalandise.portals.actions import (
    change_portal,
    open_intercommunalities,
    open_portal,
)
from chalandise.portals.errors import ScopeOutsideParentError
from chalandise.portals.models import Portal
from chalandise.portals.queries import (
    base_address,
    identity_of,
    list_descendant_ids,
    territories_of,
)
from chalandise.settlements.actions.rates import change_commission
from chalandise.settlements.queries.commissions import coming_change


def get_portal_of_desk(request: DeskRequest, pk: int) -> Portal:
    """Return the portal one works for, or one below it: an administrator's only door.

    Raises:
        NotFoundError: it is elsewhere, or above.
    """
    if pk not in list_descendant_ids(request.desk.portal):
        raise NotFoundError
    return Portal.objects.select_related("parent").get(pk=pk)


@desk_page(ADMINISTRATORS)
def portals(request: DeskRequest) -> HttpResponse:
    """List the portal one works for and those below."""
    rows = Portal.objects.filter(pk__in=request.desk.portal_ids).select_related("parent")
    context = {
        "title": _("Portals"),
        "rows": sorted(by_name(rows), key=lambda one: one.pk != request.desk.portal.pk),
    }
    return render(request, "console/portals/list.html", context)


@desk_page(ADMINISTRATORS)
def portal(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a portal and all that can be done with it."""
    found = get_portal_of_desk(request, pk)
    context = {
        "title": found.name,
        "subtitle": base_address(found),
        "back_url": reverse("console:portals"),
        "back_label": _("Portals"),
        "one": found,
        "scope": territories_of(found),
        "may_rescope": _may_rescope(request, found),
        "staff": found.staff.select_related("user").order_by("role", "user__email"),
        "children": by_name(found.children.all()),
        "notice": identity_of(found).notice,
        "coming": coming_change(found),
        "history": history_of(subject_of(found), HISTORY_VERBS),
    }
    return render(request, "console/portals/portal.html", context)


@desk_page(ADMINISTRATORS)
def edit_portal(request: DeskRequest, pk: int) -> HttpResponse:
    """Write what a portal shows of itself."""
    found = get_portal_of_desk(request, pk)
    form = PortalForm(request.POST or None, request.FILES or None, portal=found)
    if request.method == "POST" and form.is_valid():
        _write(found, form, by=request.desk.actor, at=timezone.now())
        messages.success(request, _("Written down. Everybody sees it within two seconds."))
        return redirect("console:portal", pk=found.pk)
    context = {
        "title": _("What the portal shows of itself"),
        "subtitle": found.name,
        "back_url": reverse("console:portal", args=[found.pk]),
        "back_label": found.name,
        "form": form,
        "button": _("Save"),
    }
    return form_page(request, "console/form.html", context)


@transaction.atomic
def _write(portal: Portal, form: PortalForm, *, by: Actor, at: datetime) -> None:
    changed = {name: form.cleaned_data[name] for name in form.changed_data}
    if "commission" in changed:
        change_commission(portal, int((changed.pop("commission") or 0) * 100), by=by, at=at)
    if changed:
        change_portal(portal, by=by, at=at, **changed)


@desk_page(ADMINISTRATORS)
def new_portal(request: DeskRequest, pk: int) -> HttpResponse:
    """Open one portal below another, on territories found by name."""
    parent = get_portal_of_desk(request, pk)
    form = PortalForm(request.POST or None, request.FILES or None)
    scope = read_scope(request, within=parent)
    if request.method == "POST" and "open" in request.POST and form.is_valid():
        if not scope.chosen:
            messages.error(request, _("Choose at least one territory."))
        else:
            try:
                fields = {name: one for name, one in form.cleaned_data.items() if one is not None}
                made = open_portal(
                    fields.pop("name"),
                    scope=scope.chosen,
                    parent=parent,
                    by=request.desk.actor,
                    at=timezone.now(),
                    **fields,
                )
            except ScopeOutsideParentError:
                messages.error(request, _("Some of these territories lie outside the parent."))
            else:
                messages.success(request, _("“%(name)s” is open.") % {"name": made.name})
                return redirect("console:portal", pk=made.pk)
    context = {
        "title": _("Open a portal below"),
        "subtitle": parent.name,
        "back_url": reverse("console:portal", args=[parent.pk]),
        "back_label": parent.name,
        "form": form,
        "scope": scope,
        "button": _("Open the portal"),
        "button_name": "open",
    }
    return render(request, "console/portals/scope.html", context)


@desk_page(ADMINISTRATORS)
@require_POST
def open_below(request: DeskRequest, pk: int) -> HttpResponse:
    """Open one portal for each intercommunality, in one press."""
    parent = get_portal_of_desk(request, pk)
    opened = open_intercommunalities(parent, by=request.desk.actor, at=timezone.now())
    sentence = ngettext(
        "%(count)d portal was opened.", "%(count)d portals were opened.", len(opened)
    )
    messages.success(request, sentence % {"count": len(opened)})
    return redirect("console:portal", pk=parent.pk)


def _may_rescope(request: DeskRequest, portal: Portal) -> bool:
    """Tell whether a scope may be changed here: that of a root decides who may read what."""
    return portal.parent_id is not None and portal.pk != request.desk.portal.pk
