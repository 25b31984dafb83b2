"""What every template may use."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest

from chalandise.portals.queries import base_address
from chalandise.web.drawing import draw_notices


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give templates the portal, its identity and the few switches that pages show."""
    root = getattr(request, "root_portal", None)
    return {
        "portal": getattr(request, "portal", None),
        "root_portal": root,
        "site_address": base_address(root) if root else "",  # never from the request (fault 60)
        "identity": getattr(request, "identity", None),
        "is_demo": settings.DEMO,
        "this_address": partial(this_address, request),
        "notices": partial(draw_notices, request),
    }


def this_address(request: HttpRequest) -> str:
    """Return the path and query asked for, written as a value of another address."""
    return quote(request.get_full_path())
