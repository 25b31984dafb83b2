"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from chalandise.portals.queries import base_address


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give templates the portal, its identity and the few switches that pages show."""
    root = getattr(request, "root_portal", None)
    return {
        "portal": getattr(request, "portal", None),
        "root_portal": root,
        "site_address": base_address(root) if root else "",  # never from the request (fault 60)
        "identity": getattr(request, "identity", None),
        "is_demo": settings.DEMO,
    }
