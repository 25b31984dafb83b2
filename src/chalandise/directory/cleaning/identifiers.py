"""SIREN and SIRET numbers, checked and repaired.

A SIRET is 14 digits: the organisation's SIREN (9) and the establishment's NIC (5), each with a
Luhn key; La Poste (SIREN 356 000 000) has so many offices that its SIRETs only promise a digit sum
divisible by five. Spreadsheets eat leading zeros and write 4,11196E+13.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from stdnum import luhn

from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import is_blank

SIREN_LENGTH = 9
SIRET_LENGTH = 14
LA_POSTE = "356000000"

_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
_SPREADSHEET_FLOAT = re.compile(r"^(\d+)[.,]0+$")
_VAT = re.compile(r"^FR[0-9A-Z]{2}(\d{9})$", re.IGNORECASE)
_NOISE = re.compile(r"[\s.\u00a0\u202f\-/_']+")


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """What a field told about identity: an establishment, only its organisation, or neither."""

    siren: str = ""
    siret: str = ""


def is_valid_siren(number: str) -> bool:
    """Check nine digits and their Luhn key."""
    return (
        len(number) == SIREN_LENGTH
        and number.isascii()
        and number.isdigit()
        and bool(luhn.is_valid(number))
        and number != "0" * SIREN_LENGTH
    )


def is_valid_siret(number: str) -> bool:
    """Check fourteen digits, their Luhn key, or La Poste's own rule."""
    if len(number) != SIRET_LENGTH or not (number.isascii() and number.isdigit()):
        return False
    if not is_valid_siren(number[:SIREN_LENGTH]):
        return False
    if luhn.is_valid(number):
        return True
    return number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0


def clean_business_number(raw: object) -> Cleaned[BusinessNumber]:
    """Read a SIRET, or the SIREN typed in its place; refuse what cannot be a number of the register."""
    if is_blank(raw):
        return Cleaned(BusinessNumber())
    original = str(raw).strip()
    notes: list[Note] = []
    text = original.lstrip("'=\"").rstrip('"')
    if match := _SPREADSHEET_FLOAT.match(text):
        text = match.group(1)
        notes.append(Note(Remark.NUMBER_FROM_SPREADSHEET, original))
    elif _SCIENTIFIC.match(text.replace(" ", "")):
        exact = _expand(text.replace(" ", "").replace(",", "."))
        if exact is None:
            return Cleaned(BusinessNumber(), (Note(Remark.NUMBER_DIGITS_LOST, original),))
        text = exact
        notes.append(Note(Remark.NUMBER_FROM_SPREADSHEET, original))
    digits = _NOISE.sub("", text)
    digits = re.sub(r"^(?:siret|siren|rcs|n°)\W*", "", digits, flags=re.IGNORECASE)
    if match := _VAT.match(digits):
        if is_valid_siren(match.group(1)):
            return Cleaned(
                BusinessNumber(siren=match.group(1)), (*notes, Note(Remark.VAT_AS_SIRET, original))
            )
        return Cleaned(BusinessNumber(), (*notes, Note(Remark.NUMBER_INVALID, original)))
    return _from_digits(digits, original, notes)


def _from_digits(digits: str, original: str, notes: list[Note]) -> Cleaned[BusinessNumber]:
    if is_valid_siret(digits):
        return Cleaned(BusinessNumber(digits[:SIREN_LENGTH], digits), tuple(notes))
    if is_valid_siren(digits):
        notes.append(Note(Remark.SIREN_AS_SIRET, original))
        return Cleaned(BusinessNumber(siren=digits), tuple(notes))
    if digits.isascii() and digits.isdigit():
        padded = digits.zfill(SIRET_LENGTH)
        if SIRET_LENGTH - 4 < len(digits) < SIRET_LENGTH and is_valid_siret(padded):
            notes.append(Note(Remark.NUMBER_ZERO_RESTORED, original))
            return Cleaned(BusinessNumber(padded[:SIREN_LENGTH], padded), tuple(notes))
        padded = digits.zfill(SIREN_LENGTH)
        if SIREN_LENGTH - 3 < len(digits) < SIREN_LENGTH and is_valid_siren(padded):
            notes += [
                Note(Remark.NUMBER_ZERO_RESTORED, original),
                Note(Remark.SIREN_AS_SIRET, original),
            ]
            return Cleaned(BusinessNumber(siren=padded), tuple(notes))
    return Cleaned(BusinessNumber(), (*notes, Note(Remark.NUMBER_INVALID, original)))


def _expand(text: str) -> str | None:
    """Write scientific notation out in full, or None when digits were rounded away."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    mantissa_digits = len(number.as_tuple().digits)
    if mantissa_digits < number.adjusted() + 1:
        return None
    return format(number, "f").partition(".")[0]
