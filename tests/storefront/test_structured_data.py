"""What search engines read, held against the schemas of schema.org."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tests.cast import Cast
from tests.factories import catalogue, directory
from tests.shared_data import SHARED, shared_data

from chalandise.catalogue.models import Variant
from chalandise.stock.actions import keep_stock
from chalandise.storefront.finding import structured

SCHEMAS = "standards/schemaorg"


def blocks_of(client: Client, address: str) -> list[dict[str, Any]]:
    page = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(one) for one in found]


def validate(data: dict[str, Any], name: str) -> None:
    """Hold ``data`` against one schema; the kinds that the folder lacks accept anything but a list."""

    def retrieve(uri: str) -> Resource[Any]:
        path = SHARED / SCHEMAS / f"{uri.removeprefix('schema:')}.schema.json"
        content = json.loads(path.read_text()) if path.exists() else {"not": {"type": "array"}}
        return Resource.from_contents(content, default_specification=DRAFT202012)

    schema = json.loads((SHARED / SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema, registry=Registry(retrieve=retrieve)).validate(data)


@shared_data(SCHEMAS)
def test_a_bakery_is_described_as_schema_org_wants(cast: Cast, client: Client, freeze) -> None:
    freeze("2026-11-18 10:30")
    cast.bakery.website = "https://exemple.test/"
    cast.bakery.save()
    business, way = blocks_of(client, "/commerces/au-pain-de-chanvre-cahors/")
    hours = business.pop("openingHoursSpecification")
    validate(business, "Bakery")
    validate(business, "LocalBusiness")
    validate(business["address"], "PostalAddress")
    validate(business["geo"], "GeoCoordinates")
    for one in hours:
        validate(one, "OpeningHoursSpecification")
    validate(way, "BreadcrumbList")


def test_the_week_of_the_bakery_is_told_day_by_day(cast: Cast, client: Client, freeze) -> None:
    freeze("2026-11-18 10:30")
    business, _way = blocks_of(client, "/commerces/au-pain-de-chanvre-cahors/")
    assert business["@type"] == "Bakery"
    assert business["url"] == "http://localhost:8000/commerces/au-pain-de-chanvre-cahors/"
    assert business["telephone"] == "+33565000001"
    assert "email" not in business
    days = [one["dayOfWeek"].rsplit("/", 1)[1] for one in business["openingHoursSpecification"]]
    assert days == [
        *("Tuesday", "Tuesday", "Wednesday", "Wednesday", "Thursday", "Thursday"),
        *("Friday", "Friday", "Saturday", "Saturday", "Sunday"),
    ]
    assert business["openingHoursSpecification"][0]["opens"] == "08:00"


@shared_data(SCHEMAS)
def test_collecting_and_delivering_have_hours_of_their_own(
    cast: Cast, client: Client, freeze
) -> None:
    cast.bakery.hours.create(purpose="collect", value="Tu 10:00-12:00")
    freeze("2026-11-18 10:30")
    business, _way = blocks_of(client, "/commerces/au-pain-de-chanvre-cahors/")
    assert len(business.pop("openingHoursSpecification")) == 11  # the visiting hours, as they were
    (offer,) = business["makesOffer"]
    service = offer["itemOffered"]
    assert (service["@type"], service["serviceType"]) == ("Service", "Retrait des commandes")
    (tuesday,) = service["hoursAvailable"]
    validate(tuesday, "OpeningHoursSpecification")
    assert (tuesday["dayOfWeek"], tuesday["opens"], tuesday["closes"]) == (
        "https://schema.org/Tuesday", "10:00", "12:00",
    )  # fmt: skip
    validate(offer, "Offer")
    validate(business, "LocalBusiness")


def test_a_holiday_this_week_does_not_become_a_habit(cast: Cast, client: Client, freeze) -> None:
    cast.bakery.hours.update(value="Mo-Fr 09:00-12:00; PH off")
    freeze("2026-11-11 10:30")  # the armistice, a Wednesday
    business, _way = blocks_of(client, "/commerces/au-pain-de-chanvre-cahors/")
    days = [one["dayOfWeek"].rsplit("/", 1)[1] for one in business["openingHoursSpecification"]]
    assert days == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


@pytest.mark.parametrize(
    ("key", "kind"),
    [("librairie", "BookStore"), ("coiffeur", "HairSalon"), ("inconnue", "LocalBusiness")],
)
def test_the_type_is_the_most_precise_that_certainly_fits(cast: Cast, key: str, kind: str) -> None:
    shop = directory.establishment(category=directory.category(key, key))
    assert structured.type_of(shop) == kind


def test_a_leaf_takes_the_type_of_its_branch(cast: Cast) -> None:
    branch = directory.category("mode", "Mode")
    leaf = directory.category("mercerie-tissus", "Mercerie", parent=branch)
    assert structured.type_of(directory.establishment(category=leaf)) == "ClothingStore"


def test_a_position_that_is_only_the_communes_is_not_given_as_the_shops(
    cast: Cast, client: Client
) -> None:
    directory.establishment("Quelque part", slug="quelque-part", is_located_by_commune=True)
    business, _way = blocks_of(client, "/commerces/quelque-part/")
    assert "geo" not in business


@shared_data(SCHEMAS)
def test_a_product_and_its_offers_are_described_as_schema_org_wants(
    cast: Cast, client: Client
) -> None:
    made = catalogue.product(
        cast.bakery,
        "Tourte",
        price_cents=450,
        description="<p>Au levain.</p>",
        labels=["second_hand"],
    )
    Variant.objects.filter(product=made).update(gtin="3017620422003")
    catalogue.variant(made, "Grande", price_cents=1205)
    product, way = blocks_of(client, f"/produits/{made.slug}/")
    validate(product, "Product")
    small, large = product["offers"]
    for one in (small, large):
        validate(one, "Offer")
        assert one["itemCondition"] == "https://schema.org/UsedCondition"
        assert one["seller"]["name"] == "Au Pain de Chanvre"
        assert (
            "availableDeliveryMethod" not in one
        )  # what a shop offers depends on the day and place
    assert (small["price"], large["price"], large["name"]) == ("4.50", "12.05", "Grande")
    assert (product["gtin"], product["description"]) == ("3017620422003", "Au levain.")
    assert way["itemListElement"][-1]["name"] == "Tourte"


def test_what_nobody_can_order_is_not_said_to_be_in_stock(cast: Cast, client: Client) -> None:
    made = catalogue.product(cast.bakery, "Tourte")
    keep_stock(catalogue.offer_of(made), 0, by=catalogue.BY, at=catalogue.SINCE)
    product, _way = blocks_of(client, f"/produits/{made.slug}/")
    assert product["offers"][0]["availability"] in (
        "https://schema.org/OutOfStock",
        "https://schema.org/InStoreOnly",
    )
