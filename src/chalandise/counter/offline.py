"""The counter's service worker, at an address that lets it serve the counter and nothing else."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

import chalandise.web

BUILT = Path(chalandise.web.__file__).parent / "static" / "web" / "dist" / "offline.js"


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send the script; its folder is its scope, so it must lie under the counter."""
    if not BUILT.is_file():
        raise Http404
    response = HttpResponse(BUILT.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
