"""Folds text so that two spellings of one French word compare equal.

Pure Python on purpose: the embedded PostgreSQL carries neither ``unaccent`` nor ICU, so the same
folding runs before a row is written and before a question is asked.
"""

from __future__ import annotations

import re
import unicodedata

_PLAIN = str.maketrans(
    {
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "ø": "o",
        "Ø": "o",
        "đ": "d",
        "Đ": "d",
        "ł": "l",
        "Ł": "l",
        "ʼ": "'",
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
    }
)
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return ``text`` without accents, capitals, ligatures or fancy punctuation.

    Runs of white space, no-break spaces included, become one space. ``fold("Cœur d’Élan")`` is
    ``"coeur d'elan"``.
    """
    bare = text.translate(_PLAIN)
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def words(text: str) -> list[str]:
    """Return the folded words of ``text``, cut at anything that is neither letter nor digit."""
    return _WORD.findall(fold(text))
