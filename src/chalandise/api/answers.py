"""Turns plain values into responses."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

JSON = "application/json"
GEOJSON = "application/geo+json"


def answer(payload: dict[str, Any], *, content_type: str = JSON) -> HttpResponse:
    """Return a response; without cookies, the page cache may keep it."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    response = HttpResponse(body, content_type=content_type)
    response.is_shared_page = True  # type: ignore[attr-defined] # see web.page_cache
    return response
