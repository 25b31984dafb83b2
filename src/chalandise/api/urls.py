"""Addresses of the face `api`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from chalandise.api.described import description
from chalandise.api.door import at_the_door
from chalandise.api.problems import NOT_FOUND, problem
from chalandise.api.service import service


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer 404 as a problem to any other address below ``/api/v1/``."""
    return problem(NOT_FOUND)


app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    entry for entry in service.urls[0] if getattr(entry, "name", "") != "api-root"
]
for entry in urlpatterns:
    if isinstance(entry, URLPattern):
        entry.callback = at_the_door(entry.callback)
urlpatterns.insert(0, path("", description, name="api-root"))  # ninja's own answers 404
urlpatterns.append(re_path(r".+", at_the_door(unknown), name="unknown"))
