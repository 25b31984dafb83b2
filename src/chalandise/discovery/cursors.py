"""Where a page ended, as an opaque word that only fits its own question."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import astuple, dataclass
from zlib import crc32

from chalandise.discovery.criteria import Search
from chalandise.discovery.errors import BadCursorError
from chalandise.discovery.product_criteria import ProductSearch

LONGEST = 400
_LARGEST = 2**64


@dataclass(frozen=True)
class Cursor:
    """The end of a page.

    Attributes:
        mark: fingerprint of the question.
        shown: how many results came so far.
        value: what the last one was sorted by.
        pk: the last one.
    """

    mark: int
    shown: int
    value: float | int | str
    pk: int


def mark_of(search: Search) -> int:
    """Return the fingerprint of a question; « ouvert maintenant » stays itself a minute later."""
    asked = search.but(cursor="", limit=1, open_at=None)
    is_same_day = isinstance(asked, ProductSearch) and asked.collect_at is not None
    if is_same_day:
        asked = asked.but(collect_at=None)
    return crc32(f"{asked!r} {search.open_at is not None} {is_same_day}".encode())


def write_cursor(cursor: Cursor) -> str:
    """Return the word for a place."""
    return urlsafe_b64encode(json.dumps(astuple(cursor)).encode()).decode().rstrip("=")


def read_cursor(search: Search) -> Cursor | None:
    """Return the place that the question's cursor names, ``None`` at the beginning.

    Raises:
        BadCursorError: the word is not ours, or belongs to another question.
    """
    word = search.cursor
    if not word:
        return None
    try:
        if len(word) > LONGEST:
            raise ValueError
        fields = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        mark, shown, value, pk = fields
        numbers = (mark, shown, pk)
        if not all(type(one) is int and 0 <= one < _LARGEST for one in numbers):
            raise ValueError
        if type(value) not in (int, float, str) or value != value:
            raise ValueError
        if mark != mark_of(search) or (type(value) is int and not 0 <= value < _LARGEST):
            raise ValueError
    except (ValueError, TypeError, Base64Error, RecursionError) as error:
        raise BadCursorError from error
    return Cursor(mark, shown, value, pk)
