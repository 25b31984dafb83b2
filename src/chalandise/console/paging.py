"""Lists cut into pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 30


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
    """Return the page that the address asks for, the nearest one when it does not exist."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
