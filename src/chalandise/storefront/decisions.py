"""Why something was decided, and the way to contest it: by the private link of the e-mail (DSA 17, 20)."""

from __future__ import annotations

from contextlib import suppress

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.directory.actions.decisions import CONTESTED_WITHIN, contest_decision, may_contest
from chalandise.directory.queries.decisions import get_decision_by_token
from chalandise.kernel.errors import StaleStateError
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.reservation_form import EMAIL_ERRORS
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest, actor_of


class ContestForm(forms.Form):
    """What is wrong with the decision, and where to answer."""

    complaint = forms.CharField(
        label=gettext_lazy("Why should it be decided otherwise?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address, for the answer"),
        error_messages=EMAIL_ERRORS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def decision(request: PortalRequest, token: str) -> HttpResponse:
    """Show a decision with its reasons, and take a complaint."""
    found, at = found_or_404(get_decision_by_token, token), timezone.now()
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with suppress(StaleStateError):  # contested meanwhile, or too late: the page says so
            contest_decision(
                found,
                complaint=form.cleaned_data["complaint"].replace("\x00", ""),
                email=form.cleaned_data["email"],
                by=actor_of(request),
                at=at,
            )
        return redirect("storefront:decision", token=token)
    context = {
        "decision": found,
        "shop": found.establishment,
        "may_contest": may_contest(found, at=at),
        "until": (found.decided_at + CONTESTED_WITHIN).date(),
        "form": form,
        "crumbs": crumbs_to(request, (_("A decision and its reasons"), "")),
        "noindex": True,
    }
    status = 422 if form.errors else 200
    response = render(request, "storefront/decisions/decision.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
