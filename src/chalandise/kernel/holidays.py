"""French public holidays, computed for any year and any part of the Republic.

Sources: Code du travail L3133-1 (the eleven national days), L3134-13 (Alsace and Moselle),
L3422-2 and its decree (abolition of slavery, one day per territory), and the acts of the Pacific
territories. A few days are kept by custom rather than by law; they count, because shops close.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

METROPOLE = "metropole"
ALSACE_MOSELLE = "alsace-moselle"

ZONES = (
    METROPOLE,
    ALSACE_MOSELLE,
    "971",
    "972",
    "973",
    "974",
    "975",
    "976",
    "977",
    "978",
    "984",
    "986",
    "987",
    "988",
    "989",
)

_NATIONAL = (
    (1, 1, "Jour de l’an"),
    (5, 1, "Fête du Travail"),
    (5, 8, "Victoire de 1945"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice de 1918"),
    (12, 25, "Noël"),
)
_AROUND_EASTER = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))

# month, day, name, first year, last year
_LOCAL: dict[str, tuple[tuple[int, int, str, int, int], ...]] = {
    ALSACE_MOSELLE: ((12, 26, "Saint-Étienne", 1, 9999),),
    "971": (
        (5, 27, "Abolition de l’esclavage", 1983, 9999),
        (7, 21, "Fête de Victor Schœlcher", 1, 9999),
    ),
    "972": (
        (5, 22, "Abolition de l’esclavage", 1983, 9999),
        (7, 21, "Fête de Victor Schœlcher", 1, 9999),
    ),
    "973": ((6, 10, "Abolition de l’esclavage", 1983, 9999),),
    "974": ((12, 20, "Abolition de l’esclavage", 1983, 9999),),
    "976": ((4, 27, "Abolition de l’esclavage", 1983, 9999),),
    "977": ((10, 9, "Abolition de l’esclavage", 1, 9999),),
    "978": ((5, 28, "Abolition de l’esclavage", 1, 9999),),
    "986": (
        (4, 28, "Saint-Pierre-Chanel", 1, 9999),
        (7, 29, "Fête du Territoire", 1, 9999),
    ),
    "987": (
        (3, 5, "Arrivée de l’Évangile", 1, 9999),
        (6, 29, "Fête de l’autonomie", 1985, 2024),
        (11, 20, "Matari’i i ni’a", 2025, 9999),
    ),
    "988": ((9, 24, "Fête de la citoyenneté", 1, 9999),),
}
# By law in Alsace-Moselle and in Polynesia, by custom in Guadeloupe and Martinique.
_GOOD_FRIDAY = frozenset({ALSACE_MOSELLE, "971", "972", "987"})


@dataclass(frozen=True)
class Holiday:
    """One public holiday of one year."""

    on: date
    name: str


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (Meeus/Jones/Butcher), 5 April for 2026."""
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def public_holidays(zone: str, year: int) -> tuple[Holiday, ...]:
    """The public holidays of a zone in date order; `ValueError` for an unknown zone."""
    if zone not in ZONES:
        raise ValueError(zone)
    sunday = easter(year)
    days = [Holiday(date(year, month, day), name) for month, day, name in _NATIONAL]
    days += [Holiday(sunday + timedelta(days=after), name) for after, name in _AROUND_EASTER]
    if zone in _GOOD_FRIDAY:
        days.append(Holiday(sunday - timedelta(days=2), "Vendredi saint"))
    days += [
        Holiday(date(year, month, day), name)
        for month, day, name, first, last in _LOCAL.get(zone, ())
        if first <= year <= last
    ]
    return tuple(sorted(days, key=lambda holiday: (holiday.on, holiday.name)))


@lru_cache(maxsize=512)
def _names_by_date(zone: str, year: int) -> dict[date, str]:
    """Names by date: two feasts of one day (Ascension and 8 May in 2059) share a line."""
    names: dict[date, str] = {}
    for holiday in public_holidays(zone, year):
        names[holiday.on] = (
            f"{names[holiday.on]}, {holiday.name}" if holiday.on in names else holiday.name
        )
    return names


def holiday_name(zone: str, on: date) -> str | None:
    """What is celebrated on that day in that zone, or None on an ordinary day."""
    return _names_by_date(zone, on.year).get(on)


def is_public_holiday(zone: str, on: date) -> bool:
    """Whether that day is a public holiday in that zone."""
    return on in _names_by_date(zone, on.year)


def holiday_zone_for(departement: str) -> str:
    """The holiday zone of a département by its INSEE code ("57" is in Alsace-Moselle)."""
    if departement in {"57", "67", "68"}:
        return ALSACE_MOSELLE
    return departement if departement in ZONES else METROPOLE
