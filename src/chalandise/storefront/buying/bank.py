"""The pages of the simulated bank: a stranger's house, which only looks like a bank.

They stand in for what a payment provider hosts itself, are routed where no production is, and know
of the market no more than a bank would.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.paying import (
    CardAnswer,
    CardOutcome,
    answer_challenge,
    present_card,
    refuse_challenge,
)
from chalandise.bank.actions.sessions import abandon_session
from chalandise.bank.cards import SCENARIOS
from chalandise.bank.errors import CardNotReadableError, SessionClosedError
from chalandise.bank.models import BankSession
from chalandise.bank.queries import (
    get_account_by_token,
    get_session_by_token,
    page_of,
    way_back,
)
from chalandise.bank.states import SessionState
from chalandise.web.doors import found_or_404
from chalandise.web.request import PortalRequest

CENTURY = 2000
DECLINES = {
    "generic_decline": gettext_lazy("Your bank refuses this card. Nothing was paid."),
    "insufficient_funds": gettext_lazy("There is not enough money. Nothing was paid."),
    "expired_card": gettext_lazy("This card has expired. Nothing was paid."),
    "authentication_failed": gettext_lazy("You were not recognised. Nothing was paid."),
}


class CardForm(forms.Form):
    """A card as it is embossed."""

    number = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=26,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the number on the front of the card.")},
    )
    expiry = forms.RegexField(
        r"^\s*\d{1,2}\s*/?\s*\d{2}\s*$",
        label=gettext_lazy("Expiry date"),
        help_text=gettext_lazy("Month and year, for example 08/29."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Type the expiry date."),
            "invalid": gettext_lazy("Type month and year, for example 08/29."),
        },
    )
    code = forms.CharField(
        label=gettext_lazy("Security code"),
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the three digits on the back.")},
    )

    def clean_expiry(self) -> tuple[int, int]:
        """Return month and full year."""
        digits = "".join(one for one in self.cleaned_data["expiry"] if one.isdecimal())
        return int(digits[:-2]), CENTURY + int(digits[-2:])


class ConfirmForm(forms.Form):
    """The code that the bank sent."""

    code = forms.CharField(
        label=gettext_lazy("Code received by text message"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": gettext_lazy("Type the six digits.")},
    )


def session(request: PortalRequest, token: str) -> HttpResponse:
    """Take a card, then a confirmation, and send the cardholder back."""
    visit = found_or_404(get_session_by_token, token)
    if visit.state == SessionState.CHALLENGED:
        return _challenge(request, visit)
    if visit.state != SessionState.OPEN:
        back = way_back(visit)
        return _go(request, back) if back else _page(request, visit, "silent", status=504)
    sent = request.POST if request.method == "POST" else None
    form = CardForm(sent, initial={"number": request.GET.get("carte", "")[:19]})
    decline = ""
    if form.is_valid():
        month, year = form.cleaned_data["expiry"]
        try:
            answer = present_card(
                visit,
                number=form.cleaned_data["number"],
                month=month,
                year=year,
                code=form.cleaned_data["code"],
                at=timezone.now(),
            )
        except CardNotReadableError as error:
            form.add_error(error.field, _("This cannot be right: check it on the card."))
        except SessionClosedError:
            return redirect("storefront:bank", token=token)
        else:
            if answer.outcome != CardOutcome.DECLINED:
                return _after(request, visit, answer)
            decline = answer.decline
    status = 422 if form.is_bound else 200
    values = {"form": form, "decline": _sentence(decline), "scenarios": SCENARIOS}
    return _page(request, visit, "card", status=status, **values)


def _challenge(request: PortalRequest, visit: BankSession) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = ConfirmForm(sent)
    if form.is_valid():
        try:
            code = form.cleaned_data["code"]
            answer = answer_challenge(visit, code=code, at=timezone.now())
        except SessionClosedError:
            return redirect("storefront:bank", token=visit.token)
        if answer.outcome != CardOutcome.WRONG_CODE:
            return _after(request, visit, answer)
        form.add_error("code", _("This is not the code. Look at the message again."))
    status = 422 if form.is_bound else 200
    return _page(request, visit, "challenge", status=status, form=form)


def _after(request: PortalRequest, visit: BankSession, answer: CardAnswer) -> HttpResponse:
    if answer.way_back:
        return _go(request, answer.way_back)
    if answer.outcome == CardOutcome.DECLINED:
        values = {"form": CardForm(), "decline": _sentence(answer.decline), "scenarios": SCENARIOS}
        visit.refresh_from_db()
        return _page(request, visit, "card", status=422, **values)
    return redirect("storefront:bank", token=visit.token)


@require_POST
def leave(request: PortalRequest, token: str) -> HttpResponse:
    """Leave without paying, or say « it was not me »."""
    visit = found_or_404(get_session_by_token, token)
    try:
        if visit.state == SessionState.CHALLENGED and "refuse" in request.POST:
            refuse_challenge(visit, at=timezone.now())
        else:
            abandon_session(visit, at=timezone.now())
    except SessionClosedError:
        pass  # the page says how it ended
    return redirect("storefront:bank", token=token)


def account(request: PortalRequest, token: str) -> HttpResponse:
    """Ask a merchant the questions that a bank asks, and open the account."""
    asked = found_or_404(get_account_by_token, token)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verify_account(asked, iban=form.cleaned_data["iban"], at=timezone.now())
        return _go(request, asked.return_url or "/")
    status = 422 if form.is_bound else 200
    values = {"account": asked, "form": form}
    return render(request, "storefront/bank/account.html", values, status=status)


class AccountForm(forms.Form):
    """What the bank asks of a merchant."""

    iban = forms.CharField(
        label=gettext_lazy("IBAN for your payouts"),
        help_text=gettext_lazy("Any will do here: FR76 3000 6000 0112 3456 7890 189."),
        max_length=42,
        error_messages={"required": gettext_lazy("Type an IBAN.")},
    )


def _go(request: PortalRequest, address: str) -> HttpResponse:
    """Send the cardholder on.

    A browser lets no form lead to another site than the policy of its page names, by a redirect
    neither. Whoever reached the bank under another name than the portal's (127.0.0.1 for localhost) is
    therefore shown a page that goes on by itself and says so.
    """
    host = urlsplit(address).netloc
    if not host or host == request.get_host():
        return HttpResponseRedirect(address)
    page = render(request, "storefront/bank/onward.html", {"address": address})
    page["Refresh"] = f"0; url={address}"
    return page


def _sentence(decline: str) -> str:
    if not decline:
        return ""
    return str(DECLINES.get(decline, DECLINES["generic_decline"]))


def _page(
    request: PortalRequest, visit: BankSession, name: str, *, status: int = 200, **values: Any
) -> HttpResponse:
    context = {"page": page_of(visit), "visit": visit, **values}
    return render(request, f"storefront/bank/{name}.html", context, status=status)
