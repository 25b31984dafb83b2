"""What went wrong, as RFC 9457 problems with stable codes.

The codes are part of the API: a client may rely on them, so none is ever renamed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.discovery.errors import BadCursorError, OutOfBoundsError, TooDeepError
from chalandise.kernel.errors import ChalandiseError, NotFoundError, RateLimitedError

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status, and its title in the reader's language."""

    code: str
    status: int
    title: str | Promise

    @property
    def type(self) -> str:
        """The identifier that RFC 9457 asks for; it is a name, not an address."""
        return f"urn:chalandise:problem:{self.code}"


NOT_FOUND = Kind("not_found", 404, gettext_lazy("Nothing is found here"))
METHOD_NOT_ALLOWED = Kind("method_not_allowed", 405, gettext_lazy("This is only read"))
BAD_PARAMETERS = Kind("bad_parameters", 422, gettext_lazy("Some parameters cannot be read"))
BAD_CURSOR = Kind("bad_cursor", 422, gettext_lazy("The cursor belongs to another list"))
TOO_DEEP = Kind("too_deep", 422, gettext_lazy("The list is not read that far"))
TOO_LARGE = Kind("too_large", 422, gettext_lazy("This is too much at once"))
TOO_MANY = Kind("too_many_requests", 429, gettext_lazy("A little too fast"))
KINDS = (
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    BAD_PARAMETERS,
    BAD_CURSOR,
    TOO_DEEP,
    TOO_LARGE,
    TOO_MANY,
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one parameter."""

    name: str
    reason: str


class ProblemError(ChalandiseError):
    """A request that the API refuses.

    Attributes:
        kind: which problem.
        detail: a sentence on this very case.
        faults: the parameters at fault.
    """

    def __init__(self, kind: Kind, detail: str = "", faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.detail = detail
        self.faults = faults


def problem(kind: Kind, detail: str = "", faults: tuple[Fault, ...] = ()) -> HttpResponse:
    """Return the response for a problem."""
    body: dict[str, Any] = {
        "type": kind.type,
        "code": kind.code,
        "title": str(kind.title),
        "status": kind.status,
    }
    if detail:
        body["detail"] = detail
    if faults:
        body["errors"] = [{"name": one.name, "reason": one.reason} for one in faults]
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type=CONTENT_TYPE, status=kind.status
    )
    response["Cache-Control"] = "no-store"
    return response


def too_many(wait_seconds: int) -> HttpResponse:
    """Return the problem of a caller who asks too fast."""
    response = problem(
        TOO_MANY, _("Wait %(seconds)d seconds, then go on.") % {"seconds": wait_seconds}
    )
    response["Retry-After"] = str(wait_seconds)
    return response


def _on_problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(error.kind, error.detail, error.faults)


def _on_bounds(request: HttpRequest, error: OutOfBoundsError) -> HttpResponse:
    return problem(BAD_PARAMETERS, faults=(Fault(error.field, error.accepted),))


def _on_cursor(request: HttpRequest, error: BadCursorError) -> HttpResponse:
    return problem(BAD_CURSOR, _("Begin again without “cursor”, with the same other parameters."))


def _on_depth(request: HttpRequest, error: TooDeepError) -> HttpResponse:
    detail = _(
        "In this order only the first %(most)d results are read. Narrow the question, or leave out "
        "“q” and “sort” to read everything."
    )
    return problem(TOO_DEEP, detail % {"most": error.most})


def _on_absence(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(NOT_FOUND)


def _on_rate(request: HttpRequest, error: RateLimitedError) -> HttpResponse:
    return too_many(error.retry_after_seconds)


HANDLERS: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
    (ProblemError, _on_problem),
    (OutOfBoundsError, _on_bounds),
    (BadCursorError, _on_cursor),
    (TooDeepError, _on_depth),
    (NotFoundError, _on_absence),
    (Http404, _on_absence),
    (RateLimitedError, _on_rate),
)
