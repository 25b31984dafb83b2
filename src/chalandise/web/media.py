"""Photographs, served with names that never change and nothing to execute."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

SAFE_NAME = re.compile(r"^(photos|portals)/[A-Za-z0-9_-]{1,80}\.(avif|webp|jpg|png)$")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one public picture; private ones never live under these folders.

    A photograph of an earlier release has no AVIF until `chalandise photos rebuild`: its WebP goes
    instead, which browsers know by its first bytes, and is asked for again the next day.
    """
    path = settings.MEDIA_ROOT / name
    if not SAFE_NAME.match(name):
        raise Http404
    kept = FOR_EVER
    if path.suffix == ".avif" and not path.is_file():
        path, kept = path.with_suffix(".webp"), FOR_A_DAY
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=TYPES[path.suffix[1:]])
    response["Cache-Control"] = kept
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    return response
