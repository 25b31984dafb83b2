"""French words, cut the same way when a sheet is indexed and when a visitor asks.

Text is folded (no accents, no capitals), elisions and tool words fall away, abbreviations of
street and saint are spelt out, and each word is reduced to a stem that the singular, the plural,
the masculine and the feminine share. The stemmer is light on purpose: it joins « boulangère » and
« boulangers », never « bouche » and « boucher ». `docs/algorithms/relevance.md` shows examples.
"""

from __future__ import annotations

import re
from functools import lru_cache

from chalandise.kernel.text import fold

_ELISION = re.compile(r"\b(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[^\W_])")
_WORD = re.compile(r"[^\W_]+")
TOOL_WORDS = frozenset(
    [
        "a",
        "ai",
        "au",
        "aux",
        "avec",
        "c",
        "ce",
        "ces",
        "cet",
        "cette",
        "chez",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "en",
        "et",
        "eux",
        "il",
        "ils",
        "j",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "lui",
        "m",
        "ma",
        "mais",
        "me",
        "mes",
        "mon",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "t",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
        "pres",
        "proche",
    ]
)
_SPELT_OUT = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "bd": "boulevard",
    "bld": "boulevard",
    "av": "avenue",
    "pl": "place",
    "fbg": "faubourg",
    "fg": "faubourg",
    "rte": "route",
    "imp": "impasse",
    "resto": "restaurant",
    "restos": "restaurant",
    "velos": "velo",
}
_IRREGULAR = {
    "travaux": "travail",
    "vitraux": "vitrail",
    "coraux": "corail",
    "emaux": "email",
    "tuyaux": "tuyau",
    "noyaux": "noyau",
    "joyaux": "joyau",
    "yeux": "oeil",
    "gaz": "gaz",
    "bus": "bus",
    "bois": "bois",
    "jus": "jus",
    "tapis": "tapis",
    "repas": "repas",
}
_SHORTEST_STEM = 4
_DOUBLED = frozenset("lnpst")


def spell(text: str) -> list[str]:
    """Return the words of ``text`` folded and spelt out, tool words left out.

    Where nothing but tool words stands, they are kept: a shop may be called « Chez Nous ».
    """
    bare = _ELISION.sub("", fold(text))
    found = [_SPELT_OUT.get(word, word) for word in _WORD.findall(bare)]
    last = len(found) - 1
    # A single letter at the end may be the beginning of a word: « boulangerie m ».
    kept = [
        word
        for place, word in enumerate(found)
        if word not in TOOL_WORDS or (place == last and len(word) == 1 and place > 0)
    ]
    return kept or found


def stems(text: str) -> list[str]:
    """Return the stems of the words of ``text``, in order."""
    return [stem(word) for word in spell(text)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return what a folded word shares with its plural and its feminine."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_STEM or not word.isalpha():
        return word
    word = _singular(word)
    word = _masculine(word)
    if len(word) > _SHORTEST_STEM and word.endswith("e"):
        word = word[:-1]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] in _DOUBLED:
        word = word[:-1]
    return word


def _singular(word: str) -> str:
    if word.endswith(("eaux", "oux", "eux")):
        return word[:-1]
    if word.endswith("aux"):
        return f"{word[:-3]}al"
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _masculine(word: str) -> str:
    if len(word) < _SHORTEST_STEM + 2:
        return word
    if word.endswith("trice"):
        return f"{word[:-5]}teur"
    if word.endswith("euse"):
        return f"{word[:-4]}eur"
    if word.endswith(("iere", "here", "gere")):
        return f"{word[:-3]}er"
    return word
