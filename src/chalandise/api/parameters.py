"""What a request may ask for: strict models, each documented once for code and for OpenAPI.

An unknown parameter is refused rather than ignored: a filter misspelt would otherwise answer with
everything (fault 48).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from math import isfinite, nan
from typing import Annotated, Any, Literal, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chalandise.api.problems import BAD_PARAMETERS, Fault, ProblemError
from chalandise.catalogue.prices import HIGHEST_PRICE_CENTS
from chalandise.catalogue.states import Allergen, ProductLabel
from chalandise.directory.states import Label, Service
from chalandise.discovery.criteria import (
    LARGEST_PAGE,
    LARGEST_RADIUS_KM,
    PAGE,
    Box,
    Point,
    Search,
    Sort,
)
from chalandise.discovery.names import standing_category
from chalandise.discovery.product_criteria import ProductSearch, ProductSort
from chalandise.portals.models import Portal
from chalandise.territories.states import Kind

Key = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9][a-zA-Z0-9-]*$")]


class Parameters(BaseModel):
    """Parameters of a request; nothing else is accepted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    portal: Key | None = Field(
        None, description="Slug of a portal at or below this host; the host's own when absent."
    )


class Criteria(Parameters):
    """What narrows a list or a map."""

    q: str = Field("", description="Words, in any spelling; what is longer than 120 is cut.")
    category: Key | None = Field(
        None,
        description="Key of a category; those below it included. What took the place of a retired "
        "one answers for it.",
    )
    territory: Key | None = Field(
        None, description="Key of a territory: commune-46042, epci-200023737, departement-46."
    )
    service: list[Service] = Field([], description="A service; repeat for several, all required.")
    label: list[Label] = Field([], description="A label; repeat for several, all required.")
    open: Literal["now"] | None = Field(None, description="Only what is open now.")
    open_at: datetime | None = Field(
        None, description="Only what is open then: an instant with its zone, at most 8 days ahead."
    )
    near: str | None = Field(
        None, description="Latitude and longitude, parted by a comma.", examples=["44.4475,1.4419"]
    )
    radius: float | None = Field(
        None, gt=0, le=LARGEST_RADIUS_KM, description="With “near”: how many kilometres around."
    )
    bbox: str | None = Field(
        None, description="West, south, east, north in degrees.", examples=["1.3,44.3,1.6,44.6"]
    )

    def search(self, portal: Portal, **more: Any) -> Search:
        """Return the question for the index, on one portal."""
        moment = self.open_at
        if self.open is not None and moment is None:
            moment = timezone.now()
        return Search.on(
            portal,
            words=self.q,
            category=standing_category(self.category or ""),
            territory=self.territory or "",
            services=tuple(sorted(set(self.service))),
            labels=tuple(sorted(set(self.label))),
            open_at=moment,
            near=_point(self.near) if self.near else None,
            radius_km=self.radius,
            bbox=_box(self.bbox) if self.bbox else None,
            **more,
        )


class ProductParameters(Parameters):
    """A page of products."""

    q: str = Field("", description="Words, in any spelling; what is longer than 120 is cut.")
    category: Key | None = Field(
        None, description="Key of a category of products; those below it included."
    )
    territory: Key | None = Field(None, description="Key of a territory where the shop stands.")
    shop: Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z0-9-]+$")] | None = Field(
        None, description="Slug of one establishment."
    )
    service: list[Service] = Field(
        [], description="A service of the shop; repeat for several, all required."
    )
    label: list[ProductLabel] = Field(
        [], description="A label of the product; repeat for several, all required."
    )
    free_of: list[Allergen] = Field(
        [], description="An allergen that the seller says is absent; repeat for several."
    )
    made_here: Annotated[bool, Field(description="Only what its seller makes.")] = False
    in_season: Annotated[bool, Field(description="Only what is in season this month.")] = False
    in_stock: Annotated[bool, Field(description="Only what can be had now.")] = False
    price_min: int | None = Field(
        None, ge=0, le=HIGHEST_PRICE_CENTS, description="From this price, in cents, tax included."
    )
    price_max: int | None = Field(
        None, ge=0, le=HIGHEST_PRICE_CENTS, description="Up to this price, in cents, tax included."
    )
    open: Literal["now"] | None = Field(None, description="Only of shops that are open now.")
    near: str | None = Field(
        None, description="Latitude and longitude, parted by a comma.", examples=["44.4475,1.4419"]
    )
    radius: float | None = Field(
        None, gt=0, le=LARGEST_RADIUS_KM, description="With “near”: how many kilometres around."
    )
    sort: ProductSort = Field(
        ProductSort.BEST,
        description="best: relevance with words, else nearness, else what can be had; newest; "
        "price: lowest first; nearest: with “near”.",
    )
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="How many results a page holds.")
    cursor: str = Field("", max_length=400, description="What “next” said on the page before.")
    facets: Annotated[bool, Field(description="Whether to count what would narrow the list.")] = (
        False
    )

    def search(self, portal: Portal, *, shop: int | None) -> ProductSearch:
        """Return the question for the index of products, on one portal."""
        return ProductSearch.on(
            portal,
            words=self.q,
            category=self.category or "",
            territory=self.territory or "",
            shop=shop,
            services=tuple(sorted(set(self.service))),
            labels=tuple(sorted(set(self.label))),
            free_of=tuple(sorted(set(self.free_of))),
            made_here=self.made_here,
            in_season=self.in_season,
            in_stock=self.in_stock,
            least_cents=self.price_min,
            most_cents=self.price_max,
            open_at=timezone.now() if self.open else None,
            near=_point(self.near) if self.near else None,
            radius_km=self.radius,
            order=self.sort,
            limit=self.limit,
            cursor=self.cursor,
        )


