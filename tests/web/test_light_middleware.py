"""The lighter middlewares answer as Django's do."""

from __future__ import annotations

import pytest
from django.contrib.messages import add_message, constants
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.test import RequestFactory
from django.utils import translation

from chalandise.web.drawing import draw_notices
from chalandise.web.light_middleware import LanguageMiddleware, LateMessageMiddleware, is_untouched

SAID = "The oven is <hot>."


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def asking(**cookies: str) -> HttpRequest:
    factory = RequestFactory()
    for name, value in cookies.items():
        factory.cookies[name] = value
    request = factory.get("/panier/")
    request.session = {}  # type: ignore[assignment] # of nobody
    LateMessageMiddleware(answer).process_request(request)
    return request


def answered(request: HttpRequest) -> HttpResponse:
    return LateMessageMiddleware(answer).process_response(request, HttpResponse())


def test_a_message_is_shown_by_the_next_page_and_by_no_other() -> None:
    first = asking()
    add_message(first, constants.SUCCESS, SAID)
    kept = answered(first).cookies["messages"].value
    second = asking(messages=kept)
    assert "The oven is &lt;hot&gt;." in draw_notices(second)
    assert answered(second).cookies["messages"].value == ""  # shown, hence taken away


def test_a_message_is_shown_by_the_very_page_that_left_it() -> None:
    request = asking()
    add_message(request, constants.SUCCESS, SAID)
    assert "The oven is" in draw_notices(request)
    assert "messages" not in answered(request).cookies


def test_a_message_that_no_page_shows_is_kept() -> None:
    first = asking()
    add_message(first, constants.SUCCESS, SAID)
    second = asking(messages=answered(first).cookies["messages"].value)
    assert "messages" not in answered(second).cookies  # the browser keeps what it has
    assert is_untouched(second)


def test_who_has_no_message_is_not_looked_for() -> None:
    request = asking()
    assert draw_notices(request) == ""
    assert is_untouched(request)
    assert not answered(request).cookies


@pytest.mark.parametrize("accepts", ["fr", "en-GB,en;q=0.9", "de", "", "fr;q=0.2,en;q=0.8", "*"])
@pytest.mark.parametrize("chosen", ["", "en", "fr", "xx"])
def test_the_language_is_the_one_that_django_chooses(accepts: str, chosen: str) -> None:
    found = []
    for middleware in (LocaleMiddleware(answer), LanguageMiddleware(answer)):
        factory = RequestFactory()
        if chosen:
            factory.cookies["django_language"] = chosen
        request = factory.get("/en/panier/", headers={"accept-language": accepts})
        with translation.override(None):
            middleware.process_request(request)
            response = middleware.process_response(request, HttpResponse())
        assert isinstance(response, HttpResponse)
        found.append((request.LANGUAGE_CODE, dict(response.headers)))
    assert found[0] == found[1]
