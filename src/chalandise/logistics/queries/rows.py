"""Points, zones and rates with all that their slots depend on, in one statement each.

Written in SQL because every step of a checkout asks for them: the ORM would take longer to say the
question than PostgreSQL to answer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import connection

from chalandise.territories.clock import departement_code_of, holiday_zone_of

_SHOP = """
    e.id AS shop_id, e.name AS shop_name, e.street AS shop_street,
    e.postal_code AS shop_postal_code, t.name AS shop_town,
    e.latitude AS shop_latitude, e.longitude AS shop_longitude
"""
_CLOSINGS = """
    SELECT json_agg(json_build_array(c.starts_on, c.ends_on) ORDER BY c.starts_on, c.id)
    FROM directory_exceptionalclosing c
    WHERE c.establishment_id = {shop} AND c.ends_on >= %(since)s
"""
_POINTS = f"""
SELECT
    p.id, p.establishment_id, p.name, p.address, p.latitude, p.longitude,
    coalesce(e.timezone, p.timezone) AS timezone,
    coalesce(e.commune_id, p.commune_id) AS commune_key,
    CASE WHEN p.hours <> '' THEN p.hours ELSE (
        SELECT h.value FROM directory_establishmenthours h
        WHERE h.establishment_id = p.establishment_id AND h.value <> ''
            AND h.purpose IN ('collect', 'visit')
        ORDER BY h.purpose LIMIT 1
    ) END AS hours,
    p.slot_minutes, p.capacity, p.lead_minutes, p.cutoff, p.horizon_days,
    {_SHOP},
    ({_CLOSINGS.format(shop="p.establishment_id")}) AS closings,
    (
        SELECT json_agg(json_build_object(
            'shop', s.establishment_id, 'bring_by', s.bring_by, 'weekdays', s.weekdays,
            'lead', s.lead_minutes, 'fee', s.fee_cents,
            'closings', ({_CLOSINGS.format(shop="s.establishment_id")})
        ))
        FROM logistics_pointservice s
        WHERE s.point_id = p.id AND s.is_active AND s.establishment_id = ANY(%(shops)s::bigint[])
    ) AS services,
    (
        SELECT json_agg(json_build_array(
            extract(epoch FROM x.starts_at)::bigint, extract(epoch FROM x.ends_at)::bigint
        ) ORDER BY x.starts_at, x.id)
        FROM logistics_pointclosing x WHERE x.point_id = p.id AND x.ends_at >= %(since)s
    ) AS shut
FROM logistics_pickuppoint p
LEFT JOIN directory_establishment e ON e.id = p.establishment_id
LEFT JOIN territories_territory t ON t.key = e.commune_id
WHERE p.is_active AND p.id = ANY({{which}})
ORDER BY p.id
"""  # noqa: S608 (joined of constants)
_POINTS_BY_KEY = _POINTS.format(which="%(keys)s::bigint[]")
_POINTS_BY_SHOP = _POINTS.format(
    which="""ARRAY(
        SELECT o.id FROM logistics_pickuppoint o
        WHERE o.establishment_id = ANY(%(shops)s::bigint[])
        UNION
        SELECT j.point_id FROM logistics_pointservice j
        WHERE j.establishment_id = ANY(%(shops)s::bigint[]) AND j.is_active
    )"""
)
_ZONES = f"""
SELECT
    z.id, z.name, z.kind, z.commune_keys, z.radius_metres, z.polygon::json AS polygon,
    z.rate::json AS rate, z.minimum_order_cents, z.lead_minutes, z.cutoff, z.horizon_days,
    z.works_on_holidays, z.is_by_bicycle, e.timezone, e.commune_id AS commune_key,
    {_SHOP},
    ({_CLOSINGS.format(shop="z.establishment_id")}) AS closings,
    (
        SELECT json_agg(json_build_array(w.id, w.weekday, w.starts, w.ends, w.capacity)
            ORDER BY w.weekday, w.starts)
        FROM logistics_deliverywindow w WHERE w.zone_id = z.id
    ) AS windows
FROM logistics_deliveryzone z
JOIN directory_establishment e ON e.id = z.establishment_id
JOIN territories_territory t ON t.key = e.commune_id
WHERE z.is_active AND {{which}}
ORDER BY z.id
"""  # noqa: S608 (joined of constants)
_ZONES_BY_KEY = _ZONES.format(which="z.id = ANY(%(keys)s::bigint[])")
_ZONES_BY_SHOP = _ZONES.format(which="z.establishment_id = ANY(%(shops)s::bigint[])")
_RATES = """
SELECT r.id, r.establishment_id AS shop_id, r.name, r.rate::json AS rate, r.is_mainland_only,
    e.timezone
