"""Pickup, delivery, parcels and shared points, settled by a merchant; many products at once."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import Cast
from tests.counter.test_shelf import at, client_of, said
from tests.factories import catalogue, logistics, stock

from chalandise.catalogue.models import Product
from chalandise.logistics.models import DeliveryZone, PickupPoint, PointService, ShippingRate

pytestmark = pytest.mark.django_db

PICKUP = {"slot_minutes": "30", "capacity": "4", "lead_minutes": "60", "horizon_days": "14"}


def test_pickup_is_opened_changed_paused_and_taken_up_again(cast: Cast):
    client, page = client_of(cast.claire), at("ways", cast.bakery)
    assert "Ouvrir le retrait" in said(client.get(page))
    refused = client.post(page, {**PICKUP, "do": "open", "capacity": "beaucoup"})
    assert refused.status_code == 422
    assert 'value="beaucoup"' in said(refused)
    client.post(page, {**PICKUP, "do": "open"})
    point = PickupPoint.objects.get(establishment=cast.bakery)
    assert (point.capacity, point.is_active) == (4, True)
    client.post(page, {**PICKUP, "do": "settings", "capacity": "6", "cutoff": "16:00"})
    client.post(page, {"do": "pause"})
    point.refresh_from_db()
    assert (point.capacity, point.is_active, str(point.cutoff)) == (6, False, "16:00:00")
    assert "En pause" in said(client.get(page))
    client.post(page, {"do": "resume"})
    point.refresh_from_db()
    assert (point.capacity, point.is_active) == (6, True)


def test_a_delivery_zone_with_its_rounds(cast: Cast):
    client, page = client_of(cast.claire), at("zone_new", cast.bakery)
    data = {
        "name": "Cahors",
        "kind": "communes",
        "communes": [cast.bakery.commune_id],
        "fee": "4,90",
        "free_from": "50",
        "lead_minutes": "120",
        "round-0-weekday": "1",
        "round-0-starts": "17:00",
        "round-0-ends": "",
        "round-0-capacity": "8",
    }
    refused = client.post(page, data)
    assert refused.status_code == 422
    assert "Il manque à une tournée" in said(refused)
    assert 'value="17:00"' in said(refused)
    data["round-0-ends"] = "19:00"
    assert client.post(page, data).status_code == 302
    zone = DeliveryZone.objects.get()
    assert zone.rate == {"kind": "free_from", "cents": 490, "from_cents": 5000}
    assert zone.windows.get().capacity == 8
    assert "gratuit dès" in said(client.get(at("ways", cast.bakery)))
    mine = at("zone", cast.bakery, zone.pk)
    assert 'value="17:00"' in said(client.get(mine))
    client.post(mine, {"do": "close"})
    zone.refresh_from_db()
    assert not zone.is_active


def test_parcels_cost_one_price_or_by_weight(cast: Cast):
    client, page = client_of(cast.claire), at("shipping_new", cast.bakery)
    assert client.post(page, {"name": "Colis"}).status_code == 422
    data = {"name": "Colis", "up_to_0": "1000", "costs_0": "5,90", "is_mainland_only": "on"}
    assert client.post(page, data).status_code == 302
    rate = ShippingRate.objects.get()
    assert rate.rate == {"kind": "weight", "steps": [[1000, 590]]}
    assert 'value="5,90"' in said(client.get(at("shipping", cast.bakery, rate.pk)))


def test_a_shared_point_is_joined_and_left(cast: Cast):
    point = logistics.pooled_point(cast.lot)
    client = client_of(cast.claire)
    assert "Mairie de Cahors" in said(client.get(at("ways", cast.bakery)))
    page = at("bringing", cast.bakery, point.pk)
    data = {"bring_by": "11:30", "weekdays": ["0", "2"], "lead_minutes": "60"}
    assert client.post(page, data).status_code == 302
    service = PointService.objects.get()
    assert (service.weekdays, service.is_active) == ([0, 2], True)
    client.post(page, {"do": "close"})
    service.refresh_from_db()
    assert not service.is_active


def test_ways_of_another_shop_are_not_there(cast: Cast):
    zone, rate = logistics.zone(cast.bookshop), logistics.parcel(cast.bookshop)
    client = client_of(cast.claire)
    assert client.get(at("zone", cast.bakery, zone.pk)).status_code == 404
    assert client.get(at("shipping", cast.bakery, rate.pk)).status_code == 404


def test_a_table_is_saved_whole_or_not_at_all(cast: Cast):
    bread = stock.counted(cast.bakery, "Baguette", on_hand=5, price_cents=110)
    cake = catalogue.offer(cast.bakery, "Flan", price_cents=300)
    client, page = client_of(cast.claire), at("table", cast.bakery)
    data = {
        f"price-{bread.pk}": "1,20",
        f"stock-{bread.pk}": "40",
        f"available-{bread.pk}": "on",
        f"price-{cake.pk}": "trois",
        f"stock-{cake.pk}": "",
    }
    refused = client.post(page, data)
    assert refused.status_code == 422
    assert 'value="trois"' in said(refused)
    assert 'value="1,20"' in said(refused)
    assert stock.level(bread) == (5, 0, 0)
    data[f"price-{cake.pk}"] = "3,20"
    assert client.post(page, data).status_code == 302
    bread.refresh_from_db()
    cake.refresh_from_db()
    assert stock.level(bread) == (40, 0, 0)
    assert (bread.price_cents, cake.price_cents, cake.is_available) == (120, 320, False)
    assert not cake.keeps_stock
    data[f"price-{cake.pk}"] = "3,20"
    assert "Rien n’avait changé" in said(client.post(page, data, follow=True))


def test_a_file_is_tried_then_brought(cast: Cast):
    catalogue.categories()
    client = client_of(cast.claire)
    text = "Nom;Prix TTC;Stock\nTourte;4,20;6\nMiche;gratuit;2\n"
    file = SimpleUploadedFile("caisse.csv", text.encode("cp1252"), "text/csv")
    page = client.post(at("import_file", cast.bakery), {"file": file}).headers["Location"]
    shown = said(client.get(page))
    assert "Ce qui se passerait" in shown
    assert "Tourte" in shown
    assert not Product.objects.exists()
    columns = {"column-0": "name", "column-1": "price", "column-2": "stock"}
    refused = client.post(page, {**columns, "do": "import"})
    assert refused.status_code == 422
    assert not Product.objects.exists()
    clash = client.post(page, {**columns, "column-2": "price", "do": "try"})
    assert "Deux colonnes" in said(clash)
    client.post(page, {**columns, "do": "import", "leave_out": "on"})
    made = Product.objects.get()
    assert stock.level(catalogue.offer_of(made)) == (6, 0, 0)
    assert client.get(page).status_code == 404  # the file is forgotten


def test_a_file_that_is_no_table_is_refused_in_words(cast: Cast):
    file = SimpleUploadedFile("photo.xlsx", b"PK\x03\x04rien", "application/zip")
    response = client_of(cast.claire).post(at("import_file", cast.bakery), {"file": file})
    assert response.status_code == 422
    assert "Excel" in said(response)


OUTLINE = "44.46, 1.40\n44.46, 1.48\n44.42, 1.48\n44.42, 1.40"
DRAWN = {"name": "Mon tour", "kind": "polygon", "fee": "3", "lead_minutes": "60"}


def test_a_zone_is_drawn_shown_back_and_redrawn(cast: Cast):
    client, page = client_of(cast.claire), at("zone_new", cast.bakery)
    shown = said(client.get(page))
    assert 'data-map="draw"' in shown
    assert "Coins du tracé" in shown
    assert client.post(page, {**DRAWN, "outline": OUTLINE}).status_code == 302
    zone = DeliveryZone.objects.get()
    assert zone.polygon["coordinates"][0][0] == [1.4, 44.46]
    assert len(zone.polygon["coordinates"][0]) == 5
    mine = at("zone", cast.bakery, zone.pk)
    again = said(client.get(mine))
    assert "44.460000, 1.480000" in again
    assert "<polygon points=" in again
    moved = OUTLINE.replace("44.46, 1.48", "44.48, 1.50")
    assert client.post(mine, {**DRAWN, "outline": moved}).status_code == 302
    zone.refresh_from_db()
    assert [1.5, 44.48] in zone.polygon["coordinates"][0]


def test_an_outline_comes_as_a_file_too(cast: Cast):
    client, page = client_of(cast.claire), at("zone_new", cast.bakery)
    ring = [[1.4, 44.46], [1.48, 44.46], [1.48, 44.42], [1.4, 44.46]]
    text = json.dumps(
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    )
    for content, words in (
        (b"\xff\xfe", "pas un GeoJSON"),
        (b'{"type":"Point"}', "pas un GeoJSON"),
        (b"x" * 70_000, "trop de coins"),
    ):
        file = SimpleUploadedFile("zone.geojson", content)
        refused = client.post(page, {**DRAWN, "outline": OUTLINE, "outline_file": file})
        assert refused.status_code == 422
        assert words in said(refused)
        assert "44.46, 1.48" in said(refused)  # nothing typed is lost
    file = SimpleUploadedFile("zone.geojson", text.encode())
    assert client.post(page, {**DRAWN, "outline_file": file}).status_code == 302
    assert DeliveryZone.objects.get().polygon["coordinates"] == [ring]


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        ("", "Dessinez d’abord"),
        ("Cahors, centre", "n’est pas une latitude et une longitude"),
        ("44.4, 1.4\n44.5, 1.5", "trois coins au moins"),
        ("44.4, 1.4\n44.5, 1.5\n44.5, 1.4\n44.4, 1.5", "se croise lui-même"),
        ("42, 1\n46, 1\n46, 5", "200 km"),
        ("44.40000, 1.4\n44.40001, 1.4\n44.40001, 1.40001", "presque rien"),
    ],
)
def test_an_outline_that_makes_no_sense_is_refused_in_words(cast: Cast, outline: str, words: str):
    refused = client_of(cast.claire).post(
        at("zone_new", cast.bakery), {**DRAWN, "outline": outline}
    )
    assert refused.status_code == 422
    assert words in said(refused)
    assert not DeliveryZone.objects.exists()


def test_going_from_one_kind_of_zone_to_another_keeps_what_was_drawn(cast: Cast):
    client, page = client_of(cast.claire), at("zone_new", cast.bakery)
    everything = {
        **DRAWN,
        "outline": OUTLINE,
        "radius_km": "7,5",
        "communes": [cast.bakery.commune_id],
    }
    assert client.post(page, everything).status_code == 302
    zone = DeliveryZone.objects.get()
    mine = at("zone", cast.bakery, zone.pk)
    for kind in ("radius", "communes", "polygon"):
        assert client.post(mine, {**everything, "kind": kind}).status_code == 302
        zone.refresh_from_db()
        assert zone.kind == kind
        assert (zone.radius_metres, zone.commune_keys) == (7500, [cast.bakery.commune_id])
        assert len(zone.polygon["coordinates"][0]) == 5
    # what is not chosen may be half written: it stops nobody
    half = {**everything, "kind": "radius", "outline": "44.4"}
    assert client.post(mine, half).status_code == 302


def _ring(*corners: object) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": [corners]}).encode()


HOSTILE = {
    "a number no float holds": b'{"type":"Polygon","coordinates":[[[1' + b"0" * 400 + b",44]]]}",
    "endless": b'{"type":"Polygon","coordinates":[[[Infinity,44],[NaN,2],[-1e999,4]]]}',
    "nested deeply": b'{"type":' + b"[" * 29_000,
    "no corner": _ring(),
    "one corner": _ring([1.4, 44.4]),
    "two corners": _ring([1.4, 44.4], [1.5, 44.5]),
    "words": _ring(["1.4", "44.4"], [None, {}], [[1], [2]]),
    "the long way round the earth": _ring([179.9, 44], [-179.9, 44], [-179.9, 44.1], [179.9, 44.1]),
    "six thousand corners": _ring(*[[1.4, 44.4]] * 6000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_outline_is_refused_and_never_kept_for_later(cast: Cast, content: bytes):
    client, page = client_of(cast.claire), at("zone_new", cast.bakery)
    file = SimpleUploadedFile("zone.geojson", content)
    assert client.post(page, {**DRAWN, "outline_file": file}).status_code == 422
    assert not DeliveryZone.objects.exists()
    data = {**DRAWN, "kind": "radius", "radius_km": "5"}
    file = SimpleUploadedFile("zone.geojson", content)
    assert client.post(page, {**data, "outline_file": file}).status_code == 302
    zone = DeliveryZone.objects.get()
    assert zone.polygon is None
    assert client.get(at("zone", cast.bakery, zone.pk)).status_code == 200
