"""Words that say « good for the environment » without saying in what; pure Python.

Directive (EU) 2024/825 puts generic environmental claims that nothing proves, and claims that a product
is neutral for the climate because its emissions are offset, on the list of what always misleads. The code
of the environment (L541-9-1) forbids « biodégradable » and « respectueux de l’environnement » on products
and packages. A warning and never a block, as for the word « soldes »: what stands beside the words may
prove them, and the title of a book claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalandise.kernel.text import fold

_OF_NO_CLAIM = frozenset({"livres", "presse", "disques-films", "ateliers-cours"})
_CLAIM = re.compile(
    r"\b(?:"
    r"eco[ -]?(?:responsables?|friendly|conscients?|citoyen(?:ne)?s?|concue?s?|durables?)"
    r"|ecologiques?|ecologiquement|ecolos?"
    r"|respectueu(?:x|ses?) (?:de |pour )?(?:l'environnement|la (?:nature|planete))"
    r"|(?:bons?|bonnes?|meilleure?s?|doux|douces?) pour (?:l'environnement|la (?:nature|planete)|le climat)"
    r"|amie?s? de (?:l'environnement|la (?:nature|planete))"
    r"|(?:produits?|achats?|geste|choix|emballages?) verte?s?|100 ?% verte?s?"
    r"|(?:zero|sans|faible) (?:impact|empreinte)(?: carbone| environnementale?)?"
    r"|biodegradables?|biosourcee?s?"
    r")\b"
)
_CLIMATE = re.compile(
    r"\b(?:"
    r"(?:carbone|climatiquement) neutres?|neutres? (?:en|pour le) (?:carbone|climat)"
    r"|neutralite (?:carbone|climatique)|(?:zero|net zero|sans) (?:carbone|co2|emissions?)"
    r"|(?:carbone|co2|emissions?) compensee?s?|compensee?s? (?:en )?carbone|climate neutral"
    r"|carbon[ -]neutral"
    r")\b"
)


def green_claims(texts: Iterable[str], *, category_key: str = "") -> tuple[str, ...]:
    """Return the generic claims that the texts make, folded, each once, in their order."""
    return () if category_key in _OF_NO_CLAIM else _found((_CLAIM, _CLIMATE), texts)


def is_of_climate(claim: str) -> bool:
    """Tell whether a claim speaks of neutrality for the climate."""
    return bool(_CLIMATE.fullmatch(claim))


def _found(patterns: Iterable[re.Pattern[str]], texts: Iterable[str]) -> tuple[str, ...]:
    folded = [fold(text) for text in texts if text]
    return tuple(
        dict.fromkeys(
            one for text in folded for pattern in patterns for one in pattern.findall(text)
        )
    )
