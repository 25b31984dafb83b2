"""Telephone numbers to E.164, whatever was typed.

A field may hold two numbers, a number without its zero, a number cut short, an overseas number in
its domestic form. The first good number is the sheet's; the others go to the notes.
"""

import re
from dataclasses import dataclass

import phonenumbers

from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import plain_text

_SEPARATORS = re.compile(
    r"\s*[;,|\n]\s*|\s+/\s*|\s*/\s+|(?<=\d{2})/(?=0\d)|\s+(?:ou|et|puis|-|–)\s+(?=[+(]?\d)",
    re.IGNORECASE,
)
_NOT_DIALLED = re.compile(r"[^\d+]")
_TWO_RUN_TOGETHER = re.compile(r"^(0[1-9]\d{8})(0[1-9]\d{8})$")
_FRENCH_SHAPE = re.compile(r"^0[1-9]\d{8}$")
_SPREADSHEET_FLOAT = re.compile(r"^(\+?\d{9,12})\.0+$")
_FRENCH_DIGITS = 10
_SHORT_DIGITS = 6  # Saint-Pierre-et-Miquelon
_FRANCE = 33

OVERSEAS_PREFIXES = {
    "0508": "PM", "0590": "GP", "0690": "GP", "0691": "GP", "0594": "GF", "0694": "GF",
    "0596": "MQ", "0696": "MQ", "0697": "MQ", "0262": "RE", "0263": "RE", "0692": "RE",
    "0693": "RE", "0269": "YT", "0639": "YT",
}  # fmt: skip
"""Ten-digit numbers that ring overseas though they look metropolitan (Arcep numbering plan)."""

_FRENCH_PLAN = frozenset({"FR", *OVERSEAS_PREFIXES.values()})

_FICTION = ("019900", "026191", "035301", "046571", "053649", "063998")
"""Numbers Arcep keeps for films and examples; they are nobody's."""


@dataclass(frozen=True, slots=True)
class Phones:
    """The number to show, and the others the field held."""

    primary: str = ""
    others: tuple[str, ...] = ()


def clean_phones(raw: object, *, region: str = "FR") -> Cleaned[Phones]:
    """Return the numbers of a field in E.164.

    Args:
        raw: what was typed.
        region: where a number without international prefix is to be read.
    """
    plain = plain_text(raw, line_break=" ; ")
    if not plain.value:
        return Cleaned(Phones(), plain.notes)
    notes: list[Note] = list(plain.notes)
    numbers: list[str] = []
    pieces = _pieces(_SPREADSHEET_FLOAT.sub(r"\1", plain.value))
    if not pieces:
        notes.append(Note(Remark.PHONE_INVALID, plain.value))
    for piece in pieces:
        number, note = _one(piece, region=region)
        if note:
            notes.append(note)
        if number and number not in numbers:
            if numbers:
                notes.append(Note(Remark.SECOND_PHONE, piece))
            numbers.append(number)
    if not numbers:
        return Cleaned(Phones(), tuple(notes))
    return Cleaned(Phones(numbers[0], tuple(numbers[1:])), tuple(notes))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _SEPARATORS.split(text):
        digits = _NOT_DIALLED.sub("", piece)
        if not digits:
            continue
        if together := _TWO_RUN_TOGETHER.match(digits):
            pieces.extend(together.groups())
        elif digits.count("+") > 1:
            pieces.extend("+" + part for part in digits.split("+") if part)
        else:
            pieces.append(piece.strip())
    return pieces


def _one(piece: str, *, region: str) -> tuple[str, Note | None]:
    """Return the E.164 form and what there is to say, either of which may be missing."""
    digits = _NOT_DIALLED.sub("", piece.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    note: Note | None = None
    if not digits.startswith("+") and region in _FRENCH_PLAN:
        digits, remark = _complete_french(digits)
        note = Note(remark, piece) if remark else None
        if note and note.is_problem and not (region == "PM" and len(digits) == _SHORT_DIGITS):
            return "", note
        region = _region_of(digits, region)
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return "", Note(Remark.PHONE_INVALID, piece)
    formatted = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    if phonenumbers.is_valid_number(parsed):
        return formatted, note if note and not note.is_problem else None
    national = "0" + str(parsed.national_number)
    if parsed.country_code == _FRANCE and _FRENCH_SHAPE.match(national):
        return formatted, None if national.startswith(_FICTION) else Note(
            Remark.PHONE_UNUSUAL, piece
        )
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason == phonenumbers.ValidationResult.TOO_SHORT:
        return "", Note(Remark.PHONE_TRUNCATED, piece)
    return "", Note(Remark.PHONE_INVALID, piece)


def _region_of(digits: str, region: str) -> str:
    if len(digits) != _FRENCH_DIGITS:
        return region
    return "FR" if digits.startswith(_FICTION) else OVERSEAS_PREFIXES.get(digits[:4], "FR")


def _complete_french(digits: str) -> tuple[str, Remark | None]:
    """Restore what a French number lost on its way, or say what is wrong with it."""
    if re.match(r"^33[1-9]\d{8}$", digits):
        return "+" + digits, None
    if re.match(r"^[1-9]\d{8}$", digits):
        return "0" + digits, Remark.PHONE_ZERO_RESTORED
    if re.match(r"^(?:3\d{3}|1\d{1,3}|118\d{3})$", digits):
        return digits, Remark.PHONE_SHORT_CODE
    if len(digits) < _FRENCH_DIGITS:
        return digits, Remark.PHONE_TRUNCATED
    return digits, None
