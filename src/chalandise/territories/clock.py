"""Tells the time zone and the public-holiday zone of a French territory from its codes."""

from __future__ import annotations

METROPOLE = "metropole"
ALSACE_MOSELLE = "alsace-moselle"
PARIS = "Europe/Paris"

_OVERSEAS_TIMEZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Etc/GMT+8",
}
_ISLANDS_APART = {
    # French Polynesia keeps three clocks: the Marquesas and the Gambier have their own.
    **dict.fromkeys(("98718", "98723", "98731", "98746", "98750", "98751"), "Pacific/Marquesas"),
    "98719": "Pacific/Gambier",
}
_OVERSEAS_REGIONS = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}
_LOCAL_LAW_DEPARTEMENTS = frozenset({"57", "67", "68"})

COLLECTIVITIES = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "984": "Terres australes et antarctiques françaises",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
    "989": "Île de Clipperton",
}
"""Overseas collectivities: neither département nor region, so the tree stops at their communes."""


def departement_code_of(insee_code: str) -> str:
    """Return the département (or overseas collectivity) in which a commune's code is numbered.

    ``46042`` gives ``46``, ``2A004`` gives ``2A``, ``97105`` gives ``971``.
    """
    return insee_code[:3] if insee_code[:2] in {"97", "98"} else insee_code[:2]


def overseas_departement_of_region(region_code: str) -> str | None:
    """Return the single département of an overseas region, ``None`` for a region of the mainland."""
    return _OVERSEAS_REGIONS.get(region_code)


def timezone_of(departement_code: str, insee_code: str = "") -> str:
    """Return the IANA time zone observed in a département, or in one of its communes."""
    apart = _ISLANDS_APART.get(insee_code)
    return apart or _OVERSEAS_TIMEZONES.get(departement_code, PARIS)


def holiday_zone_of(departement_code: str) -> str:
    """Return the calendar of public holidays that a département follows."""
    if departement_code in _LOCAL_LAW_DEPARTEMENTS:
        return ALSACE_MOSELLE
    return departement_code if departement_code in _OVERSEAS_TIMEZONES else METROPOLE
