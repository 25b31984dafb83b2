"""Choosing territories by their names, without a script: search, add, take out, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.menu import ADMINISTRATORS
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.actions import change_scope
from chalandise.portals.errors import ScopeOutsideParentError
from chalandise.portals.models import Portal
from chalandise.portals.queries import list_descendant_ids, scope_keys, territories_of
from chalandise.territories.models import Territory
from chalandise.territories.queries.suggestions import Suggestion, suggest_territories

MOST = 500


@dataclass(frozen=True)
class ScopeChoice:
    """What is chosen so far, and what the search found."""

    chosen: Sequence[Territory]
    asked: str
    found: Sequence[Suggestion]


def read_scope(
    request: DeskRequest, *, within: Portal, present: Sequence[Territory] = ()
) -> ScopeChoice:
    """Read the state of the chooser from the form: kept keys, an added one, one taken out."""
    keys = request.POST.getlist("territory")[:MOST]
    added, dropped = request.POST.get("add", ""), request.POST.get("drop", "")
    if added and added not in keys:
        keys.append(added)
    keys = [key for key in keys if key != dropped and len(key) < 60 and key.isprintable()]
    chosen: Sequence[Territory] = present
    if request.method == "POST":
        chosen = list(Territory.objects.filter(key__in=keys).sorted())
    asked = request.POST.get("where", "").replace("\x00", "").strip()[:80]
    found = suggest_territories(asked, scope=scope_keys(within), limit=8) if asked else []
    return ScopeChoice(chosen, asked, found)


@desk_page(ADMINISTRATORS)
def portal_scope(request: DeskRequest, pk: int) -> HttpResponse:
    """Change what a portal below covers.

    The scope of the portal one administers is not one's own to widen: it says whose sheets one may
    read. Whoever administers the parent changes it, or the command line for a root.
    """
    if pk == request.desk.portal.pk or pk not in list_descendant_ids(request.desk.portal):
        raise NotFoundError
    found = Portal.objects.select_related("parent").get(pk=pk)
    parent = found.parent
    if parent is None:
        raise NotFoundError
    scope = read_scope(request, within=parent, present=territories_of(found))
    if request.method == "POST" and "save" in request.POST:
        if not scope.chosen:
            messages.error(request, _("Choose at least one territory."))
        else:
            try:
                change_scope(found, scope.chosen, by=request.desk.actor, at=timezone.now())
            except ScopeOutsideParentError:
                messages.error(
                    request,
                    _(
                        "Nothing was changed: a portal stays within its parent, and around those below."
                    ),
                )
            else:
                messages.success(request, _("The scope is changed."))
                return redirect("console:portal", pk=found.pk)
    context = {
        "title": _("What the portal covers"),
        "subtitle": found.name,
        "back_url": reverse("console:portal", args=[found.pk]),
        "back_label": found.name,
        "scope": scope,
        "button": _("Save"),
        "button_name": "save",
    }
    return render(request, "console/portals/scope.html", context)
