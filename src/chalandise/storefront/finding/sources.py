"""Where the facts of a sheet come from, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from chalandise.directory.queries import Provenance


@dataclass(frozen=True)
class SourceLine:
    """One line of the section that says where each fact comes from."""

    what: str
    source: str
    licence: str = ""
    dated_on: dt.date | None = None
    verified_at: dt.datetime | None = None


def source_lines(rows: Iterable[Provenance]) -> tuple[SourceLine, ...]:
    """Say where the facts come from, one line a source."""
    return _source_lines(tuple(rows), get_language())


@lru_cache(maxsize=2048)
def _source_lines(rows: tuple[Provenance, ...], language: str | None) -> tuple[SourceLine, ...]:
    del language  # part of the key: the words are translated here
    return tuple(
        SourceLine(
            what=_listed([field_name(one) for one in row.fields]),
            source=_source_name(row),
            licence=row.licence,
            dated_on=row.dated_on,
            verified_at=row.verified_at,
        )
        for row in rows
    )


def field_name(field: str) -> str:
    """Return how a reader calls a field."""
    names = {
        "name": pgettext("fact", "name"),
        "address": pgettext("fact", "address"),
        "position": pgettext("fact", "position on the map"),
        "phone": pgettext("fact", "telephone"),
        "website": pgettext("fact", "website"),
        "order_url": pgettext("fact", "ordering page"),
        "description": pgettext("fact", "presentation"),
        "category": pgettext("fact", "category"),
        "services": _("services"),
        "labels": _("labels"),
        "hours": pgettext("fact", "opening hours"),
        "siret": pgettext("fact", "SIRET number"),
        "activity_code": pgettext("fact", "activity"),
    }
    return names.get(field.partition(":")[0], "")


def _listed(names: list[str]) -> str:
    text = ", ".join(dict.fromkeys(name for name in names if name))
    return text[:1].upper() + text[1:]


def _source_name(row: Provenance) -> str:
    if row.kind == "merchant":
        return pgettext("source", "the merchant")
    return row.label
