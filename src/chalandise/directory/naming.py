"""Names that exist in French and in English: which of the two a reader is shown.

French is the language of the data, English that of visitors who ask for it; what has no English name
keeps its French one.
"""

from __future__ import annotations

from django.utils.translation import get_language


def is_read_in_english() -> bool:
    """Tell whether the page, the letter or the answer that is being written is in English."""
    return (get_language() or "").startswith("en")


def spoken(french: str, english: str) -> str:
    """Return the one of two names that is read now."""
    return english if english and is_read_in_english() else french
