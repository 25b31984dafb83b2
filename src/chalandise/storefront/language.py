"""French or English: a preference kept in a cookie, and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from chalandise.web.request import PortalRequest

A_YEAR_SECONDS = 31_536_000


@require_safe
def switch(request: PortalRequest, code: str) -> HttpResponse:
    """Remember the language and go back to the page one came from, never to another site."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=False
    )
    response = HttpResponseRedirect(wanted if is_ours else reverse("storefront:home"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR_SECONDS,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
    )
    return response
