"""Reads OpenStreetMap: what Overpass answers and the GeoJSON that overpass-turbo saves.

Facts from OpenStreetMap are under the ODbL: their provenance says so field by field, so that they
can be told apart and attributed.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from chalandise.directory.classification import Classification, category_for_osm, normalise_naf
from chalandise.directory.cleaning import (
    clean_address_line,
    clean_business_number,
    clean_email,
    clean_name,
    clean_phones,
    clean_postal_code,
    clean_website,
    phone_region_of_postal_code,
    plain_text,
)
from chalandise.federation.errors import BrokenFileError, EmptyFileError
from chalandise.federation.readers.files import DEFAULT_LIMITS, FileLimits, open_source
from chalandise.federation.readers.geojson import centre_of, looks_like_json, stream_objects
from chalandise.federation.readers.positions import sane_position, to_degrees
from chalandise.federation.readers.records import (
    Facts,
    Passed,
    ProblemList,
    RawRecord,
    RecordKind,
    Refusal,
    Tally,
)

LICENCE = "ODbL 1.0"
LABEL = "© les contributeurs d’OpenStreetMap"

_SERVICES = {
    "delivery": ("delivery", frozenset({"yes", "only"})),
    "takeaway": ("takeaway", frozenset({"yes", "only"})),
    "wheelchair": ("wheelchair", frozenset({"yes", "designated"})),
    "click_and_collect": ("pickup", frozenset({"yes"})),
    "pickup": ("pickup", frozenset({"yes", "only"})),
    "indoor_seating": ("dine_in", frozenset({"yes"})),
}
_COMMUNE_REFERENCES = ("ref:INSEE", "addr:commune:insee")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def read_osm(
    path: Path,
    *,
    tally: Tally,
    limits: FileLimits = DEFAULT_LIMITS,
    tree: Classification | None = None,
) -> Iterator[RawRecord]:
    """Yield the shops, crafts and restaurants of an extract, in its order.

    What their tags mean is looked up in ``tree``, in the shipped classification without one.

    Raises:
        UnreadableFileError: the file is neither an Overpass answer nor GeoJSON.
    """
    with open_source(path, limits=limits) as stream:
        if not looks_like_json(stream):
            raise BrokenFileError(path.name, 0, "osm")
        rank = 0
        for kind, element in stream_objects(stream, file_name=path.name):
            if not kind and "error" in str(element.get("remark", "")):
                raise BrokenFileError(path.name, rank, "overpass")
            if kind not in {"elements", "features", "item"}:
                continue
            rank += 1
            record = _record(element, rank, tally, tree)
            if record is not None:
                yield record
        if not rank:
            raise EmptyFileError(path.name)


def _record(
    element: Mapping[str, Any], rank: int, tally: Tally, tree: Classification | None
) -> RawRecord | None:
    source_id, tags, position = _parts(element)
    if not tags:
        tally[Passed.NO_TAGS] += 1
        return None
    category = category_for_osm(tags, tree)
    if category is None:
        tally[Passed.OTHER_ACTIVITY] += 1
        return None
    raw = {"id": source_id, **tags}
    if not source_id:
        return RawRecord("", rank, RecordKind.REFUSED, raw, refusal=Refusal.NO_IDENTIFIER)
    problems = ProblemList()
    name = problems.take("name", clean_name(_first(tags, "name", "name:fr", "brand", "operator")))
    if not name:
        return RawRecord(source_id, rank, RecordKind.REFUSED, raw, refusal=Refusal.NO_NAME)
    facts = _facts(tags, name, category.key, position, problems)
    return RawRecord(source_id, rank, raw=raw, facts=facts, problems=problems.freeze())


def _parts(
    element: Mapping[str, Any],
) -> tuple[str, dict[str, str], tuple[float, float] | None]:
    """Return the id, the tags and the position of an Overpass element or a GeoJSON feature."""
    if element.get("type") == "Feature" or ("geometry" in element and "properties" in element):
        properties = element.get("properties") or {}
        nested = properties.get("tags")
        tags = nested if isinstance(nested, dict) else properties
        source_id = str(properties.get("@id") or element.get("id") or properties.get("id") or "")
        centre = centre_of(element.get("geometry"))
        position = sane_position(*centre) if centre else None
    else:
        tags = element.get("tags") or {}
        source_id = f"{element.get('type')}/{element['id']}" if element.get("id") else ""
        position = _element_position(element)
    texts = {
        key: str(value)
        for key, value in tags.items()
        if not key.startswith("@") and isinstance(value, str | int | float)
    }
    return source_id, texts, position


def _element_position(element: Mapping[str, Any]) -> tuple[float, float] | None:
    """Find a node's point, or the centre Overpass gave, or the middle of the bounds."""
    for holder in (element, element.get("center") or {}):
        if "lat" in holder and "lon" in holder:
            return sane_position(to_degrees(holder["lat"]), to_degrees(holder["lon"]))
    bounds = element.get("bounds")
    if isinstance(bounds, dict) and {"minlat", "maxlat", "minlon", "maxlon"} <= bounds.keys():
        return sane_position(
            (float(bounds["minlat"]) + float(bounds["maxlat"])) / 2,
            (float(bounds["minlon"]) + float(bounds["maxlon"])) / 2,
        )
    points = [p for p in element.get("geometry") or [] if isinstance(p, dict) and "lat" in p]
    if points:
        return sane_position(
            sum(float(p["lat"]) for p in points) / len(points),
            sum(float(p["lon"]) for p in points) / len(points),
        )
    return None


