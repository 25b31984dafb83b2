"""The token of a form is Django's in kind: its middleware takes it, and no two are alike."""

from __future__ import annotations

from collections import Counter

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_TOKEN_LENGTH, CsrfViewMiddleware
from django.test import RequestFactory

from chalandise.web.form_token import form_token

SECRET = "aZ09" * 8


def returning(secret: str = SECRET, **form: str) -> HttpRequest:
    """Return the request of a visitor who has the cookie already, as the middleware hands it on."""
    factory = RequestFactory(enforce_csrf_checks=True)
    factory.cookies["csrftoken"] = secret
    request = factory.post("/", form)
    middleware().process_request(request)
    return request


def middleware() -> CsrfViewMiddleware:
    return CsrfViewMiddleware(lambda _request: HttpResponse())


def is_taken(request: HttpRequest) -> bool:
    return middleware().process_view(request, lambda _request: HttpResponse(), (), {}) is None


def test_the_middleware_takes_a_token_of_this_visitor_and_of_nobody_else() -> None:
    token = form_token(returning())
    assert len(token) == CSRF_TOKEN_LENGTH
    assert is_taken(returning(csrfmiddlewaretoken=token))
    assert not is_taken(returning("b" * 32, csrfmiddlewaretoken=token))
    assert not is_taken(
        returning(csrfmiddlewaretoken=f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}")
    )


def test_a_visitor_s_cookie_is_sent_anew_with_each_form() -> None:
    request = returning()
    form_token(request)
    response = middleware().process_response(request, HttpResponse())
    assert response.cookies["csrftoken"].value == SECRET


def test_a_new_visitor_gets_a_secret_that_fits_the_token() -> None:
    request = RequestFactory().get("/")
    token = form_token(request)
    response = middleware().process_response(request, HttpResponse())
    secret = response.cookies["csrftoken"].value
    assert is_taken(returning(secret, csrfmiddlewaretoken=token))


def test_a_secret_kept_in_its_masked_form_is_understood() -> None:
    masked = form_token(returning())
    assert is_taken(returning(masked, csrfmiddlewaretoken=form_token(returning(masked))))


def test_no_two_tokens_are_alike_and_every_letter_is_drawn() -> None:
    request = returning()
    tokens = [form_token(request) for _draw in range(200)]
    assert len(set(tokens)) == len(tokens)
    drawn = Counter("".join(one[:32] for one in tokens))
    assert set(drawn) == set(CSRF_ALLOWED_CHARS)  # 6,400 letters: one is missing once in 10^43


@pytest.mark.parametrize("secret", ["a" * 32, "9" * 32])
def test_the_mask_comes_off_at_both_ends_of_the_alphabet(secret: str) -> None:
    request = returning(secret)
    assert all(
        is_taken(returning(secret, csrfmiddlewaretoken=form_token(request))) for _draw in range(20)
    )
