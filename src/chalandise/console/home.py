"""The first page of the day: what waits, how the portal is doing, and the box that finds a shop."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chalandise.console.desk import CHOSEN, DeskRequest, desk_page
from chalandise.console.figures import (
    failed_mails,
    figures_of,
    open_reports,
    waiting_claims,
    waiting_runs,
)
from chalandise.console.market.purse import discrepancies_on, parts_to_arrange
from chalandise.console.menu import SUBJECTS, SubjectItem
from chalandise.console.operating.dead_letters import given_up_on
from chalandise.directory.queries.decisions import open_complaints
from chalandise.federation.queries import list_doubtful_matches
from chalandise.kernel.errors import NotFoundError
from chalandise.portals.policies import DESK_ROLES
from chalandise.portals.queries import identity_of
from chalandise.web.theme import Palette


@dataclass(frozen=True)
class Tile:
    """A queue: how many wait, and where."""

    count: int
    label: str
    url: str


@desk_page()
def home(request: DeskRequest) -> HttpResponse:
    """Show what waits."""
    desk = request.desk
    is_desk = desk.may(DESK_ROLES)
    items = [SubjectItem(one, order) for order, one in enumerate(SUBJECTS) if one.route != "home"]
    context = {
        "title": _("Today"),
        "is_desk": is_desk,
        "waiting": _waiting(request) if is_desk else [],
        "figures": figures_of(desk.portal, at=timezone.now()),
        "subjects": [
            {"label": item.label, "url": reverse(f"console:{item.subject.route}")}
            for item in items
            if item.is_shown(request)
        ],
    }
    return render(request, "console/home.html", context)


def _waiting(request: DeskRequest) -> list[Tile]:
    portal, portal_ids = request.desk.portal, request.desk.portal_ids
    claims = waiting_claims(portal).count()
    pairs = list_doubtful_matches(portal).count()
    reports = open_reports(portal).count()
    contested = open_complaints(portal).count()
    mails = failed_mails(portal_ids).count()
    undone = given_up_on(portal, portal_ids).count()
    runs = waiting_runs(portal_ids).count()
    matters = discrepancies_on(portal).count() + parts_to_arrange(portal).count()
    return [
        Tile(
            claims,
            ngettext("claim to decide", "claims to decide", claims),
            reverse("console:claims"),
        ),
        Tile(pairs, ngettext("doubtful pair", "doubtful pairs", pairs), reverse("console:matches")),
        Tile(
            reports,
            ngettext("report to handle", "reports to handle", reports),
            reverse("console:reports"),
        ),
        Tile(
            contested,
            ngettext("contested decision", "contested decisions", contested),
            reverse("console:complaints"),
        ),
        Tile(
            mails,
            ngettext("e-mail given up", "e-mails given up", mails),
            reverse("console:mails"),
        ),
        Tile(
            undone,
            ngettext("thing that could not be done", "things that could not be done", undone),
            reverse("console:events"),
        ),
        Tile(
            runs, ngettext("import that asks", "imports that ask", runs), reverse("console:imports")
        ),
        Tile(
            matters,
            ngettext("matter of money to settle", "matters of money to settle", matters),
            reverse("console:money"),
        ),
    ]


@desk_page()
@require_POST
def switch(request: DeskRequest) -> HttpResponse:
    """Work for another of one's portals from now on."""
    wanted = request.POST.get("portal", "")
    chosen = next((one for one in request.desk.portals if str(one.pk) == wanted), None)
    if chosen is None:
        raise NotFoundError
    request.session[CHOSEN] = chosen.pk
    return redirect("console:home")


@desk_page()
def colours(request: DeskRequest, slug: str) -> HttpResponse:
    """Give Wagtail's shell the colour of a portal one works for."""
    portal = next((one for one in request.desk.portals if one.slug == slug), None)
    if portal is None:
        raise NotFoundError
    palette = Palette.of(identity_of(portal).brand_colour)
    return render(
        request,
        "console/colours.css",
        {"palette": palette},
        content_type="text/css; charset=utf-8",
    )
