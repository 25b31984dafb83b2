"""How sheets and letters say a day, and what due diligence asks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.telephones import dialled


def day_in_words(on: date) -> str:
    """Return « 21 novembre 2026 », « 1er décembre 2026 »."""
    said = date_format(on, "j F Y")
    is_french = (get_language() or "").startswith("fr")
    return said.replace("1 ", "1er ", 1) if is_french and on.day == 1 else said


def phone_in_words(number: str) -> str:
    """Return « 05 36 49 00 05 », which no line breaks."""
    return dialled(number).replace(" ", "\u00a0")


def rate_in_words(rate_bp: int) -> str:
    """Return « 2,5 % » of 250 basis points."""
    return f"{number_format(Decimal(rate_bp) / 100)}\u00a0%"


def in_groups(number: str) -> str:
    """Return a SIREN or SIRET as it is read aloud: by threes, then the last five."""
    bare = number.replace(" ", "")
    parts = [bare[:3], bare[3:6], bare[6:9], bare[9:]]
    return "\u00a0".join(part for part in parts if part)


MISSING = {
    "name": _("the legal name"),
    "first_name": _("the first name of who sells"),
    "last_name": _("the last name of who sells"),
    "born_on": _("the date of birth of who sells"),
    "siren": _("a SIREN or SIRET without a mistake"),
    "postal_code": _("the postal code, in the postal address"),
    "town": _("the town, in the postal address"),
}
"""What due diligence asks of a seller, in words."""