FROM logistics_shippingrate r
JOIN directory_establishment e ON e.id = r.establishment_id
WHERE r.is_active AND r.establishment_id = ANY(%(shops)s::bigint[])
ORDER BY r.id
"""
_OFFERED = f"""
SELECT
    (SELECT json_agg(p) FROM ({_POINTS_BY_SHOP}) AS p),
    CASE WHEN %(brings)s THEN (SELECT json_agg(z) FROM ({_ZONES_BY_SHOP}) AS z) END,
    (SELECT json_agg(r) FROM ({_RATES}) AS r)
"""  # noqa: S608 (joined of constants)


@dataclass(frozen=True)
class _OfShop:
    """What is known of the shop behind a row."""

    timezone: str
    commune_key: str
    shop_id: int | None
    shop_name: str | None
    shop_street: str | None
    shop_postal_code: str | None
    shop_town: str | None
    shop_latitude: float | None
    shop_longitude: float | None
    closings: list[list[str]] | None

    @property
    def holiday_zone(self) -> str:
        """Calendar of public holidays of the place."""
        return holiday_zone_of(departement_code_of(self.commune_key.partition("-")[2]))

    @property
    def shop_address(self) -> str:
        """Where the shop stands, on one line."""
        town = f"{self.shop_postal_code or ''} {self.shop_town or ''}".strip()
        return ", ".join(part for part in (self.shop_street, town) if part)


@dataclass(frozen=True)
class PointRow(_OfShop):
    """A pickup point, its shop where it is a shop's own, and who brings there."""

    id: int
    establishment_id: int | None
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    hours: str | None
    slot_minutes: int
    capacity: int
    lead_minutes: int
    cutoff: time | None
    horizon_days: int
    services: list[dict[str, Any]] | None
    shut: list[list[int]] | None

    @property
    def way_key(self) -> str:
        """Key of the way that ends here."""
        return f"pickup:{self.id}"

    def service_of(self, establishment_id: int) -> dict[str, Any] | None:
        """Return how a merchant brings here, None where it does not."""
        rows = self.services or []
        return next((row for row in rows if row["shop"] == establishment_id), None)


@dataclass(frozen=True)
class ZoneRow(_OfShop):
    """A delivery zone with its rounds."""

    id: int
    name: str
    kind: str
    commune_keys: list[str]
    radius_metres: int | None
    polygon: dict[str, Any] | None
    rate: dict[str, Any]
    minimum_order_cents: int
    lead_minutes: int
    cutoff: time | None
    horizon_days: int
    works_on_holidays: bool
    is_by_bicycle: bool
    windows: list[list[Any]] | None

    @property
    def way_key(self) -> str:
        """Key of the way into this zone."""
        return f"delivery:{self.id}"


@dataclass(frozen=True)
class RateRow:
    """A shipping rate."""

    id: int
    shop_id: int
    name: str
    rate: dict[str, Any]
    is_mainland_only: bool
    timezone: str

    @property
    def way_key(self) -> str:
        """Key of the way by this carrier."""
        return f"shipping:{self.id}"


@dataclass(frozen=True)
class Offered:
    """All the ways that some shops offer."""

    points: list[PointRow]
    zones: list[ZoneRow]
    rates: list[RateRow]


def points_of_keys(keys: Iterable[int], shops: Iterable[int], *, today: date) -> list[PointRow]:
    """Return active points by key, with what some shops bring there: one statement."""
    found = _rows(_POINTS_BY_KEY, today, keys=list(keys), shops=list(shops))
    return [PointRow(**row) for row in found]


def points_of_shops(shops: Iterable[int], *, today: date) -> list[PointRow]:
    """Return the active points, their own and pooled ones, of some shops: one statement."""
    return [PointRow(**row) for row in _rows(_POINTS_BY_SHOP, today, shops=list(shops))]


def zones_of_keys(keys: Iterable[int], *, today: date) -> list[ZoneRow]:
    """Return active zones by key: one statement."""
    return [ZoneRow(**row) for row in _rows(_ZONES_BY_KEY, today, keys=list(keys))]


def offers_of_shops(shops: Iterable[int], *, today: date, brings: bool) -> Offered:
    """Return all that some shops offer: one statement, whose answer travels as JSON.

    Args:
        shops: which.
        today: closings from before are left out.
        brings: whether zones of delivery are asked for.
    """
    values: dict[str, Any] = {"since": _since(today), "shops": list(shops), "brings": brings}
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED, values)
        points, zones, rates = cursor.fetchone()
    return Offered(
        [PointRow(**_with_time(row)) for row in points or ()],
        [ZoneRow(**_with_time(row)) for row in zones or ()],
        [RateRow(**row) for row in rates or ()],
    )


def _with_time(row: dict[str, Any]) -> dict[str, Any]:
    """Read the one time of a row that JSON brought as text."""
    if row["cutoff"] is not None:
        row["cutoff"] = time.fromisoformat(row["cutoff"])
    return row


def _since(today: date) -> date:
    """Return how far back closings count: no zone is further away, a night may begin the eve."""
    return today - timedelta(days=3)


def _rows(statement: str, today: date, **values: list[int]) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": _since(today), **values})
        names = [column[0] for column in cursor.description or ()]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))
