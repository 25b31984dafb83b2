"""Signing in and out of the console goes by the same doors as everywhere else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from chalandise.console.desk import DeskRequest, desk_page, to_sign_in


def sign_in(request: HttpRequest) -> HttpResponse:
    """Send whom Wagtail would ask for a password to our own sign-in page."""
    if request.user.is_authenticated:
        return redirect("console:home")
    response = to_sign_in(request)
    response["Location"] = f"{reverse('account_login')}?next={reverse('console:home')}"
    return response


@desk_page()
def account(request: DeskRequest) -> HttpResponse:
    """Send staff to the page of their own account."""
    return redirect("mfa_index")
