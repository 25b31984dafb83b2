"""How a sheet says a day."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language


def day_in_words(on: date) -> str:
    """Return « 21 novembre 2026 », « 1er décembre 2026 »."""
    said = date_format(on, "j F Y")
    is_french = (get_language() or "").startswith("fr")
    return said.replace("1 ", "1er ", 1) if is_french and on.day == 1 else said
