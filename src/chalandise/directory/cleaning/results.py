"""What a cleaner gives back: a value, and notes on what happened to the original."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Remark(StrEnum):
    """Everything a cleaner may have to say; the faces hold the sentences."""

    # repaired or set aside, the value is good
    EMPTY_MARK = "empty_mark"
    HTML_REMOVED = "html_removed"
    INVISIBLE_REMOVED = "invisible_removed"
    ENCODING_REPAIRED = "encoding_repaired"
    CASE_REPAIRED = "case_repaired"
    SHORTENED = "shortened"
    SECOND_PHONE = "second_phone"
    PHONE_ZERO_RESTORED = "phone_zero_restored"
    PHONE_UNUSUAL = "phone_unusual"
    WEBSITE_REPAIRED = "website_repaired"
    WEBSITE_SOCIAL = "website_social"
    SECOND_WEBSITE = "second_website"
    POSTAL_CODE_ZERO_RESTORED = "postal_code_zero_restored"
    POSTAL_CODE_CEDEX = "postal_code_cedex"
    POSTAL_CODE_MONACO = "postal_code_monaco"
    SIREN_AS_SIRET = "siren_as_siret"
    VAT_AS_SIRET = "vat_as_siret"
    NUMBER_ZERO_RESTORED = "number_zero_restored"
    NUMBER_FROM_SPREADSHEET = "number_from_spreadsheet"
    SECOND_EMAIL = "second_email"
    EMAIL_REPAIRED = "email_repaired"
    # refused, no value is kept
    PHONE_TRUNCATED = "phone_truncated"
    PHONE_SHORT_CODE = "phone_short_code"
    PHONE_INVALID = "phone_invalid"
    WEBSITE_INVALID = "website_invalid"
    WEBSITE_DANGEROUS = "website_dangerous"
    POSTAL_CODE_INVALID = "postal_code_invalid"
    NUMBER_INVALID = "number_invalid"
    NUMBER_DIGITS_LOST = "number_digits_lost"
    EMAIL_INVALID = "email_invalid"


REFUSALS = frozenset(
    {
        Remark.PHONE_TRUNCATED,
        Remark.PHONE_SHORT_CODE,
        Remark.PHONE_INVALID,
        Remark.WEBSITE_INVALID,
        Remark.WEBSITE_DANGEROUS,
        Remark.POSTAL_CODE_INVALID,
        Remark.NUMBER_INVALID,
        Remark.NUMBER_DIGITS_LOST,
        Remark.EMAIL_INVALID,
    }
)
"""The remarks that mean "this text could not be kept"."""


@dataclass(frozen=True, slots=True)
class Note:
    """One remark about one piece of original text."""

    remark: Remark
    original: str

    @property
    def is_problem(self) -> bool:
        """Whether the original text could not be kept."""
        return self.remark in REFUSALS


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[T_co]):
    """A clean value with the notes that explain it."""

    value: T_co
    notes: tuple[Note, ...] = ()

    @property
    def problems(self) -> tuple[Note, ...]:
        """Return the notes on text that was refused."""
        return tuple(note for note in self.notes if note.is_problem)

    def remarks(self) -> list[Remark]:
        """Return the remarks alone, in the order they were made."""
        return [note.remark for note in self.notes]
