"""What of Wagtail's own admin stands open: its shell, and nothing that this console does not use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from chalandise.console.desk import find_desk, to_sign_in

OPEN_TO_ALL = frozenset({"wagtailadmin_sprite"})
OPEN_TO_STAFF = frozenset(
    {"wagtailadmin_javascript_catalog", "wagtailadmin_logout", "wagtailadmin_dismissibles"}
)


def behind_the_desk(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep pages, images, users and groups of Wagtail closed: nobody here works with them.

    Signing out and the words of the scripts are for staff; icons are for everybody.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        match = request.resolver_match
        name = match.url_name if match is not None else ""
        if name in OPEN_TO_ALL:
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if name not in OPEN_TO_STAFF or find_desk(request) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
