"""The pages of signing in: the address, the code."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import (
    get_login_redirect_url,
    get_next_redirect_url,
    passthrough_next_redirect_url,
)
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chalandise.journal.actions import count_attempt
from chalandise.kernel.errors import RateLimitedError
from chalandise.kernel.rate import Rate
from chalandise.web.request import client_address
from chalandise.web.sign_in.flow import CodeProcess
from chalandise.web.sign_in.forms import AddressForm, CodeForm

CODES_ASKED = Rate(burst=6, period_seconds=3600)
CODES_ASKED_FROM = Rate(burst=40, period_seconds=3600)
CODES_TRIED = Rate(burst=12, period_seconds=3600)
CODES_TRIED_FROM = Rate(burst=80, period_seconds=3600)
MOST_RESENT = 2


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address and send a code to it, whether or not it is known."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(get_login_redirect_url(request))
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if _may_go_on(request, form, "sign-in", email, CODES_ASKED, CODES_ASKED_FROM):
            CodeProcess.begin(request, email)
            return _to_code(request)
    return render(
        request,
        "account/login.html",
        {"form": form, "next": get_next_redirect_url(request) or ""},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage="login_by_code", redirect_urlname="account_login")
def confirm_code(request: HttpRequest) -> HttpResponse:
    """Take the code back and sign the person in."""
    process = CodeProcess.continued(cast("Any", request)._login_stage)
    if process is None:
        messages.warning(request, _("The code is too old. Ask for another, it takes a second."))
        return redirect("account_login")
    if request.POST.get("action") == "resend":
        return _send_again(request, process)
    if request.POST.get("action") == "change":
        clear_login(request)
        return redirect(passthrough_next_redirect_url(request, reverse("account_login"), "next"))
    form = CodeForm(request.POST or None, expected=process.code)
    if request.method == "POST":
        limits = (CODES_TRIED, CODES_TRIED_FROM)
        if _may_go_on(request, form, "sign-in-code", process.email, *limits) and form.is_valid():
            return process.finish(get_next_redirect_url(request))
        if form.has_error("code", "incorrect_code") and not process.record_invalid_attempt():
            messages.error(request, _("That was one try too many. Ask for a new code."))
            return redirect("account_login")
    return render(
        request,
        "account/confirm_login_code.html",
        {"form": form, "email": process.email, "next": get_next_redirect_url(request) or ""},
        status=422 if form.errors else 200,
    )


def _send_again(request: HttpRequest, process: CodeProcess) -> HttpResponse:
    if process.is_resend_quota_reached(MOST_RESENT) or not _may_go_on(
        request, Form(data={}), "sign-in", process.email, CODES_ASKED, CODES_ASKED_FROM
    ):
        messages.warning(
            request, _("We have sent several codes already. Check your unwanted mail.")
        )
    else:
        process.resend()
        messages.success(request, _("A new code is on its way; only the last one opens."))
    return _to_code(request)


def _to_code(request: HttpRequest) -> HttpResponse:
    address = reverse("account_confirm_login_code")
    return HttpResponseRedirect(passthrough_next_redirect_url(request, address, "next"))


def _may_go_on(
    request: HttpRequest, form: Form, what: str, email: str, person: Rate, caller: Rate
) -> bool:
    """Count an attempt for the address and for the caller's connection; say so when it is too many."""
    now = timezone.now()
    try:
        count_attempt(f"{what}-from:{client_address(request)}", caller, at=now)
        count_attempt(f"{what}:{email}", person, at=now)
    except RateLimitedError as error:
        minutes = max(1, round(error.retry_after_seconds / 60))
        form.full_clean()
        form.add_error(
            None,
            ngettext(
                "Too many tries. Nothing is lost: try again in a minute.",
                "Too many tries. Nothing is lost: try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
        )
        return False
    return True
