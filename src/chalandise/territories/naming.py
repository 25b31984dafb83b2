"""Spells the names of places so that the ways people write them meet.

« St-Cirq-Lapopie », « Saint Cirq Lapopie » and « SAINT-CIRQ-LAPOPIE » have one search key; so have
« L’Isle-d’Abeau » and « l isle d abeau », « Bray s/ Seine » and « Bray-sur-Seine ».
"""

from __future__ import annotations

import re

from chalandise.kernel.text import fold, words

_SHORTENED = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "arr": "arrondissement",
    "arrdt": "arrondissement",
}
_COMMUNITIES = {
    "CC": "Communauté de communes",
    "CA": "Communauté d’agglomération",
    "CU": "Communauté urbaine",
}
_INITIALS = re.compile(r"(CC|CA|CU) (de la |de l['’]|des |du |de |d['’])?")
_CEDEX = re.compile(r"\s+cedex(\s+\d+)?\s*$")


def search_key(name: str) -> str:
    """Return the words of ``name``, folded and written out, parted by single spaces."""
    return " ".join(search_words(name))


def search_words(text: str) -> list[str]:
    """Return the words of a name or of a question, folded and written out in full."""
    plain = fold(text).replace("s/s", " sous ").replace("s/", " sur ")
    spelt = (word.lstrip("0") or word for word in words(_CEDEX.sub("", plain)))
    return [_SHORTENED.get(word, word) for word in spelt]


def full_name(name: str) -> str:
    """Return the name of an intercommunality with its initials written out."""
    head, _, tail = name.partition(" ")
    return f"{_COMMUNITIES[head]} {tail}" if head in _COMMUNITIES and tail else name


def short_name(name: str) -> str:
    """Return the name of an intercommunality as its people say it: « Grand Cahors »."""
    return _INITIALS.sub("", name, count=1) if _INITIALS.match(name) else name


def slug_of(name: str) -> str:
    """Return ``name`` for an address: ``œuilly`` keeps its ``oe``, ``l'isle`` its two words."""
    return "-".join(words(name))
