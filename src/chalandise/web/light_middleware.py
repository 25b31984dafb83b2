"""Django's middlewares of language and of messages, without what no page of ours asks them for.

Each request pays for all of them, and a purchase is twelve short requests.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject, empty
from typing_extensions import override


class LanguageMiddleware(LocaleMiddleware):
    """Choose the language by cookie and browser: no address of ours begins with one."""

    @override
    def process_request(self, request: HttpRequest) -> None:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()

    @override
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class LateMessageMiddleware(MessageMiddleware):
    """Look for messages when somebody leaves or reads one."""

    @override
    def process_request(self, request: HttpRequest) -> None:
        request._messages = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: default_storage(request)
        )

    @override
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if is_untouched(request):
            return response
        return super().process_response(request, response)


def has_messages(request: HttpRequest) -> bool:
    """Tell whether there may be a message: one was left just now, or a cookie can hold one."""
    cookies = request.COOKIES
    return (
        not is_untouched(request)
        or "messages" in cookies
        or settings.SESSION_COOKIE_NAME in cookies
    )


def is_untouched(request: HttpRequest) -> bool:
    """Tell whether nobody has left or read a message during this request."""
    kept = getattr(request, "_messages", None)
    return isinstance(kept, SimpleLazyObject) and kept._wrapped is empty
