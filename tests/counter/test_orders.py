"""Orders at the counter as plain forms: read, pressed, refused, printed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, market, stock
from tests.factories.fulfilment import MERCHANT, accepted, line_with, placed

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.fulfilment.models import Fulfilment, HandOver, Question
from chalandise.fulfilment.passes import new_pass
from chalandise.journal.models import Entry
from chalandise.ordering.models import LineChange, MerchantOrder, Order, ReservationRequest
from chalandise.ordering.states import MerchantOrderState, OrderSource, Pays
from chalandise.web import freshness

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, shop: Establishment, *more: object) -> str:
    return reverse(f"counter:{name}", args=[shop.slug, *more])


@pytest.fixture
def claire(cast: Cast) -> Client:
    return client_of(cast.claire)


def press(client: Client, order: MerchantOrder, do: str, *, tap: str = "", **data: Any) -> Any:
    """Press a button; `tap` says how a telephone asks."""
    headers = {"X-Tap": tap} if tap else {}
    address = at("order_do", order.establishment, order.pk)
    return client.post(address, {"key": str(uuid.uuid4()), "do": do, **data}, headers=headers)


def said(client: Client, answer: Any) -> str:
    return client.get(answer["Location"]).content.decode()


def test_an_order_is_accepted_readied_and_given_by_its_code(cast: Cast, claire: Client) -> None:
    order = placed(cast.lot, cast.bakery)
    assert "Nadia Customer" in claire.get(at("board", cast.bakery)).content.decode()
    assert "Nadia Customer" in claire.get(at("home", cast.bakery)).content.decode()
    press(claire, order, "accept")
    press(claire, order, "ready", place="Frigo")
    order.refresh_from_db()
    found = claire.post(at("hand_over", cast.bakery), {"code": f" {order.pickup_code.lower()}"})
    page = said(claire, found)
    assert "Le code est bon" in page
    assert "Frigo" in page
    wrong = press(claire, order, "hand_over", proof="code", code="3333")
    assert "n’ouvre pas cette commande" in said(claire, wrong)
    assert "remis" in said(claire, press(claire, order, "hand_over", proof="known"))
    assert HandOver.objects.get().by == str(cast.claire)


def test_a_code_that_was_used_says_to_whom_and_when(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-21 10:40")
    order = accepted(cast.lot, cast.bakery)
    press(claire, order, "ready")
    press(claire, order, "hand_over", proof="known")
    answer = claire.post(at("hand_over", cast.bakery), {"code": order.pickup_code})
    assert answer.status_code == 422
    page = answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert "Ce code a déjà servi : le paquet de Nadia Customer a été remis samedi 21" in page
    assert "10 h 40" in page
    assert "Aucun paquet" not in page
    freeze("2026-12-20 10:40")
    answer = claire.post(at("hand_over", cast.bakery), {"code": order.pickup_code})
    assert "Nadia Customer" not in answer.content.decode()  # long ago: a slip
    assert "Aucun paquet" in answer.content.decode()


def test_a_code_that_opens_nothing_says_so(cast: Cast, claire: Client) -> None:
    answer = claire.post(at("hand_over", cast.bakery), {"code": "3333"})
    assert answer.status_code == 422
    assert "Aucun" in answer.content.decode()


def test_the_same_press_acts_once(cast: Cast, claire: Client) -> None:
    order, key = accepted(cast.lot, cast.bakery), str(uuid.uuid4())
    line = order.lines.get(position=1)
    for _again in range(3):
        answer = press(claire, order, "missing", key=key, line=line.pk, quantity=1)
    assert "déjà fait" in said(claire, answer)
    assert LineChange.objects.count() == 1


def test_what_was_paid_and_not_collected_is_listed_and_decided(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    now = freeze("2026-11-23 09:00")
    order = accepted(cast.lot, cast.bakery, starts_at=moment("2026-11-20 16:00"))
    MerchantOrder.objects.update(ends_at=moment("2026-11-20 16:30"))
    mark_ready(order, by=MERCHANT, at=moment("2026-11-20 15:00"))
    for one in ("todo", "ready"):
        board = claire.get(at("board", cast.bakery), {"list": one}).content.decode()
        assert "La garder, ou y renoncer" in board
        assert ("1 commande payée n’a pas été retirée" in board) == (one == "todo")
    assert "En attente depuis vendredi 20" in board
    page = claire.get(at("order", cast.bakery, order.pk)).content.decode()
    assert "Peut-on encore vendre" in page
    assert "Non retirée" in page
    press(claire, order, "keep", days=3)
    later = claire.get(at("board", cast.bakery)).content.decode()
    assert "commande payée" not in later
    early = said(claire, press(claire, order, "let_go", goods="sellable"))
    assert "gardée encore un peu" in early
    Fulfilment.objects.update(kept_until=now)
    assert "comptés comme perdus" in said(claire, press(claire, order, "let_go", goods="lost"))
    assert MerchantOrder.objects.get().state == MerchantOrderState.UNCOLLECTED


def test_who_brings_a_part_of_a_basket_is_not_asked_to_give_it_up(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    basket, part = accepted(cast.lot, cast.bookshop), accepted(cast.lot, cast.bakery)
    MerchantOrder.objects.filter(pk=part.pk).update(gathered_by=basket)
    for one in (basket, part):
        mark_ready(one, by=MERCHANT, at=moment("2026-11-20 15:00"))
    freeze("2026-11-29 09:00")
    assert "commande payée" not in claire.get(at("board", cast.bakery)).content.decode()
    assert "pas-venu" not in claire.get(at("order", cast.bakery, part.pk)).content.decode()
    idris = client_of(cast.idris)
    assert "commande payée" in idris.get(at("board", cast.bookshop)).content.decode()
    assert "pas-venu" in idris.get(at("order", cast.bookshop, basket.pk)).content.decode()
    assert "pas de cette façon" in said(claire, press(claire, part, "let_go", goods="lost"))
    assert set(MerchantOrder.objects.values_list("state", flat=True)) == {"accepted"}


def test_a_press_of_a_page_that_did_not_ask_loses_nothing_that_keeps(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-20 09:00")
    keeps, perishes = market.shop(cast.bakery).offers[:2]
    Product.objects.filter(pk=keeps.variant.product_id).update(
        is_perishable=False, withdrawal_exception=""
    )
    order = market.part_of(market.ordered(cast.lot, (keeps, 2), (perishes, 1)), cast.bakery)
    accept(order, by=MERCHANT, at=market.NOW)
    mark_ready(order, by=MERCHANT, at=market.NOW)
    kept = press(claire, order, "let_go", tap="kept", tapped_at="2026-11-20T08:00:00Z").json()
    assert kept["state"] == "done"
    assert "ce qui se garde revient en rayon" in kept["text"]
    assert "périssable ou coupé au poids" in kept["text"]
    assert stock.level(keeps) == (10, 0, 0)
    assert stock.level(perishes) == (9, 0, 0)


def test_what_the_product_says_perishes_is_proposed_as_lost(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    """Whether something keeps has one meaning: the one by which it is let go and put back."""
    freeze("2026-11-23 09:00")  # its time is over
    bread = market.shop(cast.bakery)
    product = Product.objects.filter(pk=bread.offers[0].variant.product_id)
    product.update(is_perishable=True, withdrawal_exception="")
    part = market.part_of(market.ordered(cast.lot, (bread.offers[0], 1)), cast.bakery)
    accept(part, by=MERCHANT, at=market.NOW)
    mark_ready(part, by=MERCHANT, at=market.NOW)
    address = at("order", cast.bakery, part.pk)
    assert 'value="lost" required checked' in claire.get(address).content.decode()
    product.update(is_perishable=False)
    assert 'value="sellable" required checked' in claire.get(address).content.decode()


def test_a_telephone_that_kept_a_press_is_told_in_json(cast: Cast, claire: Client) -> None:
    order, key = placed(cast.lot, cast.bakery), str(uuid.uuid4())
    more = {"key": key, "tapped_at": "2026-11-20T11:00:00Z"}
    first = press(claire, order, "accept", tap="kept", **more).json()
    again = press(claire, order, "accept", tap="kept", **more).json()
    other = press(claire, order, "accept", tap="kept").json()
    assert [one["state"] for one in (first, again, other)] == ["done", "again", "refused"]
    assert "bougé" in other["text"]
    assert "bougé" not in claire.get(at("board", cast.bakery)).content.decode()


@pytest.mark.parametrize(
    ("do", "data", "words"),
    [
        ("refuse", {}, "Dites pourquoi"),
        ("missing", {"line": "x"}, "Il manque un nombre"),
        ("missing", {"line": "999999"}, "ne fait pas partie"),
        ("weigh", {"line": "first", "grams": "850"}, "Ce poids ne peut pas"),
        ("missing", {"line": "first", "quantity": "7"}, "Il n’en reste que 2"),
        ("missing", {"line": "first", "substitute": "Pain", "price": "cher"}, "ne se lit pas"),
        ("missing", {"line": "first", "substitute": "Pain", "price": "NaN"}, "ne se lit pas"),
        ("settle", {"question": "1", "choice": "offer"}, "déjà trouvé sa réponse"),
        ("deliver", {}, "ne se remet pas de cette façon"),
        ("let_go", {}, "bougé"),
        ("dance", {}, "n’est plus reconnu"),
        ("hand_over", {"proof": "known"}, "vérifiez l’âge"),
        ("hand_over", {"proof": "known", "age": "on"}, "à payer"),
        ("hand_over", {"proof": "door", "age": "on"}, "n’ouvre pas"),
    ],
)
def test_a_press_that_cannot_be_done_changes_nothing_and_says_why(
    cast: Cast, claire: Client, do: str, data: dict[str, str], words: str
) -> None:
    order = accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)
    line_with(order, "Vin de Cahors", is_alcohol=True)
    first = order.lines.get(position=1)
    data = {name: str(first.pk) if value == "first" else value for name, value in data.items()}
    assert words in said(claire, press(claire, order, do, **data))
    assert not LineChange.objects.exists()
    assert Fulfilment.objects.get().state == "preparing"
    assert MerchantOrder.objects.get().state == MerchantOrderState.ACCEPTED


def test_fault_45_an_order_of_somebody_else_is_no_order(cast: Cast, claire: Client) -> None:
    theirs = accepted(cast.lot, cast.bookshop)
    for name in ("order", "picking_slip", "order_hand_over"):
        assert claire.get(at(name, cast.bakery, theirs.pk)).status_code == 404
        assert claire.get(at(name, cast.bookshop, theirs.pk)).status_code == 404
    answer = claire.post(at("order_do", cast.bakery, theirs.pk), {"do": "ready"})
    assert answer.status_code == 404
    assert Fulfilment.objects.get().state == "preparing"


def test_the_customer_is_asked_and_the_merchant_notes_the_answer(
    cast: Cast, claire: Client
) -> None:
    order = accepted(cast.lot, cast.bakery)
    line = order.lines.get(position=1)
    press(claire, order, "missing", line=line.pk, substitute="Pain de campagne", price="4,20")
    asked = Question.objects.get()
    assert (asked.quantity, asked.cents) == (2, 420)
    waiting = claire.get(f"{at('board', cast.bakery)}?list=waiting").content.decode()
    assert "Voir la question" in waiting
    press(claire, order, "settle", question=asked.pk, choice="offer")
    page = claire.get(at("order", cast.bakery, order.pk)).content.decode()
    assert "Pain de campagne" in page


def test_what_htmx_asks_for_is_the_list_alone(cast: Cast, claire: Client) -> None:
    placed(cast.lot, cast.bakery)
    whole = claire.get(at("board", cast.bakery)).content.decode()
    part = claire.get(at("board", cast.bakery), headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert 'data-new="1"' in part


def test_without_script_the_board_loads_again_for_who_asked_until_they_take_it_back(
    cast: Cast, claire: Client
) -> None:
    board = at("board", cast.bakery)
    unasked = claire.get(board)
    assert "Refresh" not in unasked.headers
    assert "list=todo&amp;refresh=yes" in unasked.content.decode()
    assert claire.get(f"{board}?refresh=yes").headers["Refresh"] == "60"
    later = claire.get(board)
    assert later.headers["Refresh"] == "60"
    assert "list=todo&amp;refresh=no" in later.content.decode()
    assert "Refresh" not in claire.get(board, headers={"HX-Request": "true"}).headers
    assert "Refresh" not in claire.get(f"{board}?refresh=no").headers
    assert "Refresh" not in claire.get(board).headers


def test_the_bar_below_says_on_every_page_what_waits_for_a_yes(cast: Cast, claire: Client) -> None:
    placed(cast.lot, cast.bakery)
    ReservationRequest.objects.create(
        establishment=cast.bakery,
        portal=cast.lot,
        text="Deux pains",
        wanted_at=moment("2030-01-05 10:00"),
        expires_at=moment("2030-01-05 10:00"),
    )
    pages = ("shelf", "hours", "sheet", "day_sheet", "hand_over", "reservations", "board")
    for name in pages:
        page = claire.get(at(name, cast.bakery)).content.decode()
        assert 'class="tab-bar__count">2<' in page, name


def test_what_is_offered_instead_may_be_for_adults(cast: Cast, claire: Client) -> None:
    order = accepted(cast.lot, cast.bakery)
    line = order.lines.get(position=1)
    press(claire, order, "missing", line=line.pk, substitute="Bière de châtaigne", adult="1")
    asked = Question.objects.get()
    assert asked.substitute_age == 18
    page = client_of(cast.nadia).get(reverse("storefront:question", args=[asked.token]))
    assert "18 ans et plus" in page.content.decode()


def test_the_board_page_costs_the_same_at_any_size(cast: Cast, claire: Client) -> None:
    def cost() -> int:
        freshness.forget()
        with CaptureQueriesContext(connection) as seen:
            assert claire.get(at("board", cast.bakery)).status_code == 200
        return len(seen)

    placed(cast.lot, cast.bakery)
    accepted(cast.lot, cast.bakery)
    cost()
    small = cost()
    for _more in range(6):
        placed(cast.lot, cast.bakery)
        accepted(cast.lot, cast.bakery)
    assert cost() == small


def test_a_pass_read_by_any_camera_opens_its_order(cast: Cast, claire: Client, freeze: Any) -> None:
    now = freeze("2026-11-20 16:00")
    order = accepted(cast.lot, cast.bakery)
    mark_ready(order, by=MERCHANT, at=now)
    shown = new_pass(order.pk, at=now)
    page = said(claire, claire.get(reverse("counter:pass", args=[shown])))
    assert "Le code est bon" in page
    old = new_pass(order.pk, at=now - timedelta(minutes=5))
    refused = claire.get(reverse("counter:pass", args=[old]))
    assert (refused.status_code, "vieilli" in refused.content.decode()) == (410, True)
    assert claire.get(reverse("counter:pass", args=["n-importe-quoi"])).status_code == 404
    stranger = client_of(cast.idris)
    assert stranger.get(reverse("counter:pass", args=[shown])).status_code == 404


def test_the_day_prints_what_to_make(cast: Cast, claire: Client, freeze: Any) -> None:
    freeze("2026-11-20 09:00")
    order = accepted(cast.lot, cast.bakery)
    assert "Aujourd’hui, vendredi" in claire.get(at("day_sheet", cast.bakery)).content.decode()
    line_with(order, "Fougasse aux noix", allergens=["nuts", "gluten"])
    page = claire.get(at("day_sheet", cast.bakery)).content.decode()
    assert "Fougasse aux noix" in page
    assert "fruits à coque" in page
    assert (
        "Rien n’est encore commandé"
        in claire.get(f"{at('day_sheet', cast.bakery)}?jour=2026-11-21").content.decode()
    )
    assert claire.get(f"{at('day_sheet', cast.bakery)}?jour=2026-99-99").status_code == 200
    slip = claire.get(at("picking_slip", cast.bakery, order.pk)).content.decode()
    assert "Fougasse aux noix" in slip


@pytest.mark.parametrize("name", ["order", "picking_slip"])
def test_what_is_brought_bears_its_address_as_an_envelope_does(
    cast: Cast, claire: Client, freeze: Any, name: str
) -> None:
    """No key of a commune and no coordinates: the slip goes into the bag."""
    freeze("2026-11-18 10:30")
    logistics.zone(cast.bakery)
    bread = market.shop(cast.bakery).offers[0]
    home = {**(market.NADIA.address or {}), "complement": "2e étage"}
    order = market.ordered(
        cast.lot,
        (bread, 4),
        who=replace(market.NADIA, address=home),
        kinds={cast.bakery.pk: "delivery"},
    )
    part = order.merchant_orders.get()
    accept(part, by=MERCHANT, at=market.NOW)
    page = claire.get(at(name, cast.bakery, part.pk)).content.decode()
    assert "12 rue des Soubirous<br>2e étage<br>46000 Cahors<" in page
    for raw in ("commune-46042", "44.4491", "44,4491", "1.4395", "1,4395"):
        assert raw not in page


CALLER = {"name": "Lucile Rivière", "phone": "05 65 00 00 09"}


def test_an_order_by_telephone_is_read_back_then_placed_once(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    address = at("phone_order", cast.bakery)
    page = claire.get(address)
    slot = page.context["form"].fields["slot"].choices[0][1][-1][0]
    wanted = {**CALLER, f"o{shop.offers[0].pk}": "2", "slot": slot}
    checked = claire.post(address, {**wanted, "do": "check"})
    assert "Prendre la commande" in checked.content.decode()
    assert not Order.objects.exists()
    place = {**wanted, "do": "place", "seen": "900", "key": str(uuid.uuid4())}
    unread = claire.post(address, place)
    assert (unread.status_code, "Relisez" in unread.content.decode()) == (422, True)
    for _again in range(2):
        assert claire.post(address, {**place, "terms": "on"}).status_code == 302
    order = Order.objects.get()
    part = order.merchant_orders.get()
    assert (order.source, order.customer_phone) == (OrderSource.PHONE, "+33565000009")
    assert (part.state, part.pays) == (MerchantOrderState.ACCEPTED, Pays.ON_COLLECTION)
    assert part.starts_at == moment(slot[:16].replace("T", " "))


def test_what_was_changed_after_it_was_read_back_is_read_back_again(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    address = at("phone_order", cast.bakery)
    slot = claire.get(address).context["form"].fields["slot"].choices[0][1][-1][0]
    data = {**CALLER, "slot": slot, f"o{shop.offers[0].pk}": "3", "terms": "on"}
    answer = claire.post(address, {**data, "do": "place", "seen": "900"})
    assert "13,50" in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"phone": "12"}, "ne se lit pas"),
        ({"slot": "2026-01-01T10:00:00+01:00"}, "choix"),
        ({"slot": ""}, "choix"),
        ({}, "Rien n’est encore commandé"),
    ],
)
def test_a_telephone_order_with_a_fault_loses_nothing(
    cast: Cast, claire: Client, freeze: Any, data: dict[str, str], words: str
) -> None:
    freeze("2026-11-18 10:30")
    market.shop(cast.bakery)
    answer = claire.post(at("phone_order", cast.bakery), {**CALLER, "do": "check", **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Lucile Rivière" in answer.content.decode()


HOME = {
    "means": "delivery",
    "street": "3 chemin du Moulin",
    "postal_code": "46000",
    "city": "Cahors",
}


def test_a_telephone_order_is_brought_by_the_ways_of_the_checkout(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    zone = logistics.zone(cast.bakery, (4, "17:00", "19:00", 3))
    address = at("phone_order", cast.bakery)
    assert "Nous l’apportons" in claire.get(address).content.decode()
    wanted = {**CALLER, **HOME, f"o{shop.offers[0].pk}": "2"}
    nowhere = claire.post(address, {**wanted, "street": "", "postal_code": "", "city": ""})
    assert (nowhere.status_code, "où l’apporter" in nowhere.content.decode()) == (422, True)
    far = claire.post(address, {**wanted, "postal_code": "46100", "city": "Figeac"})
    assert "Vous ne livrez pas là" in far.content.decode()
    asked = claire.post(address, {**wanted, "do": "check"})
    rounds = asked.context["form"].fields["slot"].choices
    assert (asked.status_code, bool(rounds)) == (422, True)
    slot = rounds[0][1][0][0]
    checked = claire.post(address, {**wanted, "slot": slot, "do": "check"})
    fee = checked.context["fee_cents"]
    assert (checked.status_code, fee > 0) == (200, True)
    assert "3 chemin du Moulin, 46000 Cahors" in checked.content.decode()
    place = {**wanted, "slot": slot, "do": "place", "terms": "on", "key": str(uuid.uuid4())}
    unfair = claire.post(address, {**place, "seen": "900"})  # the fee was not read back
    assert not Order.objects.exists()
    assert unfair.status_code == 200
    placed = claire.post(address, {**place, "seen": str(900 + fee)})
    part = MerchantOrder.objects.get()
    assert placed["Location"] == at("phone_slip", cast.bakery, part.pk)
    assert (part.way_kind, part.pays, part.fee_cents) == ("delivery", Pays.ON_COLLECTION, fee)
    assert (part.order.source, part.order.address["street"]) == (
        OrderSource.PHONE,
        "3 chemin du Moulin",
    )
    assert part.way["key"] == zone.way_key
    slip = claire.get(placed["Location"]).content.decode()
    assert part.order.number in slip
    assert "Apporté à" in slip


def test_without_e_mail_a_printed_paper_says_number_and_code(
    cast: Cast, claire: Client, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    address = at("phone_order", cast.bakery)
    assert "Nous l’apportons" not in claire.get(address).content.decode()  # nothing is brought here
    slot = claire.get(address).context["form"].fields["slot"].choices[0][1][-1][0]
    data = {**CALLER, "slot": slot, f"o{shop.offers[0].pk}": "2", "terms": "on", "seen": "900"}
    placed = claire.post(address, {**data, "do": "place", "key": str(uuid.uuid4())})
    part = MerchantOrder.objects.get()
    slip = claire.get(placed["Location"]).content.decode()
    assert part.pickup_code
    for words in (part.order.number, part.pickup_code, "ce papier le remplace", "9,00\u00a0€"):
        assert words in slip
    web = accepted(cast.lot, cast.bakery)  # the code of any other order is its customer's alone
    assert claire.get(at("phone_slip", cast.bakery, web.pk)).status_code == 404


def test_an_agent_who_stands_in_takes_the_order_in_both_names(
    cast: Cast, client: Client, freeze: Any
) -> None:
    now = freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery)
    client.force_login(cast.helene, backend="django.contrib.auth.backends.ModelBackend")
    asked = {"reason": "Une cliente sans téléphone portable", "is_asked": "on"}
    client.post(reverse("console:stand_in", args=[cast.bakery.pk]), asked)
    address = at("phone_order", cast.bakery)
    slot = client.get(address).context["form"].fields["slot"].choices[0][1][-1][0]
    data = {**CALLER, "slot": slot, f"o{shop.offers[0].pk}": "2", "terms": "on", "seen": "900"}
    answer = client.post(address, {**data, "do": "place", "key": str(uuid.uuid4())})
    assert answer.status_code == 302
    entry = Entry.objects.get(verb="placed", happened_at=now)
    assert (entry.actor_label, entry.behalf_of) == ("Hélène Standard", "Claire Fournil")


def test_a_shop_without_shelf_or_slots_is_told_what_is_missing(cast: Cast, claire: Client) -> None:
    assert "mettez d’abord" in claire.get(at("phone_order", cast.bakery)).content.decode()
