"""The hotline's desk: find the shop on the telephone, see what is known of it and from whom."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.console.desk import DeskRequest, desk_page
from chalandise.console.history import history_of
from chalandise.console.paging import page_of
from chalandise.console.wording import HISTORY_VERBS, fact_name
from chalandise.directory.actions.decisions import Reasons, explain_decision
from chalandise.directory.actions.listing import move_listings
from chalandise.directory.hours import Opening, schedule_for
from chalandise.directory.models import Establishment
from chalandise.directory.queries import list_provenance, local_day, openings_of
from chalandise.directory.queries.desk import get_establishment_for_desk, search_for_desk
from chalandise.directory.states import (
    LISTING_TRANSITIONS,
    DecisionGround,
    DecisionKind,
    HoursPurpose,
    ListingState,
    Service,
)
from chalandise.journal.actions import subject_of
from chalandise.portals.policies import DESK_ROLES
from chalandise.web.cards import DayRow
from chalandise.web.week import day_rows, rows_together

LONGEST_REASON = 200
CLAIMED = (("", gettext_lazy("all")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
MOVES = {
    ListingState.PUBLISHED: gettext_lazy("Show it again"),
    ListingState.HIDDEN: gettext_lazy("Hide it"),
    ListingState.CLOSED: gettext_lazy("Closed for good"),
}


class SearchForm(forms.Form):
    """What the hotline knows of the caller."""

    q = forms.CharField(
        label=gettext_lazy("Name, telephone or SIRET"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("all")), *ListingState.choices],
    )
    claimed = forms.ChoiceField(
        label=gettext_lazy("Claimed"), required=False, choices=list(CLAIMED)
    )


@desk_page(DESK_ROLES)
def establishments(request: DeskRequest) -> HttpResponse:
    """List the shops of the portal, or those that may be on the line."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = search_for_desk(request.desk.portal, asked.get("q", ""))
    if asked.get("state"):
        rows = rows.filter(status=asked["state"])
    if asked.get("claimed"):
        rows = rows.filter(claimed_at__isnull=asked["claimed"] == "no")
    context = {"title": _("Shops"), "form": form, "rows": page_of(request, rows)}
    return render(request, "console/establishments/list.html", context)


@desk_page(DESK_ROLES)
def establishment(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a sheet as the desk sees it: every fact, where it comes from, what happened to it."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    today = local_day(shop, timezone.now())
    weeks = {purpose: _week(one, today) for purpose, one in openings_of(shop).items()}
    hours = {one.purpose: one for one in shop.hours.all()}
    context = {
        "title": shop.name,
        "subtitle": f"{shop.category} · {shop.commune} · {shop.get_status_display()}",
        "back_url": reverse("console:establishments"),
        "back_label": _("Shops"),
        "shop": shop,
        "visit": hours.get(HoursPurpose.VISIT),
        "days": weeks.get(HoursPurpose.VISIT, []),
        "apart": [
            (fact_name(f"hours:{purpose}"), rows_together(days))
            for purpose, days in weeks.items()
            if purpose is not HoursPurpose.VISIT
        ],
        "services": [Service(one).label for one in shop.services],
        "provenance": [
            (row, [fact_name(field) for field in row.fields]) for row in list_provenance(shop)
        ],
        "moves": _moves_from(shop),
        "grounds": DecisionGround.choices,
        "asks_for_reasons": _asks_for_reasons(shop, ListingState.HIDDEN),
        "claims": shop.claims.order_by("-requested_at")[:8],
        "reports": shop.reports.order_by("-sent_at")[:8],
        "history": history_of(subject_of(shop), HISTORY_VERBS),
        "is_public": shop.status == ListingState.PUBLISHED,
    }
    return render(request, "console/establishments/sheet.html", context)


def _week(opening: Opening, today: date) -> list[DayRow]:
    return day_rows(schedule_for(opening).week(today - timedelta(days=today.weekday())))


@desk_page(DESK_ROLES)
@require_POST
def move_establishment(request: DeskRequest, pk: int) -> HttpResponse:
    """Show, hide or close a sheet."""
    shop = get_establishment_for_desk(request.desk.portal, pk)
    to = request.POST.get("to", "")
    if to not in MOVES:
        return HttpResponse(status=400)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:LONGEST_REASON]
    ground = request.POST.get("ground", "")
    if _asks_for_reasons(shop, to) and not (reason and ground in DecisionGround.values):
        text = _(
            "Say why and on which ground: the merchant receives it by e-mail, and may contest."
        )
        messages.error(request, text)
        return redirect("console:establishment", pk=shop.pk)
    if _moved(request, shop, to, reason, ground):
        label = ListingState(to).label
        messages.success(
            request, _("“%(name)s” is now: %(state)s.") % {"name": shop.name, "state": label}
        )
    else:
        messages.warning(request, _("Somebody has already changed this sheet. Nothing was done."))
    return redirect("console:establishment", pk=shop.pk)


@transaction.atomic
def _moved(request: DeskRequest, shop: Establishment, to: str, reason: str, ground: str) -> bool:
    """Move a sheet, and tell its merchant why it is no longer shown (DSA, article 17)."""
    by, at = request.desk.actor, timezone.now()
    if not move_listings([shop.pk], ListingState(to), by=by, at=at, reason=reason):
        return False
    if _asks_for_reasons(shop, to):
        explain_decision(
            shop,
            DecisionKind(to),
            Reasons(reason, DecisionGround(ground)),
            portal=request.desk.portal,
            by=by,
            at=at,
        )
    return True


def _asks_for_reasons(shop: Establishment, to: str) -> bool:
    """Tell whether somebody has to be told why: the sheet is shown, and a merchant looks after it."""
    is_taken_away = shop.status == ListingState.PUBLISHED and to != ListingState.PUBLISHED
    return is_taken_away and shop.organisation_id is not None


def _moves_from(shop: Establishment) -> list[tuple[str, object]]:
    return [
        (str(state), label)
        for state, label in MOVES.items()
        if shop.status in LISTING_TRANSITIONS.sources_of(state)
    ]
