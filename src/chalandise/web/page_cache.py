"""The page cache that anonymous visitors share.

A page is kept in the memory of each process under everything that decides what it shows: host,
portal, address, language, version of the data, generation of the index, and the minute (« ouvert
jusqu’à 19 h » ages). Only a view that says so (`shared_page`) is kept, only for visitors without
session, and never a response that sets a cookie. Whatever else a view answers is kept nowhere (fault
47): the middleware says so, and no view has to.
"""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import time
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from chalandise.discovery.queries import generation
from chalandise.web.freshness import version

P = ParamSpec("P")
Key = tuple[object, ...]
NOWHERE = "max-age=0, no-cache, no-store, must-revalidate, private"
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"
LONGEST_ADDRESS = 600  # longer addresses are rarely asked twice
KEPT_HEADERS = (
    "Content-Type",
    "Content-Language",
    "Link",
    "ETag",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
)


def shared_page(
    view: Callable[Concatenate[Any, P], HttpResponse],
) -> Callable[Concatenate[Any, P], HttpResponse]:
    """Mark a view whose page is the same for every visitor without session."""

    @wraps(view)
    def marked(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.is_shared_page = True  # type: ignore[attr-defined]
        return response

    return cast("Callable[Concatenate[Any, P], HttpResponse]", marked)


@dataclass(frozen=True)
class KeptPage:
    """A page as it will be sent."""

    body: bytes
    zipped: bytes
    headers: dict[str, str]

    @property
    def weight(self) -> int:
        """Bytes it takes."""
        return len(self.body) + len(self.zipped)


class Shelf:
    """The pages of one process, the least recently read leaving first."""

    def __init__(self, most_bytes: int) -> None:
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._most = most_bytes
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Key) -> KeptPage | None:
        """Return the page kept under ``key``."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: KeptPage) -> None:
        """Keep a page, making room for it."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._weight += page.weight - (before.weight if before else 0)
            self._pages[key] = page
            while self._weight > self._most and self._pages:
                _key, oldest = self._pages.popitem(last=False)
                self._weight -= oldest.weight

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._weight = 0


shelf = Shelf(settings.PAGE_CACHE_MEGABYTES * 1024 * 1024)


class PageCacheMiddleware:
    """Answer from the shelf when nothing about the visitor matters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if not _is_anonymous_read(request):
            return _kept_by_nobody(self.get_response(request))
        key = _key(request)
        page = shelf.get(key)
        if page is None:
            is_whole = request.method == "GET"  # a HEAD has no body to keep for the next visitor
            response = self.get_response(request)
            if not is_whole or not _may_be_kept(response):
                return _kept_by_nobody(response)
            page = _keep(key, response)
        return _send(page, request)


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """Say that an answer is for one person, unless its view said something itself (fault 47)."""
    if "Cache-Control" not in response:
        if getattr(response, "is_shared_page", False):
            response["Cache-Control"] = "private, no-cache"  # « back » shows it without asking
        else:
            _keep_nowhere(response)
    return response


def _keep_nowhere(response: HttpResponse) -> None:
    """Say that nothing may keep an answer, as Django does, which finds the words anew each time."""
    response.headers["Cache-Control"] = NOWHERE
    response.headers["Expires"] = LONG_AGO


def _is_anonymous_read(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and settings.PAGE_CACHE_MEGABYTES > 0
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
        and "HTTP_HX_REQUEST" not in request.META
        and len(request.get_full_path_info()) <= LONGEST_ADDRESS
        and hasattr(request, "portal")
    )


def _key(request: HttpRequest) -> Key:
    return (
        request.get_host(),
        request.portal.pk,  # type: ignore[attr-defined] # set by PortalMiddleware
        request.get_full_path_info(),
        get_language_from_request(request),
        version(),
        generation(),
        int(time() // 60),
    )


def _may_be_kept(response: HttpResponse) -> bool:
    return (
        getattr(response, "is_shared_page", False)
        and response.status_code == 200
        and not response.cookies
        and not response.streaming
    )


def _keep(key: Key, response: HttpResponse) -> KeptPage:
    body = bytes(response.content)
    page = KeptPage(
        body=body,
        zipped=gzip.compress(body, compresslevel=5, mtime=0),
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
    )
    shelf.put(key, page)
    return page


def _send(page: KeptPage, request: HttpRequest) -> HttpResponse:
    etag = page.headers.get("ETag", "")
    if etag and etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponse(status=304, headers={**page.headers, "Cache-Control": "no-cache"})
    zipped = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    response = HttpResponse(page.zipped if zipped else page.body, headers=page.headers)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Language", "Accept-Encoding"))
    return response
