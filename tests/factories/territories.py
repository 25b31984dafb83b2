"""A corner of the Lot and its neighbour, as the register describes them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.text import slugify

from chalandise.kernel.sorting import french_sort_key
from chalandise.kernel.text import fold
from chalandise.territories.models import Territory


def territory(kind: str, code: str, name: str, **fields: object) -> Territory:
    """Get or make one territory; what lies above it is asked for only where it is made."""
    made, _is_new = Territory.objects.get_or_create(
        key=f"{kind}-{code}",
        defaults={
            "kind": kind,
            "code": code,
            "name": name,
            "sort_key": french_sort_key(name),
            "search_key": fold(name),
            "slug": slugify(name),
            **fields,
        },
    )
    return made


def occitanie() -> Territory:
    return territory("region", "76", "Occitanie")


def lot() -> Territory:
    return territory("departement", "46", "Lot", region=occitanie, latitude=44.62, longitude=1.6)


def tarn_et_garonne() -> Territory:
    return territory("departement", "82", "Tarn-et-Garonne", region=occitanie)


def grand_cahors() -> Territory:
    return territory("epci", "200023737", "CA du Grand Cahors", region=occitanie, departement=lot)


def grand_figeac() -> Territory:
    return territory("epci", "200067361", "CC Grand-Figeac", region=occitanie)


def commune(
    code: str,
    name: str,
    *,
    epci: Callable[[], Territory] | Territory | None = None,
    **fields: object,
) -> Territory:
    """Get or make a commune of the département its code says."""
    departement = lot if code.startswith("46") else tarn_et_garonne
    return territory(
        "commune",
        code,
        name,
        region=occitanie,
        departement=departement,
        epci=epci,
        **{"latitude": 44.45, "longitude": 1.44, "population": 1000, **fields},
    )


def cahors() -> Territory:
    return commune(
        "46042",
        "Cahors",
        epci=grand_cahors,
        postal_codes=["46000"],
        population=19_500,
        latitude=44.4475,
        longitude=1.4419,
    )


def figeac() -> Territory:
    return commune(
        "46102",
        "Figeac",
        epci=grand_figeac,
        postal_codes=["46100"],
        population=9_800,
        latitude=44.6086,
        longitude=2.0325,
    )


def montauban() -> Territory:
    return commune(
        "82121",
        "Montauban",
        postal_codes=["82000"],
        population=61_000,
        latitude=44.0178,
        longitude=1.3550,
    )
