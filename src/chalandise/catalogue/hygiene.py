"""Sanitary approval and declared activity of those who handle products of animal origin; pure Python.

Regulation (EC) 853/2004 and the code rural (L233-2, R233-4): whoever hands such products to others for
sale holds an approval, whose number is on the label, or works under the derogation for local sales;
everybody else who handles them has declared it to the veterinary services. Asked of nobody by a gate:
what applies to a shop is for its own inspector to say.
"""

from __future__ import annotations

import re

ANIMAL_BRANCHES = ("viandes-charcuterie", "mer-riviere", "cremerie")
"""Branches of our classification whose products are of animal origin."""

APPROVAL = r"^FR ([0-9]{2}|2[AB]|97[0-9])\.[0-9]{3}\.[0-9]{3} CE$"
"""The shape of a number: country, département, commune, establishment."""
_TYPED = re.compile(r"(?:FR)?([0-9]{2}|2[AB]|97[0-9])([0-9]{3})([0-9]{3})(?:CE|UE)?")


def read_approval(text: str) -> str:
    """Return the number as it is printed, ``FR 46.042.003 CE``; blank for blank.

    Raises:
        ValueError: it is no such number.
    """
    bare = re.sub(r"[\s.\u00a0\u202f-]", "", text).upper()
    if not bare:
        return ""
    found = _TYPED.fullmatch(bare)
    if found is None or not bare.isascii():
        raise ValueError(text)
    return "FR {}.{}.{} CE".format(*found.groups())
