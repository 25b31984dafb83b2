"""Turns plain values into responses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

JSON = "application/json"
GEOJSON = "application/geo+json"


def written(payload: object) -> str:
    """Write a value as JSON, the same bytes for the same value."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def with_list(payload: dict[str, Any], name: str, texts: Iterable[str]) -> str:
    """Write an object, and in the place of ``payload[name]`` a list of values already written."""
    parts = [
        f'"{key}":[{",".join(texts)}]' if key == name else f'"{key}":{written(value)}'
        for key, value in payload.items()
    ]
    return f"{{{','.join(parts)}}}"


def answer(payload: dict[str, Any] | str, *, content_type: str = JSON) -> HttpResponse:
    """Return a response; without cookies, the page cache may keep it. A text is JSON already."""
    body = payload if isinstance(payload, str) else written(payload)
    response = HttpResponse(body, content_type=content_type)
    response.is_shared_page = True  # type: ignore[attr-defined] # see web.page_cache
    return response
