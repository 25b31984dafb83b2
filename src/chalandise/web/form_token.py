"""The token of a form, drawn in one go.

Django asks the system for one random letter after the other, thirty-two times for each page with a
form: two hundred times for a purchase. The token is the same in kind: the visitor's secret under a mask
of its own each time, which Django's middleware takes off.
"""

from __future__ import annotations

from secrets import token_bytes

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token

_COUNT = len(CSRF_ALLOWED_CHARS)
_RANKS = {letter: rank for rank, letter in enumerate(CSRF_ALLOWED_CHARS)}
_FAIR = 256 - 256 % _COUNT  # from here on some letters would be drawn more often than others


def form_token(request: HttpRequest) -> str:
    """Return the token that a form of this visitor carries; see Django's `get_token`."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)  # a new visitor, who gets a secret first
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True
    mask = _mask()
    hidden = [(_RANKS[letter] + rank) % _COUNT for letter, rank in zip(secret, mask, strict=True)]
    return "".join([CSRF_ALLOWED_CHARS[rank] for rank in (*mask, *hidden)])


def _mask() -> list[int]:
    """Draw ranks of letters, each as likely as the others."""
    found: list[int] = []
    while len(found) < CSRF_SECRET_LENGTH:
        found += [one % _COUNT for one in token_bytes(48) if one < _FAIR]
    return found[:CSRF_SECRET_LENGTH]
