"""Signing out: the device forgets what the counter kept on it."""

from __future__ import annotations

from allauth.account import views as account
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session, and have the browser forget pages and gestures kept for no line.

    The header works where no script does; `signing-out.js` asks before what has not left is lost.
    """
    response: HttpResponseBase = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"storage"'
    return response
