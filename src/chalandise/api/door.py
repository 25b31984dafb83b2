"""What every request to the API passes: the rate, the method, the headers, the `ETag`."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from chalandise.api.problems import METHOD_NOT_ALLOWED, problem, too_many
from chalandise.kernel.rate import Bucket, Rate
from chalandise.web.request import client_address

READS = ("GET", "HEAD")
_MOST_CALLERS = 20_000


class Counter:
    """How fast each address asks, in the memory of this process: approximate and nearly free."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = Lock()

    def wait_of(self, caller: str, per_minute: int) -> int:
        """Count one request and return the seconds to wait before it; 0 lets it pass."""
        rate = Rate(per_minute, 60)
        now = monotonic()
        with self._lock:
            before = self._buckets.pop(caller, None) or Bucket(float(per_minute), now)
            bucket, wait = before.take(rate, now)
            self._buckets[caller] = bucket
            while len(self._buckets) > _MOST_CALLERS:
                self._buckets.popitem(last=False)
        return wait

    def forget(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._buckets.clear()


counter = Counter()


def at_the_door(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Let a reader in: anybody, from any site, without cookies."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return open_to_all(_answer(view, request, *args, **kwargs))

    guarded.csrf_exempt = True  # type: ignore[attr-defined] # nothing is written
    return guarded


def _answer(
    view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
    if request.method not in READS:
        response = problem(METHOD_NOT_ALLOWED)
        response["Allow"] = "GET, HEAD, OPTIONS"
        return response
    per_minute = settings.API_REQUESTS_PER_MINUTE
    wait = counter.wait_of(client_address(request), per_minute) if per_minute else 0
    if wait:
        return too_many(wait)
    is_head = request.method == "HEAD"
    if is_head:
        request.method = "GET"
    answer: HttpResponse = view(request, *args, **kwargs)
    if answer.status_code == 200:
        answer = _unless_known(request, answer)
    if is_head:
        answer["Content-Length"] = str(len(answer.content))
        answer.content = b""
    return answer


def _unless_known(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Answer 304 to a caller who already has this very content."""
    if "ETag" not in answer:
        answer["ETag"] = f'W/"{hashlib.blake2b(answer.content, digest_size=12).hexdigest()}"'
    if "Cache-Control" not in answer:
        answer["Cache-Control"] = "no-cache"
    if answer["ETag"] in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(
            status=304,
            headers={name: answer[name] for name in ("ETag", "Cache-Control")},
        )
    return answer


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Let pages of any site read the answer; cookies are neither wanted nor believed."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Expose-Headers"] = "ETag, Retry-After, Link"
    patch_vary_headers(response, ("Accept-Language",))
    return response
