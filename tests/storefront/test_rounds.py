"""A round through several shops, proposed before anything is chosen, and the ground of its picture."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.safestring import SafeString
from tests.cast import Cast
from tests.clock import moment
from tests.factories import directory, logistics, market, organisations, territories

from chalandise.directory.models import Establishment
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.plan import Pace, Plan, Spot, Stop, Visit, plan_pickups
from chalandise.logistics.values import OpenDay, Way
from chalandise.ordering.actions.checkout import say_who
from chalandise.ordering.models import Checkout, CheckoutPart
from chalandise.ordering.queries.checkouts import parts_of
from chalandise.storefront.buying import round_choices
from chalandise.storefront.buying.round_choices import rounds_of
from chalandise.storefront.buying.way_choices import MerchantChoice, WayChoice
from chalandise.storefront.round_map import Told, round_of
from chalandise.storefront.rounds import draw_round
from chalandise.territories.models import TerritoryContour

pytestmark = pytest.mark.django_db
GROUND = {
    "type": "Polygon",
    "coordinates": [[[1.3, 44.3], [1.6, 44.3], [1.6, 44.6], [1.3, 44.6], [1.3, 44.3]]],
}
SLOT = re.compile(r'<option value="([^"]+)" selected>')
WAY = re.compile(r'name="way-(\d+)" value="([^"]+)" checked')


@pytest.fixture(autouse=True)
def _morning(freeze: object) -> None:
    assert callable(freeze)
    freeze("2026-11-18 10:30")  # a Wednesday


def started(cast: Cast, *shops: market.Shop) -> Checkout:
    checkout = market.started(cast.lot, *((one.offers[0], 1) for one in shops))
    say_who(checkout, market.NADIA, at=market.NOW)
    return checkout


def how(checkout: Checkout) -> str:
    return reverse("storefront:checkout_how", args=[checkout.form_token])


def read(client: Client, checkout: Checkout) -> str:
    return unescape(client.get(how(checkout)).content.decode()).replace("\xa0", " ")


@pytest.fixture
def both(cast: Cast) -> list[market.Shop]:
    """The baker and a bookshop across the street."""
    near = directory.establishment(
        "Librairie du Pont",
        slug="librairie-du-pont",
        organisation=organisations.organisation(cast.idris),
        latitude=44.4490,
        longitude=1.4430,
    )
    return [market.shop(cast.bakery), market.shop(near)]


def test_a_round_is_proposed_with_its_times(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    page = read(client, started(cast, *both))
    assert "Tout en une tournée" in page
    assert "Tout retirer aujourd’hui" in page
    assert "Tout retirer samedi 21 novembre" in page
    listed = page.partition('class="rounds__one"')[2].partition("</ol>")[0]
    assert cast.bakery.name in listed
    assert "Librairie du Pont" in listed
    times = re.findall(r'<strong class="figures">([^<]+)</strong>', listed)
    assert times == sorted(times)
    assert len(set(times)) == 2


def test_one_press_fills_the_choices_and_holds_nothing(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    box = {"west": 1.3, "south": 44.3, "east": 1.6, "north": 44.6}
    TerritoryContour.objects.create(territory=territories.cahors(), geometry=GROUND, **box)
    checkout = started(cast, *both)
    note = f"note-{cast.bakery.pk}"
    response = client.post(how(checkout), {"round": "2026-11-21", note: "Bien cuit"})
    page = unescape(response.content.decode())
    assert response.status_code == 200
    assert "Choisi ci-dessous" in page
    assert ">Bien cuit</textarea>" in page
    slots, ways = SLOT.findall(page), WAY.findall(page)
    assert len(slots) == 2
    assert all(slot.startswith("2026-11-21T") for slot in slots)
    assert [key.partition(":")[0] for _shop, key in ways] == ["pickup", "pickup"]
    assert "drawing__inset" in page
    assert page.count('class="drawing__dot"') == 2
    assert not any(part.way_key for part in parts_of(checkout))
    said = {f"way-{shop}": key for shop, key in ways}
    said |= {f"slot-{shop}-{key}": slot for (shop, key), slot in zip(ways, slots, strict=True)}
    gone_on = client.post(how(checkout), said)
    assert gone_on["Location"] == reverse("storefront:checkout_pay", args=[checkout.form_token])
    assert {part.starts_at.date().day for part in parts_of(checkout) if part.starts_at} == {21}


def test_a_day_on_which_one_of_them_is_shut_is_passed_over(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    PickupPoint.objects.filter(pk=both[1].point.pk).update(hours="Fr 15:00-18:00")
    page = read(client, started(cast, *both))
    assert "Tout retirer vendredi 20 novembre, l’après-midi" in page
    assert page.count("rounds__one") == 1


def test_shops_that_are_never_open_on_the_same_day_promise_no_round(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    PickupPoint.objects.filter(pk=both[0].point.pk).update(hours="Th 09:00-12:00")
    PickupPoint.objects.filter(pk=both[1].point.pk).update(hours="Fr 09:00-12:00")
    page = read(client, started(cast, *both))
    assert "Tout en une tournée" not in page


def test_one_shop_needs_no_round_and_what_is_only_brought_is_left_out(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    assert "Tout en une tournée" not in read(client, started(cast, both[0]))
    PickupPoint.objects.filter(pk=both[1].point.pk).update(is_active=False)
    logistics.zone(both[1].establishment)
    assert "Tout en une tournée" not in read(client, started(cast, *both))


def test_a_day_that_was_not_proposed_fills_nothing(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    checkout = started(cast, *both)
    for day in ("2026-11-22", "demain", "'"):
        page = client.post(how(checkout), {"round": day}).content.decode()
        assert "Choisi ci-dessous" not in page
        assert "n’est plus proposée" in page
    assert not any(part.way_key for part in parts_of(checkout))


def test_a_round_whose_times_have_gone_meanwhile_says_so_and_keeps_what_was_written(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    checkout = started(cast, *both)
    assert "Tout retirer samedi 21 novembre" in read(client, checkout)
    PickupPoint.objects.filter(pk=both[1].point.pk).update(hours="Fr 15:00-18:00")
    note = f"note-{cast.bakery.pk}"
    answer = client.post(how(checkout), {"round": "2026-11-21", note: "Bien cuit"})
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Cette tournée n’est plus proposée" in page
    assert 'role="alert"' in page
    assert ">Bien cuit</textarea>" in page
    assert "n’est plus proposée" not in read(client, checkout)


def test_a_proposal_asks_the_database_nothing(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    counts = []
    for shops in (both[:1], both):
        address = how(started(cast, *shops))
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_slots_that_were_proposed_hold_the_visit(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    """A far shop is reached in the slot of the arrival, not of the setting off."""
    both[1].establishment.latitude = 44.9
    both[1].establishment.save(update_fields=["latitude"])
    page = unescape(
        client.post(how(started(cast, *both)), {"round": "2026-11-21"}).content.decode()
    )
    first, second = sorted(SLOT.findall(page))
    assert first < second


def test_visits_at_one_door_share_a_dot_and_the_scale_is_a_round_length(cast: Cast) -> None:
    spots = [Spot(44.4475, 1.4419), Spot(44.4475, 1.4419), Spot(44.4515, 1.4419)]
    visits = visits_at(*spots)
    drawn = draw_round(visits, [territories.cahors().pk])
    assert drawn is not None
    assert [one.label for one in drawn.dots] == ["1–2", "3"]
    pixels, said = drawn.bar
    north_to_south = drawn.dots[0].y - drawn.dots[1].y  # 445 metres
    assert said.split() == ["500", "m"]
    assert abs(pixels / north_to_south - 500 / 444.8) < 0.02
    assert draw_round(visits[:2], []) is None


def counter(
    number: int, windows: Mapping[int, tuple[str, str]], *, latitude: float = 44.45
) -> MerchantChoice:
    """A shop whose things can be collected on some days of November, once a day."""
    days = [
        OpenDay(dt.date(2026, 11, day), ((seconds(day, opens), seconds(day, closes)),))
        for day, (opens, closes) in windows.items()
    ]
    way = Way(
        key=f"pickup:{number}",
        kind="pickup",
        label="",
        address="",
        fee_cents=0,
        needs_slot=True,
        timezone="Europe/Paris",
        latitude=latitude,
        longitude=1.44,
    )
    shop = Establishment(pk=number, name=f"Boutique {number}")
    return MerchantChoice(CheckoutPart(), shop, [WayChoice(way, SafeString(), open_days=days)], [])


def at(day: int, time: str) -> dt.datetime:
    return moment(f"2026-11-{day} {time}")


def seconds(day: int, time: str) -> int:
    return int(at(day, time).timestamp())


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The days for which every order of visits was weighed."""
    days: list[int] = []

    def plan(stops: list[Stop], *, ready_at: dt.datetime, timezone: str, pace: Pace) -> Plan:
        days.append(stops[0].windows[0][0].day)
        return plan_pickups(stops, ready_at=ready_at, timezone=timezone, pace=pace)

    monkeypatch.setattr(round_choices, "plan_pickups", plan)
    return days


