"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    """Give templates the portal, its identity and the few switches that pages show."""
    return {
        "portal": getattr(request, "portal", None),
        "root_portal": getattr(request, "root_portal", None),
        "identity": getattr(request, "identity", None),
        "is_demo": settings.DEMO,
    }
