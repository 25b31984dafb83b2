"""What the API answers: the shapes that `openapi.json` describes.

The views build these shapes from plain rows without passing through the models, which would cost
more than the search; a contract test reads their answers back through them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field


class Strict(Schema):
    """A shape without anything undeclared."""

    model_config = ConfigDict(extra="forbid")


class CategoryRef(Strict):
    """A category, named."""

    key: str
    name: str


class Address(Strict):
    """Where a place stands."""

    street: str
    complement: str
    postal_code: str
    commune: str
    commune_key: str


class Position(Strict):
    """Degrees; approximate when it is the centre of the commune."""

    latitude: float
    longitude: float
    is_approximate: bool


class Establishment(Strict):
    """One place where an organisation works, as lists show it."""

    id: UUID
    slug: str
    name: str
    url: str
    category: CategoryRef
    address: Address
    position: Position | None
    phone: str
    website: str
    order_url: str
    services: list[str]
    labels: list[str]
    level: int
    opening_hours: str = Field(description="OpenStreetMap syntax, in the place's own time zone.")
    timezone: str
    distance_m: int | None = None
    licences: list[str] = Field(description="Licences of the sources, ODbL-1.0 among them.")


class Closing(Strict):
    """Days on which a place exceptionally stays closed, both included."""

    starts_on: date
    ends_on: date
    reason: str


class Picture(Strict):
    """A photograph."""

    url: str
    alternative_text: str
    width: int
    height: int


class Source(Strict):
    """Where some fields come from: attribution is owed source by source."""

    source: str
    kind: str
    licence: str
    dated_on: date | None
    verified_at: datetime | None
    fields: list[str]


class OpenStatus(Strict):
    """Whether a place is open at the moment of the answer."""

    is_open: bool
    is_unknown: bool
    closes_at: datetime | None
    opens_at: datetime | None


class EstablishmentDetail(Establishment):
    """One establishment, whole."""

    siret: str | None
    description: str = Field(description="Sanitised HTML.")
    hours: dict[str, str] = Field(description="By purpose: visit, collect, deliver.")
    closings: list[Closing]
    status: OpenStatus | None
    pictures: list[Picture]
    hours_verified_at: datetime | None
    updated_at: datetime
    provenance: list[Source]


class FacetCount(Strict):
    """A value that would narrow the list."""

    key: str
    name: str
    count: int


class FacetCounts(Strict):
    """Values that would narrow the list."""

    categories: list[FacetCount]
    communes: list[FacetCount]
    services: list[FacetCount]
    labels: list[FacetCount]


class EstablishmentList(Strict):
    """A page of establishments.

    ``is_corrected``: a close spelling was taken. ``is_relaxed``: some words may be missing.
    ``is_degraded``: the index is away, only names were looked up.
    """

    count: int
    items: list[Establishment]
    next: str | None
    is_corrected: bool = False
    is_relaxed: bool = False
    is_degraded: bool = False
    facets: FacetCounts | None = None


class ShopRef(Strict):
    """Who sells a product, and where."""

    id: UUID
    slug: str
    name: str
    url: str
    commune: str
    commune_key: str


class Product(Strict):
    """A product as lists show it, at its lowest price."""

    id: UUID
    slug: str
    name: str
    url: str
    category: CategoryRef
    shop: ShopRef
    price_cents: int = Field(description="Charged now, tax included; of the cheapest form.")
    reference_price_cents: int | None = Field(
        description="Lowest of the thirty days before the reduction; null without one."
    )
    unit_price_cents: int | None
    unit_price_unit: str
    has_several_prices: bool
    is_orderable: bool
    is_made_here: bool
    labels: list[str]
    allergens: list[str] | None = Field(description="Null while the seller has not said.")
    picture: str | None
    published_at: datetime | None
    distance_m: int | None = None


class ProductFacetCounts(FacetCounts):
    """Values that would narrow a list of products."""

    traits: list[FacetCount]
    free_of: list[FacetCount]


class ProductList(Strict):
    """A page of products; the flags mean what they mean for establishments."""

    count: int
    items: list[Product]
    next: str | None
    is_corrected: bool = False
    is_relaxed: bool = False
    is_degraded: bool = False
    facets: ProductFacetCounts | None = None


class Category(Strict):
    """A category of the portal and how many establishments it holds."""

    key: str
    name: str
    plural: str
    parent: str | None
    icon: str
    tint: str
    count: int


class CategoryList(Strict):
    """Every category."""

    count: int
    items: list[Category]
    next: None = None


class Territory(Strict):
    """A territory of the portal."""

    key: str
    kind: str
    code: str
    name: str
    slug: str
    postal_codes: list[str]
    population: int | None
    latitude: float | None
    longitude: float | None
    parents: list[str]


class TerritoryList(Strict):
    """A page of territories, sorted by name."""

    count: int
    items: list[Territory]
    next: str | None


class Suggestion(Strict):
    """A trade, a commune or an establishment that begins like what was typed."""

    kind: Literal["category", "commune", "establishment"]
    key: str
    label: str
    detail: str
    count: int


class SuggestionList(Strict):
    """Suggestions, best first."""

    count: int
    items: list[Suggestion]
    next: None = None


class GeoPoint(Strict):
    """Longitude, then latitude."""

    type: Literal["Point"]
    coordinates: Annotated[list[float], Field(min_length=2, max_length=2)]


class Cluster(Strict):
    """Establishments too close together to show apart."""

    cluster: Literal[True]
    point_count: int


class Spot(Strict):
    """One establishment."""

    id: UUID
    slug: str
    name: str
    category: str
    category_name: str
    icon: str
    place: str


class MapFeature(Strict):
    """A cluster or an establishment."""

    type: Literal["Feature"]
    geometry: GeoPoint
    properties: Cluster | Spot


class MapCollection(Strict):
    """GeoJSON (RFC 7946); ``count`` adds up clusters and points."""

    type: Literal["FeatureCollection"]
    features: list[MapFeature]
    count: int
    is_degraded: bool = False


class ContourCollection(Strict):
    """GeoJSON (RFC 7946) of outlines, with whom to credit."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]
    attribution: str


class Fault(Strict):
    """What is wrong with one parameter."""

    name: str
    reason: str


class Problem(Strict):
    """RFC 9457; ``code`` is stable."""

    type: str
    code: str
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = None