def test_where_no_day_fits_three_are_planned_and_the_saturday(planned: list[int]) -> None:
    """Of three shops any two can be visited within the same twelve minutes, all three cannot."""
    week = dict.fromkeys(range(18, 26), ("10:00", "10:12"))
    now = at(18, "08:00")
    assert rounds_of([counter(number, week) for number in range(3)], at=now) == []
    assert planned == [18, 19, 20, 21]
    late = {**week, 21: ("10:00", "12:00"), 23: ("10:00", "12:00")}
    found = rounds_of([counter(number, late) for number in range(3)], at=now)
    assert [one.on.day for one in found] == [21]


def test_a_day_that_two_shops_rule_out_is_not_planned_at_all(planned: list[int]) -> None:
    week = dict.fromkeys(range(18, 24), ("10:00", "10:15"))
    days = {**week, 24: ("10:00", "18:00")}
    far_apart = [counter(1, days), counter(2, days, latitude=44.9)]
    found = rounds_of(far_apart, at=at(18, "08:00"))
    assert [one.on.day for one in found] == planned == [24]


def visits_at(*spots: Spot | None) -> list[Visit]:
    """Visits whose times do not matter."""
    return [
        Visit(Stop(str(n), (), spot), market.NOW, market.NOW, market.NOW, 0, 0, None)
        for n, spot in enumerate(spots)
    ]