class ListParameters(Criteria):
    """A page of a list."""

    sort: Sort = Field(
        Sort.BEST, description="best: relevance with words, else nearness, else the ladder."
    )
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="How many results a page holds.")
    cursor: str = Field("", max_length=400, description="What “next” said on the page before.")
    facets: Annotated[bool, Field(description="Whether to count what would narrow the list.")] = (
        False
    )


class MapParameters(Criteria):
    """What a map shows."""

    bbox: str = Field(
        description="West, south, east, north in degrees.", examples=["1.3,44.3,1.6,44.6"]
    )
    zoom: int = Field(ge=0, le=22, description="Zoom of the map, for tiles of 512 pixels.")


class SuggestParameters(Parameters):
    """What somebody is typing."""

    q: str = Field(description="What was typed so far.")
    limit: int = Field(8, ge=1, le=20)


class TerritoryParameters(Parameters):
    """Territories of the portal."""

    kind: Kind | None = Field(None, description="Only the territories of this kind.")
    q: str = Field("", max_length=120, description="The beginning of a name.")
    limit: int = Field(LARGEST_PAGE, ge=1, le=1000)
    cursor: str = Field("", max_length=400)


class ContourParameters(Parameters):
    """Outlines to draw."""

    kind: Kind | None = Field(
        None, description="Outlines of this kind inside the portal; its own outline when absent."
    )


class PortalParameters(Parameters):
    """Nothing but the portal."""


Model = TypeVar("Model", bound=Parameters)


def read(model: type[Model], request: HttpRequest) -> Model:
    """Return the parameters of a request.

    Raises:
        ProblemError: one is unknown, given twice or out of bounds; all are told at once.
    """
    lists = _lists_of(model)
    given: dict[str, Any] = {}
    for name, values in request.GET.lists():
        if name in lists:
            given[name] = values
        elif len(values) > 1:
            raise ProblemError(BAD_PARAMETERS, faults=(Fault(name, "given more than once"),))
        else:
            given[name] = values[0]
    for name, value in given.items():
        if "\x00" in (value if isinstance(value, str) else "".join(value)):
            raise ProblemError(BAD_PARAMETERS, faults=(Fault(name, "no NUL character"),))
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = tuple(
            Fault(".".join(str(part) for part in one["loc"])[:60], str(one["msg"]))
            for one in error.errors(include_url=False, include_input=False)[:20]
        )
        raise ProblemError(BAD_PARAMETERS, faults=faults) from error


@cache
def _lists_of(model: type[Parameters]) -> frozenset[str]:
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if getattr(field.annotation, "__origin__", None) is list
    )


def described(model: type[Parameters]) -> dict[str, Any]:
    """Return the OpenAPI description of the parameters, from the model itself."""
    whole = model.model_json_schema()
    definitions = whole.get("$defs", {})
    parameters = []
    for name, schema in whole["properties"].items():
        plain = _inlined(schema, definitions)
        description = plain.pop("description", "")
        plain.pop("title", None)
        examples = plain.pop("examples", None)
        one: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": name in whole.get("required", ()),
            "schema": plain,
        }
        if description:
            one["description"] = description
        if examples:
            one["example"] = examples[0]
        if plain.get("type") == "array":
            one |= {"style": "form", "explode": True}
        parameters.append(one)
    return {"parameters": parameters}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Replace references by what they stand for; OpenAPI has no place for a model's own."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = _inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**target, **rest}
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _point(text: str) -> Point:
    latitude, longitude = _numbers("near", text, 2)
    return Point(latitude, longitude)


def _box(text: str) -> Box:
    west, south, east, north = _numbers("bbox", text, 4)
    # A map of the whole world shows a little more than the world.
    return Box(max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))


def _numbers(name: str, text: str, count: int) -> list[float]:
    parts = text[:200].split(",")
    if len(parts) == count:
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            numbers = [nan]
        if all(isfinite(number) for number in numbers):
            return numbers
    raise ProblemError(BAD_PARAMETERS, faults=(Fault(name, f"{count} numbers parted by commas"),))
