"""Photographs, served with names that never change and nothing to execute."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

SAFE_NAME = re.compile(r"^(photos|portals)/[A-Za-z0-9_-]{1,80}\.(webp|jpg|png)$")
TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one public picture; private ones never live under these folders."""
    path = settings.MEDIA_ROOT / name
    if not SAFE_NAME.match(name) or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=TYPES[name.rsplit(".", 1)[-1]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    return response
