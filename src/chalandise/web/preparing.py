"""Pages whose statements PostgreSQL keeps ready.

For a short statement PostgreSQL takes longer to read and to plan it than to run it. The pages that
take money ask the same ones over and over: inside them each connection has them read and planned
once (`config.postgres`). `CHALANDISE_DATABASE_PREPARE` turns that off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.db import connection
from django.http import HttpResponse

from chalandise.web.request import PortalRequest

P = ParamSpec("P")
View = Callable[Concatenate[PortalRequest, P], HttpResponse]


@contextmanager
def preparing() -> Iterator[None]:
    """Keep ready the statements asked inside, on this thread's connection."""
    kept: Any = connection
    was = getattr(kept, "is_preparing", False)
    kept.is_preparing = True
    try:
        yield
    finally:
        kept.is_preparing = was


def prepared(view: View[P]) -> View[P]:
    """Have the statements of a view kept ready."""

    @wraps(view)
    def ready(request: PortalRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with preparing():
            return view(request, *args, **kwargs)

    return cast("View[P]", ready)
