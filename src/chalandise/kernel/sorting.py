"""Sort keys that put French names where a French reader looks for them.

A key is plain text to be compared byte by byte (``COLLATE "C"`` in PostgreSQL, ``sorted`` in
Python). It has up to three levels, each consulted only when the one before is equal:

1. letters without accents nor case, words apart, numbers by their value;
2. accents, read from the end of the word as French dictionaries do: cote, côte, coté, côté;
3. capitals, after small letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar

from chalandise.kernel.text import fold

_LEVEL = "\t"  # sorts before the space that parts two words
_NUMBER_WIDTH = 12
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_ACCENTS = {
    "\u0301": "1",  # acute
    "\u0300": "2",  # grave
    "\u0302": "3",  # circumflex
    "\u0308": "4",  # diaeresis
    "\u0327": "5",  # cedilla
}
_OTHER_MARK = "6"
_LIGATURES = {"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"}


def french_sort_key(text: str) -> str:
    """Return the key under which ``text`` is sorted: É stands with E, Œ with OE, 2e before 10e."""
    primary = " ".join(
        piece.zfill(_NUMBER_WIDTH) if piece.isdecimal() else piece
        for piece in _PIECE.findall(fold(text))
    )
    accents: list[str] = []
    capitals: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        if not letter.isalpha():
            continue
        mark, spelt = _mark_of(letter), _LIGATURES.get(letter, letter)
        for position, _ in enumerate(spelt):
            accents.append(mark if position == 0 else "0")
            capitals.append("1" if letter.isupper() else "0")
    levels = [primary, "".join(reversed(accents)).rstrip("0"), "".join(capitals).rstrip("0")]
    return _LEVEL.join(levels).rstrip(_LEVEL)


class Named(Protocol):
    """Whatever a reader looks for by its name."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


NamedT = TypeVar("NamedT", bound=Named)


def by_name(things: Iterable[NamedT]) -> list[NamedT]:
    """Return things as a reader looks for them: Étampes with E, not after Z.

    The one way to put what people read in order, where no ``sort_key`` is kept beside the name:
    the embedded PostgreSQL is built without ICU, so no collation of the database knows French.
    """
    return sorted(things, key=lambda one: french_sort_key(one.name))


def _mark_of(letter: str) -> str:
    """Return the weight of the accent that ``letter`` wears, ``0`` for none."""
    if letter.isascii():
        return "0"
    if letter in _LIGATURES:
        return _OTHER_MARK
    for mark in unicodedata.normalize("NFD", letter)[1:]:
        if unicodedata.combining(mark):
            return _ACCENTS.get(mark, _OTHER_MARK)
    return "0"
