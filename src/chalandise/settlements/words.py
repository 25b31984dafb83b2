"""How sheets and letters say a day, and what due diligence asks."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def day_in_words(on: date) -> str:
    """Return « 21 novembre 2026 », « 1er décembre 2026 »."""
    said = date_format(on, "j F Y")
    is_french = (get_language() or "").startswith("fr")
    return said.replace("1 ", "1er ", 1) if is_french and on.day == 1 else said


def phone_in_words(number: str) -> str:
    """Return « 05 36 49 00 05 » for a French number in E.164, anything else as it is."""
    if number.startswith("+33") and len(number) == 12:
        digits = "0" + number[3:]
        return "\u00a0".join(digits[place : place + 2] for place in range(0, 10, 2))
    return number


def in_groups(number: str) -> str:
    """Return a SIREN or SIRET as it is read aloud: by threes, then the last five."""
    bare = number.replace(" ", "")
    parts = [bare[:3], bare[3:6], bare[6:9], bare[9:]]
    return "\u00a0".join(part for part in parts if part)


MISSING = {
    "name": _("the legal name"),
    "siren": _("a SIREN or SIRET without a mistake"),
    "postal_code": _("the postal code, in the postal address"),
    "town": _("the town, in the postal address"),
}
"""What due diligence asks of a seller, in words."""
