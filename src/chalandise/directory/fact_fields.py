"""The facts that a sheet is made of: which columns each fills, and what may enter them.

This table is the only way in: a fact that has no row here is refused, so no form, file or feed
can reach another column (mass assignment, fault 48).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.errors import BadFactError
from chalandise.directory.models import Category, Establishment
from chalandise.directory.rich_text import clean_html
from chalandise.directory.states import HoursPurpose, Label, Service
from chalandise.directory.values import Position, PostalAddress
from chalandise.kernel.sorting import french_sort_key
from chalandise.organisations.models import Organisation

Columns = dict[str, Any]

HOURS_PREFIX = "hours:"
HOURS_FIELDS = {f"{HOURS_PREFIX}{purpose}": purpose for purpose in HoursPurpose}
DESCRIPTION_MAX_LENGTH = 6000
_PHONE = re.compile(r"^\+\d{4,15}$")
_EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+$")
_LIMITS = {one.name: one.max_length or 10_000 for one in Establishment._meta.concrete_fields}


def columns_of(field: str, value: Any) -> Columns:
    """Return the columns that the fact ``field`` fills with ``value``.

    Raises:
        BadFactError: the value may not enter, or there is no such fact.
    """
    try:
        make = _MAKERS[field]
    except KeyError:
        raise BadFactError(field, "unknown_field") from None
    return make(field, value)


def is_blank(value: Any) -> bool:
    """Tell whether a source says nothing by ``value``."""
    return value is None or value in ("", [], ())


def columns_filled_by(field: str) -> tuple[str, ...]:
    """Return the names of the columns that the fact ``field`` owns."""
    return _OWNED.get(field, (field,))


def _line(field: str, value: Any) -> Columns:
    """Keep one line of visible text: no control, no zero-width, no change of direction."""
    text = plain_text(value).value
    if len(text) > _LIMITS[field]:
        raise BadFactError(field, "too_long")
    return {field: text}


def _name(field: str, value: Any) -> Columns:
    text = plain_text(value, line_break=" ").value
    if not any(character.isalnum() for character in text):
        raise BadFactError(field, "missing")
    if len(text) > _LIMITS[field]:
        raise BadFactError(field, "too_long")
    return {"name": text, "sort_key": french_sort_key(text)[:200]}


def _address(field: str, value: Any) -> Columns:
    if not isinstance(value, PostalAddress):
        raise BadFactError(field, "missing")
    return {
        **_line("street", value.street),
        **_line("complement", value.complement),
        **_line("postal_code", value.postal_code),
        "commune": value.commune,
        "timezone": value.commune.timezone,
    }


def _position(_field: str, value: Any) -> Columns:
    if value is None:
        return {"latitude": None, "longitude": None, "is_located_by_commune": False}
    if not isinstance(value, Position):
        raise BadFactError("position", "unknown_value")
    return {
        "latitude": value.latitude,
        "longitude": value.longitude,
        "is_located_by_commune": value.is_by_commune,
    }


def _category(field: str, value: Any) -> Columns:
    if not isinstance(value, Category):
        raise BadFactError(field, "missing")
    return {"category": value}


def _organisation(field: str, value: Any) -> Columns:
    if value is not None and not isinstance(value, Organisation):
        raise BadFactError(field, "unknown_value")
    return {"organisation": value}


def _siret(field: str, value: Any) -> Columns:
    if value and not re.fullmatch(r"\d{14}", str(value)):
        raise BadFactError(field, "unknown_value")
    return {"siret": str(value) if value else None}


def _phone(field: str, value: Any) -> Columns:
    if value and not _PHONE.match(str(value)):
        raise BadFactError(field, "unknown_value")
    return {"phone": value or ""}


def _email(field: str, value: Any) -> Columns:
    text = plain_text(value).value
    if text and (not _EMAIL.match(text) or len(text) > 254):
        raise BadFactError(field, "unknown_value")
    return {"email": text.lower()}


def _url(field: str, value: Any) -> Columns:
    """Keep an address that a browser opens, never one that it runs (fault 65)."""
    text = str(value or "").strip()
    if not text:
        return {field: ""}
    try:
        parts = urlsplit(text)
    except ValueError:
        raise BadFactError(field, "bad_url") from None
    is_clean = text.isprintable() and not any(character in text for character in " \"'<>\\`")
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_clean:
        raise BadFactError(field, "bad_url")
    if len(text) > _LIMITS[field]:
        raise BadFactError(field, "too_long")
    return {field: text}


def _description(field: str, value: Any) -> Columns:
    cleaned = clean_html(str(value or ""))
    if len(cleaned) > DESCRIPTION_MAX_LENGTH:
        raise BadFactError(field, "too_long")
    return {"description": cleaned}


def _choices(choices: type[Service] | type[Label]) -> Callable[[str, Any], Columns]:
    def make(field: str, value: Any) -> Columns:
        asked = {str(one) for one in value or ()}
        if asked - set(choices.values):
            raise BadFactError(field, "unknown_value")
        return {field: [one for one in choices.values if one in asked]}

    return make


_MAKERS: Mapping[str, Callable[[str, Any], Columns]] = {
    "name": _name,
    "siret": _siret,
    "organisation": _organisation,
    "category": _category,
    "activity_code": _line,
    "address": _address,
    "position": _position,
    "phone": _phone,
    "email": _email,
    "website": _url,
    "order_url": _url,
    "description": _description,
    "services": _choices(Service),
    "labels": _choices(Label),
}
_OWNED = {
    "address": ("street", "complement", "postal_code", "commune", "timezone"),
    "position": ("latitude", "longitude", "is_located_by_commune"),
    "name": ("name", "sort_key"),
}
FIELDS = frozenset(_MAKERS) | frozenset(HOURS_FIELDS)
