"""Photographs, served with names that never change and nothing to execute."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseNotAllowed,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase

SAFE_NAME = re.compile(r"^(photos|portals)/[A-Za-z0-9_-]{1,80}\.(avif|webp|jpg|png)$")
FOLDER = "/media/"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send one public picture, or to the host that has them; private ones never live there."""
    if settings.MEDIA_HOST and SAFE_NAME.match(name):
        return HttpResponsePermanentRedirect(f"{settings.MEDIA_URL}{name}")
    return _send(name)


def pictures_only(request: HttpRequest) -> HttpResponseBase:
    """Answer on the host of pictures: a picture or nothing; no page, no cookie (fault 72).

    Neither sessions nor any other middleware behind that of portals are asked.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    folder, name = request.path_info[: len(FOLDER)], request.path_info[len(FOLDER) :]
    try:
        if folder == FOLDER:
            return _send(name)
    except Http404:
        pass
    return HttpResponseNotFound(content_type="text/plain")


def _send(name: str) -> FileResponse:
    """Send a picture under its name that never changes.

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
    # On a host of their own, which may be another site, they are still the pictures of our pages.
    response["Cross-Origin-Resource-Policy"] = (
        "cross-origin" if settings.MEDIA_HOST else "same-site"
    )
    return response
