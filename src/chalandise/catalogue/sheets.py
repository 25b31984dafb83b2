"""The keys of a product's sheets and what they accept; pure Python.

Sheets are mappings of text to text, so that a rule that changes asks for another key and not for
another column.
"""

from __future__ import annotations

import re

from chalandise.catalogue.fish import FISH_SHEET

FOOD_SHEET = ("ingredients", "storage", "operator_name", "operator_address")
"""What pre-packed food must say besides allergens and net quantity (INCO, articles 9 and 14)."""

FOOD_SHEET_MORE = ("nutrition", "use", "is_prepacked", *FISH_SHEET)
"""What it may say; ``is_prepacked`` = ``no`` is food sold loose or packed before the customer."""

SAFETY = ("manufacturer_name", "manufacturer_address", "manufacturer_email")
"""What GPSR, article 19, asks of products other than food."""

SAFETY_MORE = (
    *("responsible_name", "responsible_address", "responsible_email"),
    *("identifier", "warnings", "is_own_make"),
)
"""A responsible person in the Union, a batch or model, warnings; ``is_own_make`` = ``yes`` where
the merchant is the maker, whose name and address the seller profile gives."""

EPR_STREAMS = (
    "packaging",
    "electronics",
    "furniture",
    "textile",
    "toys",
    "diy",
    "sports",
    "paper",
    "tyres",
    "batteries",
)
"""Streams of extended producer responsibility that a category may name in ``idu:<stream>``."""

NOT_CONCERNED = "not_concerned"
"""A merchant's explicit word that the stream does not concern the product."""

LONGEST_TEXT = 4000
_IDU = re.compile(r"FR\d{6}_\d{2}[A-Z0-9]{4}")


def is_loose(food_sheet: object) -> bool:
    """Tell whether food is sold loose: allergens in writing, no label to repeat."""
    return isinstance(food_sheet, dict) and food_sheet.get("is_prepacked") == "no"


def is_made_by_seller(safety: object) -> bool:
    """Tell whether the seller is the maker."""
    return isinstance(safety, dict) and safety.get("is_own_make") == "yes"


def is_idu(text: str) -> bool:
    """Tell whether ``text`` is a unique identifier (``FR123456_01ABCD``) or says: not concerned."""
    return text == NOT_CONCERNED or bool(_IDU.fullmatch(text))