def test_the_script_is_told_places_names_and_times_and_no_more() -> None:
    """A place come to twice is one stop; one that nobody knows is left to the list."""
    square, mill = Spot(44.4475, 1.4419), Spot(44.451512349, 1.4419)
    names = ("Le Fournil", "Inconnue", "Le Moulin", "La Halle")
    told = [Told(f"{n} h 00", name, "rue du Pont") for n, name in enumerate(names, 9)]
    assert round_of(visits_at(square, None, mill, square), told) == {
        "stops": [
            {
                "at": (1.4419, 44.4475),
                "label": "1, 4",
                "visits": [
                    {"number": 1, "time": "9 h 00", "name": "Le Fournil", "where": "rue du Pont"},
                    {"number": 4, "time": "12 h 00", "name": "La Halle", "where": "rue du Pont"},
                ],
            },
            {
                "at": (1.4419, 44.451512),
                "label": "3",
                "visits": [
                    {"number": 3, "time": "11 h 00", "name": "Le Moulin", "where": "rue du Pont"}
                ],
            },
        ],
        "line": [(1.4419, 44.4475), (1.4419, 44.451512), (1.4419, 44.4475)],
    }


def test_a_dot_never_hides_another() -> None:
    """Two shops of one street stand side by side on a drawing that goes far."""
    drawn = draw_round(visits_at(Spot(44.4475, 1.4419), Spot(44.4510, 1.4450), Spot(44.9, 1.5)), [])
    assert drawn is not None
    first, second, _far = ((dot.x, dot.y) for dot in drawn.dots)
    assert math.dist(first, second) >= 68
    assert drawn.line == " ".join(f"{dot.x},{dot.y}" for dot in drawn.dots)


def test_what_a_merchant_is_called_stays_text_on_the_map(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    name = '</script><img src=x onerror="alert(1)">'
    Establishment.objects.filter(pk=both[1].establishment.pk).update(name=name)
    answer = client.post(how(started(cast, *both)), {"round": "2026-11-21"})
    page = answer.content.decode()
    assert "<img src=x" not in page
    data = page.partition('<script type="application/json">')[2].partition("</script>")[0]
    assert name in [one["visits"][0]["name"] for one in json.loads(data)["stops"]]


def test_the_map_asks_for_the_ground_that_everybody_sees(
    cast: Cast, client: Client, both: list[market.Shop]
) -> None:
    """No address that the map knows tells of the order: not its places, not its link."""
    page = client.post(how(started(cast, *both)), {"round": "2026-11-21"}).content.decode()
    map_tag = page.partition('<div class="map"')[2].partition(">")[0]
    asked = re.findall(r'data-(?:points|contours|outlines|tiles)="([^"]*)"', map_tag)
    assert asked == ["/api/v1/contours?kind=commune", "/api/v1/contours"]
