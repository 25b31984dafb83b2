"""Forms on pages that everybody shares, which therefore cannot carry a token of their own.

A shared page is the same for every visitor, so no CSRF token can stand in it. What these forms do
(putting something in a cart) is harmless and seen at once, and they are let in only when the
browser says that the form stood on a page of ours: by ``Sec-Fetch-Site``, which no page can forge,
or by ``Origin`` in older browsers. A form that neither vouches for needs the ordinary token.
Decision 0011 tells why.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from chalandise.web.request import PortalRequest

P = ParamSpec("P")
View = Callable[Concatenate[PortalRequest, P], HttpResponse]


def comes_from_here(request: PortalRequest) -> bool:
    """Tell whether the browser vouches that a form stood on a page of this very site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc.lower() == request.get_host().lower()


def same_origin(view: View[P]) -> View[P]:
    """Let a form in when its page was ours, or when it carries the token."""
    with_token = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def guarded(request: PortalRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if comes_from_here(request):
            return view(request, *args, **kwargs)
        return with_token(request, *args, **kwargs)

    return cast("View[P]", guarded)
