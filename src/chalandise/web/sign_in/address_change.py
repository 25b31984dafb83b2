"""Moving an account to another e-mail address: proved at the old one and at the new one (fault 57).

Two codes leave at once. Both are bound to the person and to the two addresses, kept as digests in
the session, and die after a quarter of an hour or five wrong tries (fault 58).
"""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chalandise.accounts.actions import move_to_address
from chalandise.accounts.errors import AddressTakenError
from chalandise.journal.actions import count_attempt
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError
from chalandise.kernel.rate import Rate
from chalandise.kernel.tokens import (
    digest,
    matches,
    new_link_token,
    new_spoken_code,
    tidy_spoken_code,
)
from chalandise.messaging.actions import send
from chalandise.web.request import MemberRequest

WAITS_SECONDS = 900
MOST_TRIES = 5
ASKED = Rate(burst=4, period_seconds=3600)
SESSION_KEY = "address_change"


class NewAddressForm(forms.Form):
    """Where the person wants to be written to."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


class TwoCodesForm(forms.Form):
    """The proof that both letterboxes are the person's."""

    old_code = forms.CharField(label=gettext_lazy("Code received at the present address"))
    new_code = forms.CharField(label=gettext_lazy("Code received at the new address"))


@login_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest) -> HttpResponse:
    """Ask for the new address and send one code to each."""
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].strip().lower()
        if address == request.user.email:
            form.add_error("email", _("This is your address already."))
        elif _may_ask(request):
            _send_codes(request, address)
            return redirect("account_email_codes")
        else:
            form.add_error(None, _("Too many tries. Nothing is lost: try again in an hour."))
    return render(request, "account/email.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: MemberRequest) -> HttpResponse:
    """Take both codes and move the account; its other sessions end."""
    change = _waiting(request)
    if change is None:
        return redirect("account_email")
    form = TwoCodesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _is_proved(request, change, form):
            change["tries"] += 1
            request.session[SESSION_KEY] = change
            if change["tries"] >= MOST_TRIES:
                del request.session[SESSION_KEY]
                messages.error(request, _("That was one try too many. Begin again."))
                return redirect("account_email")
            form.add_error(None, _("One of the codes is not the right one."))
        else:
            del request.session[SESSION_KEY]
            return _move(request, change["to"])
    return render(
        request,
        "account/email_codes.html",
        {"form": form, "old": request.user.email, "new": change["to"]},
        status=422 if form.errors else 200,
    )


def _move(request: MemberRequest, address: str) -> HttpResponse:
    user, old, at = request.user, request.user.email, timezone.now()
    try:
        move_to_address(user, address, by=Actor.person(user), at=at)
    except AddressTakenError:  # told only to somebody who reads both letterboxes
        messages.error(request, _("Another account uses this address."))
        return redirect("account_email")
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    update_session_auth_hash(request, user)
    for to in (old, address):
        notice = _("The e-mail address of your account was changed.")
        words = {"notice": notice, "happened_at": at}
        key = f"address_changed:{new_link_token()}"
        send("security_notice", to=to, key=key, portal=request.portal, context=words, at=at)
    messages.success(request, _("Done: you now sign in with your new address."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _send_codes(request: MemberRequest, address: str) -> None:
    user, at = request.user, timezone.now()
    codes = {"old": new_spoken_code(6), "new": new_spoken_code(6)}
    request.session[SESSION_KEY] = {
        "user": user.pk,
        "from": user.email,
        "to": address,
        "at": at.timestamp(),
        "tries": 0,
        **{end: digest(code, salt=_salt(user.pk, address)) for end, code in codes.items()},
    }
    for to, code in ((user.email, codes["old"]), (address, codes["new"])):
        key = f"address_change_code:{new_link_token()}"
        words = {"code": code, "new_address": address}
        send("address_change_code", to=to, key=key, portal=request.portal, context=words, at=at)


def _waiting(request: MemberRequest) -> dict[str, Any] | None:
    change: dict[str, Any] | None = request.session.get(SESSION_KEY)
    if change is None:
        return None
    is_mine = change["user"] == request.user.pk and change["from"] == request.user.email
    if not is_mine or timezone.now().timestamp() - change["at"] > WAITS_SECONDS:
        del request.session[SESSION_KEY]
        return None
    return change


def _is_proved(request: MemberRequest, change: dict[str, Any], form: TwoCodesForm) -> bool:
    salt = _salt(request.user.pk, change["to"])
    typed = {end: tidy_spoken_code(form.cleaned_data[f"{end}_code"]) for end in ("old", "new")}
    is_old, is_new = (matches(typed[end], change[end], salt=salt) for end in ("old", "new"))
    return is_old and is_new


def _salt(user_id: int, address: str) -> str:
    return f"{settings.SECRET_KEY}:address:{user_id}:{address}"


def _may_ask(request: MemberRequest) -> bool:
    try:
        count_attempt(f"address-change:{request.user.pk}", ASKED, at=timezone.now())
    except RateLimitedError:
        return False
    return True
