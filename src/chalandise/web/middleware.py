"""Which portal answers.

The host names a root portal; ``/t/<slug>/`` in front of the path names a sub-portal below it. The
prefix is taken off the path and given to Django as the script prefix, so that every address made
by ``reverse`` inside a sub-portal stays inside.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from typing_extensions import override

from chalandise.logistics.errors import SlotsBusyError
from chalandise.stock.errors import StockBusyError
from chalandise.web.errors import (
    bad_request,
    no_portal_yet,
    page_not_found,
    too_busy,
    unknown_host,
    wrong_door,
)
from chalandise.web.media import pictures_only
from chalandise.web.portal_map import Place, portal_map

logger = logging.getLogger(__name__)
SUB_PORTAL = re.compile(r"^/t/(?P<slug>[a-z0-9-]{1,80})(?P<rest>/.*)?$")
METHOD_NOT_ALLOWED = 405
WITHOUT_PORTAL = ("/health/", "/static/")


class PortalMiddleware:
    """Give each request its ``portal``, ``root_portal`` and ``identity``; refuse unknown hosts.

    The host of pictures, where there is one, has no portal: it gives pictures and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        try:
            asked = request.get_host().lower()
        except DisallowedHost:
            asked = ""
        if asked and asked == settings.MEDIA_HOST:
            return pictures_only(request)
        if request.path_info.startswith(WITHOUT_PORTAL):
            return self.get_response(request)
        if not asked:
            return unknown_host(request)
        host, _port = split_domain_port(asked)
        portals = portal_map()
        place = portals.at_host(host)
        if place is None:
            return unknown_host(request) if portals.by_slug else no_portal_yet(request)
        inside = SUB_PORTAL.match(request.path_info)
        if inside is None:
            return self._answer(request, place, place)
        sub = portals.below(place.portal, inside["slug"])
        if sub is None:
            self._place(request, place, place)
            return page_not_found(request)
        before = get_script_prefix()
        set_script_prefix(f"/t/{inside['slug']}/")
        request.path_info = inside["rest"] or "/"
        try:
            return self._answer(request, sub, place)
        finally:
            set_script_prefix(before)  # it belongs to the thread, which goes on to other requests

    def _answer(self, request: HttpRequest, place: Place, root: Place) -> HttpResponse:
        self._place(request, place, root)
        return self.get_response(request)

    @staticmethod
    def _place(request: HttpRequest, place: Place, root: Place) -> None:
        request.portal = place.portal  # type: ignore[attr-defined] # see PortalRequest
        request.identity = place.identity  # type: ignore[attr-defined]
        request.root_portal = root.portal  # type: ignore[attr-defined]


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the content security policy, written once for all pages that ask for no other."""

    @override
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        has_own = "\n_csp" in "\n".join(("", *vars(response), *vars(request)))
        if has_own or settings.DEBUG or self._plain is None:
            return super().process_response(request, response)
        if HEADER not in response:
            response[HEADER] = self._plain
        return response

    @cached_property
    def _plain(self) -> str | None:
        """The policy of the settings; none where only the library can tell."""
        policy = settings.CONTENT_SECURITY_POLICY
        is_simple = policy.keys() == {"DIRECTIVES"}
        has_trial = getattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None)
        return build_policy() if is_simple and not has_trial else None


class SafetyNetMiddleware:
    """Answer with a page what no form refused and no view foresaw.

    400 to what the database cannot hold (a NUL, a number beyond its type); 409 to a press that met
    too many others at the same goods or slots, wherever it was pressed; and a page, not a blank one,
    where a browser opens the address of a form.

    Forms and views refuse most of it kindly; this is the net below them. What was begun is rolled
    back by the action's own transaction, and the log says where, never what.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        is_blank = response.status_code == METHOD_NOT_ALLOWED and not response.content
        if is_blank and "text/html" in request.headers.get("Accept", ""):
            return wrong_door(request, response.headers.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn what is safe to try again, or to type again, into a page that says so."""
        if isinstance(exception, StockBusyError | SlotsBusyError):
            kind = type(exception).__name__
            logger.warning("%s at %s", kind, getattr(request.resolver_match, "view_name", "?"))
            return too_busy(request)
        if not isinstance(exception, DataError):
            return None
        logger.warning("unreadable input at %s", getattr(request.resolver_match, "view_name", "?"))
        return bad_request(request, exception)
