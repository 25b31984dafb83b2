"""Error reports: read what a visitor says, correct the sheet, answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.figures import open_reports
from chalandise.console.paging import page_of
from chalandise.directory.actions.handling import handle_report
from chalandise.directory.models import ErrorReport
from chalandise.directory.states import ReportState
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES
from chalandise.portals.queries import scope_filter


class AnswerForm(forms.Form):
    """What became of the report, and a word to who sent it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=[
            (ReportState.FIXED, gettext_lazy("I have corrected the sheet")),
            (ReportState.DISMISSED, gettext_lazy("There was nothing to correct")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("A word to the visitor"),
        help_text=gettext_lazy("Sent by e-mail with our thanks, if the visitor left an address."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@desk_page(DESK_ROLES)
def reports(request: DeskRequest) -> HttpResponse:
    """List the reports to handle, the oldest first."""
    rows = page_of(request, open_reports(request.desk.portal))
    return render(request, "console/reports/list.html", {"title": _("Error reports"), "rows": rows})


@desk_page(DESK_ROLES)
def report(request: DeskRequest, pk: int) -> HttpResponse:
    """Read one report, and answer it."""
    found = _get_report(request.desk.portal, pk)
    is_open = found.state == ReportState.OPEN
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _handle(request, found, form)
    context = {
        "title": capfirst(found.get_kind_display()),
        "subtitle": found.establishment.name,
        "back_url": reverse("console:reports"),
        "back_label": _("Error reports"),
        "report": found,
        "shop": found.establishment,
        "is_open": is_open,
        "form": form,
    }
    return form_page(request, "console/reports/report.html", context)


def _handle(request: DeskRequest, found: ErrorReport, form: AnswerForm) -> HttpResponse:
    try:
        handle_report(
            found,
            ReportState(form.cleaned_data["outcome"]),
            portal=request.desk.portal,
            answer=form.cleaned_data["answer"],
            by=request.desk.actor,
            at=timezone.now(),
        )
    except StaleStateError:
        messages.warning(request, _("Somebody has already handled this report."))
    else:
        messages.success(
            request,
            _("Handled, and the visitor is answered by e-mail.")
            if found.email
            else _("Handled. The visitor left no address."),
        )
    return redirect("console:reports")


def _get_report(portal: Portal, pk: int) -> ErrorReport:
    found = (
        ErrorReport.objects.filter(scope_filter(portal, prefix="establishment__commune"), pk=pk)
        .select_related("establishment__commune", "establishment__category")
        .first()
    )
    if found is None:
        raise NotFoundError
    return found