def _facts(
    tags: Mapping[str, str],
    name: str,
    category_key: str,
    position: tuple[float, float] | None,
    problems: ProblemList,
) -> Facts:
    number = problems.take("siret", clean_business_number(_first(tags, "ref:FR:SIRET")))
    siren = number.siren or clean_business_number(_first(tags, "ref:FR:SIREN")).value.siren
    postal_code = problems.take(
        "postal_code", clean_postal_code(_first(tags, "addr:postcode", "contact:postcode"))
    )
    phones = problems.take(
        "phone",
        clean_phones(
            _first(tags, "phone", "contact:phone", "contact:mobile", "mobile"),
            region=phone_region_of_postal_code(postal_code),
        ),
    )
    street = " ".join(
        part
        for part in (
            _first(tags, "addr:housenumber", "contact:housenumber"),
            _first(tags, "addr:street", "contact:street", "addr:place"),
        )
        if part
    )
    hours = _first(tags, "opening_hours")
    collecting = _first(tags, "opening_hours:pickup", "opening_hours:takeaway")
    return Facts(
        name=name,
        siret=number.siret,
        siren=siren,
        activity_code=normalise_naf(_first(tags, "ref:FR:NAF")),
        category_key=category_key,
        street=problems.take("street", clean_address_line(street or _first(tags, "addr:full"))),
        postal_code=postal_code,
        city=problems.take("city", plain_text(_first(tags, "addr:city", "contact:city"))),
        commune_code=_first(tags, *_COMMUNE_REFERENCES),
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        phone=phones.primary,
        other_phones=phones.others,
        email=problems.take("email", clean_email(_first(tags, "email", "contact:email"))),
        website=problems.take(
            "website",
            clean_website(
                _first(tags, "website", "contact:website", "url", "contact:facebook", "facebook")
            ),
        ),
        order_url=problems.take(
            "order_url", clean_website(_first(tags, "website:orders", "website:order"))
        ),
        description=problems.take("description", plain_text(_first(tags, "description"))),
        services=tuple(
            dict.fromkeys(
                service
                for tag, (service, values) in _SERVICES.items()
                if tags.get(tag, "") in values
            )
        ),
        labels=_labels(tags),
        hours=tuple(
            (purpose, text) for purpose, text in (("visit", hours), ("collect", collecting)) if text
        ),
        dated_on=_checked_on(tags),
    )


def _labels(tags: Mapping[str, str]) -> tuple[str, ...]:
    labels = []
    if tags.get("organic") == "only":
        labels.append("organic")
    if tags.get("shop") == "farm":
        labels.append("farm_shop")
    return tuple(labels)


def _checked_on(tags: Mapping[str, str]) -> date | None:
    text = _first(tags, "check_date", "survey:date", "check_date:opening_hours")
    try:
        return date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        return None


def _first(tags: Mapping[str, str], *keys: str) -> str:
    """Return the first tag that says something."""
    for key in keys:
        if value := tags.get(key, "").strip():
            return value
    return ""
