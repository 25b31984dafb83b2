"""Telephone numbers as they are dialled from France."""

from __future__ import annotations

import re

import phonenumbers

_PLAINLY_FRENCH = re.compile(r"\+33([1-79])([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
_FRENCH_PLANS = (33, 262, 508, 590, 594, 596, 687, 689)


def dialled(value: str) -> str:
    """Write an E.164 number as one dials it: ``05 65 00 00 00``, ``+44 20 7946 0000``.

    What is no number stays as it is.
    """
    plain = _PLAINLY_FRENCH.fullmatch(value)
    if plain:  # nearly all of them; the library takes longer than the rest of a sheet
        return f"0{' '.join(plain.groups())}"
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        return value
    is_french = number.country_code in _FRENCH_PLANS
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if is_french
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, form))


def tabled(value: str) -> str:
    """Write a number for a cell of a table: no plus in front, which a spreadsheet takes for a formula.

    ``05 65 00 00 00``, ``00 44 20 7946 0000``: the spaces keep it text, so that no zero is lost.
    """
    number = dialled(value)
    return f"00 {number[1:]}" if number.startswith("+") else number
