"""Payouts held since a bank account changed: let go once the owners were asked, or held longer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.desk import DeskRequest, desk_page, form_page
from chalandise.console.history import history_of
from chalandise.console.market.money_words import MONEY_VERBS
from chalandise.console.market.purse import get_account_on
from chalandise.journal.actions import subject_of
from chalandise.payments.actions.holding import end_hold, hold_longer
from chalandise.portals.policies import DESK_ROLES


class HoldForm(forms.Form):
    """What was found out, and what follows."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is to be done"),
        choices=[
            ("let_go", gettext_lazy("It was them: let the payouts leave again")),
            ("longer", gettext_lazy("Nobody reached, or it was not them: hold a week more")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What you found out (kept with the decision)"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@desk_page(DESK_ROLES)
def hold(request: DeskRequest, pk: int) -> HttpResponse:
    """Say what to do about a bank account that changed, and take the decision."""
    at = timezone.now()
    found = get_account_on(request.desk.portal, pk, at=at)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decide = end_hold if form.cleaned_data["what"] == "let_go" else hold_longer
        decide(found, by=request.desk.actor, at=at, note=form.cleaned_data["note"])
        messages.success(request, _("Decided and noted: the provider is told within a minute."))
        return redirect("console:money")
    context = {
        "title": _("A bank account changed"),
        "subtitle": str(found.organisation),
        "back_url": reverse("console:money"),
        "back_label": _("Money to look at"),
        "account": found,
        "form": form,
        "history": history_of(subject_of(found), MONEY_VERBS),
    }
    return form_page(request, "console/money/hold.html", context)
