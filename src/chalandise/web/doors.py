"""From the errors of the rooms to the answers of the web."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.http import Http404

from chalandise.kernel.errors import NotFoundError

P = ParamSpec("P")
Found = TypeVar("Found")


def found_or_404(query: Callable[P, Found], *args: P.args, **kwargs: P.kwargs) -> Found:
    """Return what ``query`` finds; absent and forbidden are the same 404."""
    try:
        return query(*args, **kwargs)
    except NotFoundError as error:
        raise Http404 from error
