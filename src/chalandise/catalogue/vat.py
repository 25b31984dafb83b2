"""Rates of value added tax by name, place and day; pure Python over `data/vat_rates.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FRANCHISE_MENTION = "TVA non applicable, art. 293 B du CGI"
"""What an invoice says in place of tax; a legal formula, the same in every language."""

_DATA = Path(__file__).parent / "data" / "vat_rates.toml"


class UnknownRateError(LookupError):
    """No rate of that name held there on that day."""


@dataclass(frozen=True)
class VatPeriod:
    """The rates of one zone from one day on."""

    zone: str
    departements: frozenset[str]
    begins_on: date
    rates: Mapping[str, int]


@cache
def vat_periods() -> tuple[VatPeriod, ...]:
    """Return every period that ships, the latest first."""
    document = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    periods = [
        VatPeriod(
            zone=one["zone"],
            departements=frozenset(one["departements"]),
            begins_on=one["from"],
            rates=one["rates"],
        )
        for one in document["period"]
    ]
    return tuple(sorted(periods, key=lambda period: period.begins_on, reverse=True))


@cache
def zone_of(territory_departement: str) -> str:
    """Return the tax zone of a département: ``metropole`` where no other names it."""
    for period in vat_periods():
        if territory_departement in period.departements:
            return period.zone
    return "metropole"


def rate_bp(code: str, *, territory_departement: str, on: date) -> int:
    """Return a rate in basis points: 550 for ``reduced`` in the Lot, 210 for it in Corsica.

    Args:
        code: a `VatCode`.
        territory_departement: where the seller's establishment stands: ``46``, ``2A``, ``971``.
        on: the day of the sale, by the establishment's calendar.

    Raises:
        UnknownRateError: no such rate held there on that day.
    """
    zone = zone_of(territory_departement)
    for period in vat_periods():
        if period.zone == zone and period.begins_on <= on and code in period.rates:
            return period.rates[code]
    raise UnknownRateError(f"{code} in {zone} on {on}")
