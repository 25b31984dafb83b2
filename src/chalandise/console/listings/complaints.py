"""Complaints against decisions: read again, answered with reasons (DSA, article 20)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.paging import page_of
from chalandise.directory.actions.decisions import answer_complaint
from chalandise.directory.queries.decisions import get_decision_for_desk, open_complaints
from chalandise.kernel.errors import StaleStateError
from chalandise.portals.policies import DESK_ROLES


class ComplaintForm(forms.Form):
    """Whether the decision stands, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What is decided now"),
        choices=[
            ("kept", gettext_lazy("The decision stands")),
            ("reversed", gettext_lazy("The decision is taken back")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Why (sent by e-mail)"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@desk_page(DESK_ROLES)
def complaints(request: DeskRequest) -> HttpResponse:
    """List the complaints to answer, the oldest first."""
    rows = page_of(request, open_complaints(request.desk.portal))
    context = {"title": _("Contested decisions"), "rows": rows}
    return render(request, "console/decisions/list.html", context)


@desk_page(DESK_ROLES)
def complaint(request: DeskRequest, pk: int) -> HttpResponse:
    """Read a decision again with what is said against it, and answer."""
    found = get_decision_for_desk(request.desk.portal, pk)
    form = ComplaintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_complaint(
                found,
                answer=form.cleaned_data["answer"].replace("\x00", ""),
                is_reversed=form.cleaned_data["outcome"] == "reversed",
                by=request.desk.actor,
                at=timezone.now(),
            )
        except StaleStateError:
            messages.warning(request, _("Somebody has already answered this complaint."))
        else:
            text = _("Answered by e-mail. If the decision is taken back, change the sheet as well.")
            messages.success(request, text)
        return redirect("console:complaints")
    context = {
        "title": found.get_kind_display(),
        "subtitle": found.establishment.name,
        "back_url": reverse("console:complaints"),
        "back_label": _("Contested decisions"),
        "decision": found,
        "shop": found.establishment,
        "form": form,
    }
    return form_page(request, "console/decisions/complaint.html", context)
