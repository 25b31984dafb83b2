"""The people of a pooled point: what they tick, what they hand over, and all they do not see."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.clock import PARIS, moment
from tests.factories import logistics
from tests.factories.fulfilment import MERCHANT, accepted, line_with
from tests.factories.points import brought

from chalandise.accounts.models import User
from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.passes import new_pass
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.events import from_payload
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.logistics.actions import dismiss_keeper, invite_keeper
from chalandise.logistics.models import PickupPoint, PointClosing, PointKeeper
from chalandise.messaging.models import Message
from chalandise.messaging.point_mails import invite_keeper as write_invitation
from chalandise.messaging.point_mails import tell_that_all_is_there, tell_that_it_is_not_there
from chalandise.messaging.preparing_mails import tell_about_preparing
from chalandise.messaging.slot_mails import tell_about_move, tell_who_is_booked
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.web import freshness

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-11-16 09:00")
WEDNESDAY = moment("2026-11-18 17:00")
DESK = Actor("agent", "1", "Hélène Standard")


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"counter:{name}", args=args)


@pytest.fixture
def hall(cast: Cast) -> PickupPoint:
    return logistics.pooled_point(cast.lot)


@pytest.fixture
def keeper(cast: Cast, hall: PickupPoint) -> Client:
    invite_keeper(hall, cast.nadia, by=DESK, at=MONDAY)
    return client_of(cast.nadia)


@pytest.fixture
def order(cast: Cast, hall: PickupPoint, freeze: Any) -> MerchantOrder:
    freeze("2026-11-16 09:00")
    part = brought(cast.lot, cast.bakery, hall, starts_at=WEDNESDAY, at=MONDAY)
    freeze("2026-11-18 12:00")
    return part


def tick(client: Client, point: PickupPoint, order: MerchantOrder, **data: str) -> Any:
    address = at("point_arrived", point.pk, order.pk)
    return client.post(address, {"key": str(uuid.uuid4()), "do": "all", **data})


def give(client: Client, point: PickupPoint, order: MerchantOrder, **data: str) -> Any:
    address = at("point_give", point.pk, order.pk)
    return client.post(address, {"key": str(uuid.uuid4()), "proof": "known", **data})


def said(client: Client, answer: Any) -> str:
    return client.get(answer["Location"].partition("#")[0]).content.decode()


def plain(text: str) -> str:
    """A text in small letters whose spaces may all be broken at."""
    return text.lower().replace("\u202f", " ").replace("\xa0", " ")


def deliver_the_post() -> None:
    readers: dict[str, list[Any]] = {
        "fulfilment.arrival_corrected": [tell_that_it_is_not_there],
        "fulfilment.moved": [tell_about_preparing, tell_that_all_is_there],
        "logistics.keeper_invited": [write_invitation],
        "logistics.point_shut": [tell_who_is_booked],
        "ordering.slot_moved": [tell_about_move],
    }
    for event in [*OutboxEvent.objects.order_by("pk")] * 2:
        for reader in readers.get(event.kind, []):
            reader(from_payload(event.kind, event.payload))


def test_somebody_is_invited_by_an_agent_for_one_point_only(cast: Cast, hall: PickupPoint) -> None:
    other = logistics.pooled_point(cast.lot, "Halle")
    desk = client_of(cast.helene)
    form = {"keeper-name": "Mairie, accueil", "keeper-email": "Accueil@mairie.test"}
    desk.post(reverse("console:invite_keeper", args=[hall.pk]), form)
    person = PointKeeper.objects.get().user
    deliver_the_post()
    message = Message.objects.get(template="keeper_invited")
    assert message.to == "accueil@mairie.test"
    assert at("point", hall.pk) in message.text
    client = client_of(person)
    assert client.get(at("shops"))["Location"] == at("point", hall.pk)
    assert client.get(at("point", hall.pk)).status_code == 200
    assert client.get(at("point", other.pk)).status_code == 404
    page = desk.get(reverse("console:point", args=[hall.pk])).content.decode()
    assert "accueil@mairie.test" in page
    keeper = PointKeeper.objects.get()
    desk.post(reverse("console:dismiss_keeper", args=[hall.pk, keeper.pk]))
    assert client.get(at("point", hall.pk)).status_code == 404
    verbs = Entry.objects.filter(verb__startswith="keeper_").order_by("pk")
    assert [(one.verb, one.actor_label) for one in verbs] == [
        ("keeper_invited", str(cast.helene)),
        ("keeper_dismissed", str(cast.helene)),
    ]


def test_nobody_is_invited_under_an_address_that_cannot_be_read(
    cast: Cast, hall: PickupPoint
) -> None:
    desk = client_of(cast.helene)
    form = {"keeper-name": "Mairie", "keeper-email": "pas une adresse"}
    answer = desk.post(reverse("console:invite_keeper", args=[hall.pk]), form, follow=True)
    assert "n’a été invité" in answer.content.decode()
    assert not PointKeeper.objects.exists()


def test_the_stranger_of_the_next_departement_invites_nobody_there(
    cast: Cast, hall: PickupPoint
) -> None:
    form = {"keeper-name": "Moi", "keeper-email": "odile@exemple.test"}
    answer = client_of(cast.odile).post(reverse("console:invite_keeper", args=[hall.pk]), form)
    assert answer.status_code == 404
    assert not PointKeeper.objects.exists()


def test_what_arrives_is_ticked_and_customer_and_merchant_are_told_once(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    mark_ready(order, bags=2, by=MERCHANT, at=MONDAY)
    page = keeper.get(at("point", hall.pk)).content.decode()
    assert "Au Pain de Chanvre" in page
    assert "Nadia Customer" in page
    assert "2 sacs" in page
    assert "Tourte" not in page
    assert "4,50" not in page
    half = tick(keeper, hall, order, do="one")
    assert "1 sur 2" in said(keeper, half)
    deliver_the_post()
    assert not Message.objects.filter(template="order_at_point").exists()
    tick(keeper, hall, order)
    deliver_the_post()
    customer = Message.objects.get(template="order_at_point")
    assert customer.to == "nadia@exemple.test"
    assert order.pickup_code in customer.text
    assert "Mairie de Cahors" in customer.subject
    merchant = Message.objects.get(template="order_at_point_for_shop")
    assert merchant.to == "claire@exemple.test"
    assert not Message.objects.filter(template="order_ready").exists()
    assert Fulfilment.objects.get().state == FulfilmentState.READY


def test_a_wrong_tick_is_corrected_and_who_was_told_is_told(
    hall: PickupPoint, keeper: Client, order: MerchantOrder, freeze: Any
) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    tick(keeper, hall, order)
    deliver_the_post()
    day = f"{at('point', hall.pk)}?jour=2026-11-18"
    page = keeper.get(day).content.decode()
    assert "Corriger" in page
    assert "<title>Ce qui arrive aujourd’hui · Mairie de Cahors" in page
    assert "prévenus" in said(keeper, tick(keeper, hall, order, do="correct"))
    assert "Corriger" not in keeper.get(day).content.decode()
    deliver_the_post()
    told = Message.objects.filter(template__startswith="order_not_at_point").order_by("template")
    assert [one.to for one in told] == ["nadia@exemple.test", "claire@exemple.test"]
    assert "trop tôt" in told[0].text
    freeze("2026-11-18 14:00")
    tick(keeper, hall, order)
    deliver_the_post()
    assert Message.objects.filter(template="order_at_point").count() == 2
    freeze("2026-11-19 15:00")
    assert "Corriger" not in keeper.get(day).content.decode()
    assert "plus d’un jour" in said(keeper, tick(keeper, hall, order, do="correct"))
    assert Fulfilment.objects.get().state == FulfilmentState.READY


def test_a_correction_before_anybody_was_told_is_told_to_nobody(
    hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    mark_ready(order, by=MERCHANT, at=MONDAY)
    tick(keeper, hall, order)
    tick(keeper, hall, order, do="correct")
    deliver_the_post()
    assert not Message.objects.filter(template__contains="at_point").exists()


def test_where_nobody_keeps_the_point_the_shop_corrects_what_it_brought(
    cast: Cast, order: MerchantOrder
) -> None:
    claire = client_of(cast.claire)
    page, do = (at(one, cast.bakery.slug, order.pk) for one in ("order", "order_do"))
    mark_ready(order, by=MERCHANT, at=MONDAY)
    claire.post(do, {"key": str(uuid.uuid4()), "do": "brought"})
    assert "ce n’est pas déposé" in claire.get(page).content.decode()
    claire.post(do, {"key": str(uuid.uuid4()), "do": "not_brought"})
    assert Fulfilment.objects.get().state == FulfilmentState.PACKED
    assert "ce n’est pas déposé" not in claire.get(page).content.decode()


def test_a_tick_sent_twice_counts_once(
    hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    mark_ready(order, bags=3, by=MERCHANT, at=MONDAY)
    key = str(uuid.uuid4())
    for _twice in range(2):
        tick(keeper, hall, order, do="one", key=key)
    assert Fulfilment.objects.get().bags_arrived == 1


def test_a_customer_collects_by_code_and_the_other_bags_come_along(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    book = brought(cast.lot, cast.bookshop, hall, starts_at=WEDNESDAY, at=MONDAY)
    MerchantOrder.objects.filter(pk=book.pk).update(order=order.order)
    for one in (order, book):
        note_arrival(one, by=DESK, at=timezone.now())
    found = keeper.post(at("point_hand_over", hall.pk), {"code": order.pickup_code.lower()})
    page = keeper.get(found["Location"]).content.decode()
    assert "Le code est bon" in page
    assert "Le Livre d’Olt" in page
    assert "Tourte" not in page
    answer = give(keeper, hall, order, proof="code", code=order.pickup_code)
    assert "remis" in said(keeper, answer)
    made = HandOver.objects.get()
    assert (made.by, made.proof, made.paid_cents) == (str(cast.nadia), Proof.CODE, 0)
    order.refresh_from_db()
    assert order.state == MerchantOrderState.COMPLETED
    assert "déjà" in keeper.get(at("point_order", hall.pk, order.pk)).content.decode()


def test_a_wrong_code_is_refused_and_two_with_the_same_ask_for_the_name(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    wrong = keeper.post(at("point_hand_over", hall.pk), {"code": "3333"})
    assert wrong.status_code == 422
    book = brought(cast.lot, cast.bookshop, hall, starts_at=WEDNESDAY, at=MONDAY)
    MerchantOrder.objects.filter(pk=book.pk).update(pickup_code=order.pickup_code)
    for one in (order, book):
        note_arrival(one, by=DESK, at=timezone.now())
    both = keeper.post(at("point_hand_over", hall.pk), {"code": order.pickup_code})
    assert "demandez le nom" in both.content.decode()
    answer = give(keeper, hall, order, proof="code", code="3333")
    assert "n’ouvre pas cette commande" in said(keeper, answer)
    assert not HandOver.objects.exists()


def test_a_pass_leads_to_the_point_of_its_keeper(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    note_arrival(order, by=DESK, at=timezone.now())
    scanned = at("pass", new_pass(order.pk, at=timezone.now()))
    found = keeper.get(scanned)
    assert found["Location"].startswith(at("point_order", hall.pk, order.pk))
    assert "Le code est bon" in keeper.get(found["Location"]).content.decode()
    assert client_of(cast.idris).get(scanned).status_code == 404
    elsewhere = accepted(cast.lot, cast.bakery)
    other = at("pass", new_pass(elsewhere.pk, at=timezone.now()))
    assert keeper.get(other).status_code == 404


def test_nothing_with_an_age_limit_leaves_the_point_unchecked(
    hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    line_with(order, "Vin de Cahors", is_alcohol=True)
    note_arrival(order, by=DESK, at=timezone.now())
    assert "18" in keeper.get(at("point_order", hall.pk, order.pk)).content.decode()
    assert "18 ans" in said(keeper, give(keeper, hall, order))
    assert not HandOver.objects.exists()
    give(keeper, hall, order, age="on")
    assert HandOver.objects.get().minimum_age == 18


def test_what_is_not_paid_stays_at_the_point(
    hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    MerchantOrder.objects.filter(pk=order.pk).update(pays=Pays.ON_COLLECTION, paid_at=None)
    note_arrival(order, by=DESK, at=timezone.now())
    page = keeper.get(at("point_order", hall.pk, order.pk)).content.decode()
    assert "seul son commerce encaisse" in page
    give(keeper, hall, order, means="cash")
    assert not HandOver.objects.exists()
    order.refresh_from_db()
    assert order.state == MerchantOrderState.ACCEPTED


def test_a_point_opens_nothing_of_its_merchants(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    shop = cast.bakery.slug
    for name in ("board", "home", "papers", "shelf", "hand_over", "ways"):
        assert keeper.get(at(name, shop)).status_code == 404
    for name in ("order", "order_hand_over", "picking_slip"):
        assert keeper.get(at(name, shop, order.pk)).status_code == 404
    own = accepted(cast.lot, cast.bakery)  # collected in the shop itself
    assert keeper.get(at("point_order", hall.pk, own.pk)).status_code == 404
    assert tick(keeper, hall, own).status_code == 404
    assert give(keeper, hall, own).status_code == 404
    dismiss_keeper(PointKeeper.objects.get(), by=DESK, at=MONDAY)
    assert tick(keeper, hall, order).status_code == 404
    assert Fulfilment.objects.get(merchant_order=order).state == FulfilmentState.PREPARING


def test_without_people_at_the_point_the_merchant_says_that_it_is_there(
    cast: Cast, hall: PickupPoint, order: MerchantOrder
) -> None:
    claire = client_of(cast.claire)
    mark_ready(order, by=MERCHANT, at=MONDAY)
    page = claire.get(at("order", cast.bakery.slug, order.pk)).content.decode()
    assert "C’est déposé" in page
    address = at("order_do", cast.bakery.slug, order.pk)
    invite_keeper(hall, cast.nadia, by=DESK, at=MONDAY)
    answer = claire.post(address, {"key": str(uuid.uuid4()), "do": "brought"})
    assert "personnes du point" in said(claire, answer)
    dismiss_keeper(PointKeeper.objects.get(), by=DESK, at=MONDAY)
    claire.post(address, {"key": str(uuid.uuid4()), "do": "brought"})
    assert Fulfilment.objects.get().state == FulfilmentState.READY


def test_a_closing_tells_who_is_booked_and_the_link_moves_them(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder, freeze: Any
) -> None:
    freeze("2026-11-16 10:00")
    form = {"starts_on": "2026-11-18", "half": "afternoon", "reason": "Vœux du maire"}
    answer = keeper.post(at("point_closings", hall.pk), form)
    page = said(keeper, answer)
    assert "1 client est prévenu" in page
    assert "Nadia Customer" in page
    assert "mercredi 18 novembre, à partir de 13" in plain(page)
    deliver_the_post()
    letter = Message.objects.get(template="point_shut")
    assert letter.to == "nadia@exemple.test"
    assert "Vœux du maire" in letter.text
    link = reverse("storefront:move_slot", args=[order.order.token, order.pk])
    assert link in letter.text
    customer = Client(SERVER_NAME="localhost")
    choices = customer.get(link).content.decode()
    assert "jeudi 19 novembre" in plain(choices)
    assert "2026-11-18T16" not in choices  # the closed afternoon is not among them
    thursday = moment("2026-11-19 16:30")
    moved = customer.post(link, {"slot": thursday.astimezone(PARIS).isoformat()})
    assert moved["Location"] == reverse("storefront:order", args=[order.order.token])
    order.refresh_from_db()
    assert (order.starts_at, order.slot_moves) == (thursday, 1)
    shown = keeper.get(at("point_closings", hall.pk)).content.decode()
    assert "Nadia Customer" not in shown
    deliver_the_post()
    told = Message.objects.get(template="slot_moved")
    assert "jeudi 19 novembre" in plain(told.text)
    assert Message.objects.get(template="slot_moved_for_shop").to == "claire@exemple.test"
    assert Message.objects.filter(template="point_shut").count() == 1
    # A closing announced at the very moment of the move, whose readers saw the former time.
    at_once = {"starts_at": thursday, "ends_at": thursday + timedelta(hours=1)}
    unheard = PointClosing.objects.create(point=hall, announced_at=thursday, **at_once)
    deliver_the_post()
    unheard.delete()
    assert Message.objects.filter(template="point_shut").count() == 2
    calendar = customer.get(
        reverse("storefront:tour_calendar", args=[order.order.token])
    ).content.decode()
    assert f"UID:{order.holder}@chalandise" in calendar
    assert "SEQUENCE:1" in calendar
    reopen = at("point_reopen", hall.pk, PointClosing.objects.get().pk)
    assert "finalement" in said(keeper, keeper.post(reopen))
    assert not PointClosing.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"starts_on": ""},
        {"starts_on": "2026-11-20", "ends_on": "2026-11-19"},
        {"starts_on": "2026-11-19", "ends_on": "2026-11-20", "half": "morning"},
        {"starts_on": "2026-11-01"},
    ],
    ids=str,
)
def test_a_closing_that_cannot_be_read_comes_back(
    hall: PickupPoint, keeper: Client, freeze: Any, form: dict[str, str]
) -> None:
    freeze("2026-11-16 10:00")
    answer = keeper.post(at("point_closings", hall.pk), form)
    assert answer.status_code == 422
    assert not PointClosing.objects.exists()


def test_an_agent_announces_a_closing_and_takes_it_back(
    cast: Cast, hall: PickupPoint, order: MerchantOrder, freeze: Any
) -> None:
    freeze("2026-11-16 10:00")
    desk = client_of(cast.helene)
    address = reverse("console:point_closings", args=[hall.pk])
    desk.post(address, {"starts_on": "2026-11-18", "half": "day"})
    page = desk.get(address).content.decode()
    assert "Nadia Customer" in page
    desk.post(address, {"reopen": str(PointClosing.objects.get().pk)})
    assert not PointClosing.objects.exists()


def test_the_merchant_moves_a_slot_and_the_customer_is_told_once(
    cast: Cast, hall: PickupPoint, order: MerchantOrder, freeze: Any
) -> None:
    freeze("2026-11-16 10:00")
    claire = client_of(cast.claire)
    address = at("order_move", cast.bakery.slug, order.pk)
    assert "jeudi 19 novembre" in plain(claire.get(address).content.decode())
    thursday = moment("2026-11-19 16:30").astimezone(PARIS).isoformat()
    key = str(uuid.uuid4())
    assert "Déplacé" in said(claire, claire.post(address, {"key": key, "slot": thursday}))
    deliver_the_post()
    assert Message.objects.filter(template="slot_moved").count() == 1
    assert not Message.objects.filter(template="slot_moved_for_shop").exists()
    wrong = claire.post(address, {"key": str(uuid.uuid4()), "slot": "2026-11-19T03:00:00+01:00"})
    assert wrong.status_code == 422
    stranger = client_of(cast.idris)
    assert stranger.get(address).status_code == 404


def test_a_link_of_another_order_moves_nothing(
    cast: Cast, hall: PickupPoint, order: MerchantOrder
) -> None:
    other = accepted(cast.lot, cast.bakery)
    link = reverse("storefront:move_slot", args=[other.order.token, order.pk])
    assert Client(SERVER_NAME="localhost").get(link).status_code == 404


def test_the_page_of_a_day_costs_the_same_for_few_and_for_many(
    cast: Cast, hall: PickupPoint, keeper: Client, order: MerchantOrder
) -> None:
    def cost() -> int:
        freshness.forget()
        with CaptureQueriesContext(connection) as captured:
            assert keeper.get(at("point", hall.pk)).status_code == 200
        return len(captured)

    cost()
    few = cost()
    for shop in (cast.bakery, cast.bookshop, cast.bookshop):
        brought(cast.lot, shop, hall, starts_at=WEDNESDAY, at=MONDAY)
    assert cost() == few
