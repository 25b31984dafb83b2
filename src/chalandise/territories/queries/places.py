"""One territory, and those around it: above, inside, beside."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Count, Q

from chalandise.territories.errors import TerritoryNotFound
from chalandise.territories.models import (
    FormerCommune,
    Territory,
    TerritoryContour,
    TerritoryQuerySet,
)
from chalandise.territories.reading import read_source
from chalandise.territories.states import Kind

_KIND_BY_SHAPE = (
    (re.compile(r"\d{9}"), Kind.EPCI),
    (re.compile(r"(\d\d|2[AB])\d{3}"), Kind.COMMUNE),
    (re.compile(r"\d\d|2[AB]|97\d"), Kind.DEPARTEMENT),
)
_RANKS = {kind.value: rank for rank, kind in enumerate(Kind)}


def is_country_loaded() -> bool:
    """Tell whether the tables hold as much as the shipped edition. Three counts, a tenth of a second."""
    wanted = read_source()["counts"]
    kinds = Territory.objects.order_by().values("kind").annotate(total=Count("key"))
    counted = {row["kind"]: row["total"] for row in kinds}
    return (
        all(counted.get(kind.value, 0) >= wanted[kind.value] for kind in Kind)
        and TerritoryContour.objects.count() >= wanted["contour"]
        and FormerCommune.objects.count() >= wanted["former_commune"]
    )


def find_territory(key: str) -> Territory | None:
    """Return the territory of this key, or ``None``. One query."""
    return Territory.objects.filter(key=key).first()


def get_territory(key: str) -> Territory:
    """Return the territory of this key. One query.

    Raises:
        TerritoryNotFound: there is none.
    """
    territory = find_territory(key)
    if territory is None:
        raise TerritoryNotFound(key)
    return territory


def find_commune(insee_code: str) -> Territory | None:
    """Return the commune of today for an INSEE code, even a former one; at most two queries.

    The code of an arrondissement of Paris, Lyon or Marseille gives the arrondissement. Where a code
    is both alive and former, alive wins.
    """
    code = insee_code.strip().upper()
    keys = [Kind.COMMUNE.key(code), Kind.ARRONDISSEMENT.key(code)]
    found = Territory.objects.filter(key__in=keys).first()
    if found is None:
        former = FormerCommune.objects.filter(code=code).select_related("commune").first()
        found = former.commune if former else None
    return found


def parse_territory_keys(text: str) -> list[str]:
    """Return the keys named in ``text``: codes or keys parted by commas or spaces.

    ``46`` is the département, ``46042`` the commune, ``200023737`` the intercommunality,
    ``region-76`` the region: a region's code alone would be taken for a département. A merged
    commune gives the one it is part of, small letters do as well as capitals. At most two queries
    a code.

    Raises:
        TerritoryNotFound: names the first that does not exist.
    """
    keys: list[str] = []
    for wanted in re.split(r"[,;\s]+", text.strip(",; \t\n")):
        territory = _find_by_key_or_code(wanted)
        if territory is None:
            raise TerritoryNotFound(wanted)
        if territory.key not in keys:
            keys.append(territory.key)
    return keys


def list_territories(keys: Iterable[str]) -> TerritoryQuerySet:
    """Return the territories of these keys, sorted by name."""
    return Territory.objects.filter(key__in=list(keys)).sorted()


def list_ancestors(territory: Territory) -> list[Territory]:
    """Return what contains ``territory``, widest first, itself left out. One query."""
    keys = territory.ancestor_keys[:-1]
    found = Territory.objects.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def list_containing(keys: Iterable[str]) -> list[Territory]:
    """Return ``keys`` and what holds one of their communes at a wider level, widest first.

    Two queries. An intercommunality over two départements lies in neither, yet both are returned.
    """
    scope = list(keys)
    narrowest = max((_RANKS[key.partition("-")[0]] for key in scope), default=0)
    parents = (
        Territory.objects.within(scope)
        .of_kind(Kind.COMMUNE, Kind.ARRONDISSEMENT)
        .values_list("region_id", "departement_id", "epci_id", "commune_id")
        .distinct()
    )
    above = {key for row in parents for key in row if key}
    found = {key for key in above if _RANKS[key.partition("-")[0]] < narrowest}
    return sorted(
        list_territories(found | set(scope)), key=lambda territory: _RANKS[territory.kind]
    )


def list_communes(scope: Iterable[str]) -> TerritoryQuerySet:
    """Return the communes inside a scope, sorted by name."""
    return Territory.objects.communes().within(scope).sorted()


def list_departements(scope: Iterable[str]) -> TerritoryQuerySet:
    """Return the départements that have a commune inside a scope, sorted by code."""
    codes = list_communes(scope).order_by().values("departement").distinct()
    return Territory.objects.of_kind(Kind.DEPARTEMENT).filter(key__in=codes).order_by("code")


def list_intercommunalities(scope: Iterable[str]) -> TerritoryQuerySet:
    """Return the intercommunalities with a commune inside a scope, sorted by name.

    Each carries ``communes_inside`` and ``communes_total``: where they differ, it spills over.
    """
    inside = list_communes(scope).order_by().values("key")
    members = Q(territories_of_epci__kind=Kind.COMMUNE)
    return (
        Territory.objects.of_kind(Kind.EPCI)
        .annotate(
            communes_inside=Count(
                "territories_of_epci", filter=members & Q(territories_of_epci__key__in=inside)
            ),
            communes_total=Count("territories_of_epci", filter=members),
        )
        .filter(communes_inside__gt=0)
        .sorted()
    )


def _find_by_key_or_code(wanted: str) -> Territory | None:
    """Return the territory that a key designates, or a bare code by its shape."""
    kind, _hyphen, code = wanted.rpartition("-")
    kind, code = kind.lower(), code.upper()
    if not kind:
        kind = next((one.value for shape, one in _KIND_BY_SHAPE if shape.fullmatch(code)), "")
    if kind not in _RANKS:
        return None
    if kind == Kind.COMMUNE.value:
        return find_commune(code)
    return find_territory(Kind(kind).key(code))


def list_successors(keys: Iterable[str]) -> dict[Territory, Territory]:
    """Return, for communes that an edition withdrew, the communes of today they are part of.

    A code that went into several communes has no successor: nobody can tell which part a thing
    stood in. Two queries.
    """
    gone = {one.code: one for one in Territory.objects.filter(key__in=keys, kind=Kind.COMMUNE)}
    into: dict[str, set[Territory]] = {}
    for former in FormerCommune.objects.filter(code__in=gone).select_related("commune"):
        into.setdefault(former.code, set()).add(former.commune)
    return {
        old: next(iter(into[code]))
        for code, old in sorted(gone.items())
        if len(into.get(code, ())) == 1
    }
