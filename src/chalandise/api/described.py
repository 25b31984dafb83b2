"""The page that describes the API to people, made of the description that machines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chalandise.api.service import DESCRIPTION, service
from chalandise.web.page_cache import shared_page
from chalandise.web.request import PortalRequest


@dataclass(frozen=True)
class Parameter:
    """What a request may say.

    Attributes:
        name: as it is written in the address.
        says: what it means.
        takes: the values or the bounds, in a few words.
        is_required: nothing is answered without it.
    """

    name: str
    says: str
    takes: str
    is_required: bool


@dataclass(frozen=True)
class Endpoint:
    """One address, what it answers and what may be asked of it."""

    path: str
    summary: str
    says: str
    parameters: tuple[Parameter, ...]


@require_safe
@shared_page
def description(request: PortalRequest) -> HttpResponse:
    """Show every address, from the same source as ``openapi.json``."""
    paragraphs = [one.split("`") for one in DESCRIPTION.strip().split("\n\n")]
    context = {"endpoints": endpoints(), "paragraphs": paragraphs}
    return render(request, "api/description.html", context)


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return the addresses of the API in its own order."""
    paths = service.get_openapi_schema(path_prefix="/")["paths"]
    return tuple(
        Endpoint(
            path.lstrip("/"),
            operation["summary"],
            operation.get("description", ""),
            tuple(_parameters(operation)),
        )
        for path, methods in paths.items()
        for operation in methods.values()
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[Parameter]:
    for one in operation.get("parameters", ()):
        schema = one["schema"]
        says = one.get("description") or schema.get("description", "")
        yield Parameter(one["name"], says, _taken(schema), bool(one.get("required")))


def _taken(schema: Mapping[str, Any]) -> str:
    """Say in a few words what a parameter takes: ``region, departement``, ``1 to 100``, ``integer``."""
    for inner in schema.get("anyOf", ()):
        if inner.get("type") != "null":
            return _taken(inner)
    if "items" in schema:
        return _taken(schema["items"])
    if "enum" in schema:
        return ", ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    return str(schema.get("format") or schema.get("type", ""))
