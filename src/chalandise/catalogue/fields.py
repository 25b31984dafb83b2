"""What the fields of a product and of an offer accept; pure Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation

from chalandise.catalogue.durability import DURABILITY, check_durability
from chalandise.catalogue.errors import BadFieldError
from chalandise.catalogue.fish import check_fish
from chalandise.catalogue.sheets import (
    EPR_STREAMS,
    FOOD_SHEET,
    FOOD_SHEET_MORE,
    LONGEST_TEXT,
    SAFETY,
    SAFETY_MORE,
    is_idu,
)
from chalandise.catalogue.states import (
    Allergen,
    NetUnit,
    ProductLabel,
    VatCode,
    WithdrawalException,
)
from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.rich_text import clean_html

LONGEST_NAME = 160
LONGEST_DESCRIPTION = 8000
MOST_LEAD_MINUTES = 60 * 24 * 60
MOST_GRAMS = 1_000_000
MOST_TOLERANCE = 50
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,8}")
_GTIN_LENGTHS = (8, 12, 13, 14)
_OLDEST_AGE = 21


def clean_product_field(field: str, value: object) -> object:
    """Return what a field of a product may hold.

    Raises:
        BadFieldError: it cannot hold ``value``, or there is no such field.
    """
    return _clean(_PRODUCT, field, value)


def clean_offer_field(field: str, value: object) -> object:
    """Return what a field of an offer or of its variant may hold.

    Raises:
        BadFieldError: it cannot hold ``value``, or there is no such field.
    """
    return _clean(_OFFER, field, value)


def read_decimal(text: str) -> Decimal:
    """Return a positive number as people type it: ``0,75``, ``250``.

    Raises:
        ValueError: a sign, an exponent, other digits, or nothing.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not _DECIMAL.fullmatch(bare):
        raise ValueError(text)
    return Decimal(bare.replace(",", "."))


def is_gtin(text: str) -> bool:
    """Tell whether ``text`` is a bar code whose last digit checks the others."""
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdecimal()):
        return False
    digits = [int(digit) for digit in reversed(text)]
    return sum(digit * (3 if i % 2 else 1) for i, digit in enumerate(digits)) % 10 == 0


def _clean(cleaners: Mapping[str, Callable[[object], object]], field: str, value: object) -> object:
    cleaner = cleaners.get(field)
    if cleaner is None:
        raise BadFieldError(field, "unknown_field")
    try:
        return cleaner(value)
    except (ValueError, TypeError, InvalidOperation) as refused:
        reason = str(refused) if str(refused) in _REASONS else "unknown_value"
        raise BadFieldError(field, reason) from None


_REASONS = {
    *("missing", "too_long", "not_a_number", "bad_check_digit"),
    *("few_years", "no_years", "no_producer", "not_an_index"),
}


def _text(longest: int, *, is_needed: bool = False) -> Callable[[object], object]:
    def clean(value: object) -> str:
        text = plain_text(value).value.strip()
        if is_needed and not text:
            raise ValueError("missing")
        if len(text) > longest:
            raise ValueError("too_long")
        return text

    return clean


def _html(value: object) -> str:
    if len(str(value)) > LONGEST_DESCRIPTION:
        raise ValueError("too_long")
    return clean_html(str(value)) if str(value).strip() else ""


def _some_of(values: Iterable[str]) -> Callable[[object], object]:
    known = list(values)

    def clean(value: object) -> list[str]:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise TypeError
        given = {str(one) for one in value}
        if given - set(known):
            raise ValueError
        return [one for one in known if one in given]

    return clean


def _allergens(value: object) -> object:
    return None if value is None else _some_of(Allergen.values)(value)


def _one_of(values: Iterable[str]) -> Callable[[object], object]:
    known = set(values)

    def clean(value: object) -> str:
        if str(value or "") not in known:
            raise ValueError
        return str(value or "")

    return clean


def _months(value: object) -> list[int]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError
    months = sorted({int(one) for one in value})
    if any(not 1 <= month <= 12 for month in months):
        raise ValueError
    return months


def _sheet(keys: Iterable[str]) -> Callable[[object], object]:
    known = frozenset(keys)

    def clean(value: object) -> dict[str, str]:
        if not isinstance(value, Mapping) or set(value) - known:
            raise ValueError
        texts = {str(key): plain_text(text).value.strip() for key, text in value.items()}
        if any(len(text) > LONGEST_TEXT for text in texts.values()):
            raise ValueError("too_long")
        return {key: text for key, text in texts.items() if text}

    return clean


def _food_sheet(value: object) -> dict[str, str]:
    said = _sheet((*FOOD_SHEET, *FOOD_SHEET_MORE))(value)
    return check_fish(said) if isinstance(said, dict) else {}


def _durability(value: object) -> dict[str, str]:
    said = _sheet(DURABILITY)(value)
    return check_durability(said) if isinstance(said, dict) else {}


def _identifiers(value: object) -> dict[str, str]:
    found = _sheet(EPR_STREAMS)(value)
    if not isinstance(found, dict) or not all(is_idu(text) for text in found.values()):
        raise ValueError
    return found


def _whole(most: int, *, is_optional: bool = False) -> Callable[[object], object]:
    def clean(value: object) -> int | None:
        if is_optional and value in (None, ""):
            return None
        if isinstance(value, bool) or not _WHOLE.fullmatch(str(value or 0)):
            raise ValueError("not_a_number")
        if int(str(value or 0)) > most:
            raise ValueError
        return int(str(value or 0))

    return clean


def _decimal(most: str) -> Callable[[object], object]:
    def clean(value: object) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            number = read_decimal(str(value))
        except ValueError:
            raise ValueError("not_a_number") from None
        if number > Decimal(most):
            raise ValueError
        return number

    return clean


def _degree(value: object) -> object:
    number = _decimal("99")(value)
    return number.quantize(Decimal("0.1")) if isinstance(number, Decimal) else None


def _gtin(value: object) -> str:
    text = re.sub(r"[\s-]", "", str(value or ""))
    if text and not is_gtin(text):
        raise ValueError("bad_check_digit")
    return text


_PRODUCT: dict[str, Callable[[object], object]] = {
    "name": _text(LONGEST_NAME, is_needed=True),
    "description": _html,
    "origin": _text(120),
    "is_made_here": bool,
    "labels": _some_of(ProductLabel.values),
    "season_months": _months,
    "allergens": _allergens,
    "food_sheet": _food_sheet,
    "safety": _sheet((*SAFETY, *SAFETY_MORE)),
    "epr_ids": _identifiers,
    "durability": _durability,
    "alcohol_degree": _degree,
    "minimum_age": _whole(_OLDEST_AGE),
    "is_perishable": bool,
    "withdrawal_exception": _one_of(WithdrawalException.values),
}

_OFFER: dict[str, Callable[[object], object]] = {
    "vat_code": _one_of(VatCode.values),
    "made_to_order_minutes": _whole(MOST_LEAD_MINUTES),
    "is_weight_priced": bool,
    "estimate_grams": _whole(MOST_GRAMS, is_optional=True),
    "tolerance_percent": _whole(MOST_TOLERANCE),
    "net_quantity": _decimal("999999"),
    "net_unit": _one_of(["", *NetUnit.values]),
    "weight_grams": _whole(MOST_GRAMS),
    "gtin": _gtin,
    "sku": _text(60),
    "variant_name": _text(120),
}
