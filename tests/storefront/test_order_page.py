"""The page of an order: each shop stands beside its own contract, a gift basket's parts too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories import catalogue, market

from chalandise.catalogue.actions import agree_to_basket, compose_basket, publish_product
from chalandise.catalogue.models import Offer
from chalandise.fulfilment.actions.preparing import accept, mark_ready
from chalandise.journal.events import from_payload
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.logistics.models import SlotCount
from chalandise.messaging.models import Message
from chalandise.messaging.order_mails import tell_about_order
from chalandise.messaging.preparing_mails import tell_about_preparing
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.changing import line_missing
from chalandise.ordering.actions.checkout import choose_ways, say_who, start_checkout
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import decline_merchant_order
from chalandise.ordering.models import Order
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.storefront.phone_field import PhoneField

pytestmark = pytest.mark.django_db


def gift_of(cast: Cast) -> tuple[Offer, Offer]:
    """A gift basket of the bakery with a book of its neighbour, and another book of theirs."""
    bakery, books = market.shop(cast.bakery), market.shop(cast.bookshop, category="livres")
    made = compose_basket(
        cast.bakery,
        name="Panier du goûter",
        price_cents=1800,
        parts={bakery.offers[0].pk: 2, books.offers[0].pk: 1},
        by=catalogue.BY,
        at=market.NOW,
    )
    for one in made.invitations.all():
        agree_to_basket(one, by=catalogue.BY, at=market.NOW)
    publish_product(made, by=catalogue.BY, at=market.NOW)
    return catalogue.offer_of(made), books.offers[1]


def page_of(client: Client, order: Order) -> str:
    answer = client.get(reverse("storefront:order", args=[order.token]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_gift_basket_paid_for_has_a_page(client: Client, cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    gift, _book = gift_of(cast)
    order = market.ordered(cast.lot, (gift, 1), pays="online")
    for part in order.merchant_orders.order_by("pk"):
        mark_paid(part.pk, at=market.NOW)
    shown = page_of(client, order)
    assert shown.count("(Panier du goûter)") == 2
    assert "Fait partie d’un panier gourmand" in shown


def test_a_gift_basket_is_collected_with_one_code_and_told_once(
    client: Client, cast: Cast, freeze: Any
) -> None:
    """The neighbours' codes open nothing where the basket is collected."""
    freeze("2026-11-18 10:30")
    gift, _book = gift_of(cast)
    order = market.ordered(cast.lot, (gift, 1), pays="online")
    for part in order.merchant_orders.order_by("pk"):
        mark_paid(part.pk, at=market.NOW)
        accept(part, by=catalogue.BY, at=market.NOW)
        mark_ready(part, by=catalogue.BY, at=market.NOW)
    presented = order.merchant_orders.get(gathered_by=None)
    (gathered,) = order.merchant_orders.exclude(gathered_by=None)
    shown = page_of(client, order)
    assert shown.count("pickup-code__letters") == 1
    assert presented.pickup_code in shown
    assert f">{gathered.pickup_code}<" not in shown
    for one in OutboxEvent.objects.filter(kind="fulfilment.moved").order_by("pk"):
        tell_about_preparing(from_payload(one.kind, one.payload))
    (letter,) = Message.objects.filter(template="order_ready")
    assert presented.pickup_code in letter.text
    for one in OutboxEvent.objects.filter(kind="ordering.merchant_order_moved").order_by("pk"):
        tell_about_order(from_payload(one.kind, one.payload))
    accepted = Message.objects.filter(template="order_accepted")
    assert len(accepted) == 2
    assert not [one for one in accepted if gathered.pickup_code in one.text + one.html]


def test_each_shop_stands_beside_its_own_contract(client: Client, cast: Cast, freeze: Any) -> None:
    """A shop that joined the basket after the gift was numbered after it, and written before."""
    freeze("2026-11-18 10:30")
    gift, book = gift_of(cast)
    checkout = market.started(cast.lot, (gift, 1))
    add_to_cart(checkout.cart, book.pk, quantity=1, portal=cast.lot, at=market.NOW)
    assert checkout.cart is not None
    checkout = start_checkout(checkout.cart, portal=cast.lot, at=market.NOW)
    say_who(checkout, market.NADIA, at=market.NOW)
    choose_ways(checkout, market.first_ways(checkout, at=market.NOW), at=market.NOW)
    order = market.place(checkout)
    shown = page_of(client, order).split('<section class="pane order-part"')[1:]
    parts = order.merchant_orders.order_by("number").select_related("establishment")
    for part, section in zip(parts, shown, strict=True):
        assert f'part-{part.pk}"' in section
        assert f">{part.establishment.name}</a></h2>" in section
        assert ("Fait partie d’un panier gourmand" in section) == bool(part.gathered_by_id)
        assert all(line.product_name in section for line in part.lines.all())


def test_calling_a_shop_off_is_asked_for_twice(client: Client, cast: Cast, freeze: Any) -> None:
    """A thumb that slips opens what says « oui, annuler »; it cancels nothing."""
    freeze("2026-11-18 10:30")
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 1))
    (part,) = order.merchant_orders.all()
    before, form = page_of(client, order).split(
        f'action="{reverse("storefront:cancel_order", args=[order.token, part.pk])}"'
    )
    assert "</details>" not in before[before.rindex("<details") :]
    assert "Oui, annuler" in form


@pytest.mark.parametrize("comes_meanwhile", ["money", "a yes"])
def test_what_comes_between_the_page_and_the_press_is_not_lost(
    client: Client, cast: Cast, freeze: Any, monkeypatch: pytest.MonkeyPatch, comes_meanwhile: str
) -> None:
    """The door reads a payment that is awaited; before it writes, the money is there, or the yes."""
    freeze("2026-11-18 10:30")
    bakery = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bakery.offers[0], 1), pays="online")
    (part,) = order.merchant_orders.all()

    def read_and_overtaken(token: str) -> Order:
        found = get_order_by_token(token)
        assert [one.paid_at for one in found.merchant_orders.all()] == [None]
        mark_paid(part.pk, at=market.NOW)
        if comes_meanwhile == "a yes":
            accept(part, by=catalogue.BY, at=market.NOW)
        return found

    monkeypatch.setattr(
        "chalandise.storefront.following.orders.get_order_by_token", read_and_overtaken
    )
    address = reverse("storefront:cancel_order", args=[order.token, part.pk])
    answer = client.post(address, follow=True)
    part.refresh_from_db()
    due = OutboxEvent.objects.filter(kind="ordering.refund_due").count()
    is_late = "L’annulation d’un geste n’est plus possible" in answer.content.decode()
    expected = ("cancelled", 1, False) if comes_meanwhile == "money" else ("accepted", 0, True)
    assert (part.state, due, is_late) == expected


def test_what_is_not_ticked_is_led_to(client: Client, cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    bakery = market.shop(cast.bakery)
    checkout = market.checked_out(cast.lot, (bakery.offers[0], 1))
    address = reverse("storefront:checkout_pay", args=[checkout.form_token])
    kept = re.findall(
        r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(address).content.decode()
    )
    answer = client.post(address, {**dict(kept), "pays": "on_collection"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<div class="errors" role="alert" tabindex="-1" autofocus>' in page
    assert '<a href="#terms">Cochez que vous acceptez' in page
    assert 'id="terms" name="terms" value="1" aria-invalid="true"' in page


def test_a_time_that_filled_names_the_nearest_with_their_day(
    client: Client, cast: Cast, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    bakery = market.shop(cast.bakery)
    checkout = market.started(cast.lot, (bakery.offers[0], 1))
    say_who(checkout, market.NADIA, at=market.NOW)
    wish = market.first_ways(checkout, at=market.NOW)[cast.bakery.pk]
    assert wish.starts_at is not None
    market.checked_out(cast.lot, (bakery.offers[0], 1))  # somebody else, quicker
    SlotCount.objects.update(capacity=1)
    way, pk = wish.way_key, cast.bakery.pk
    answer = client.post(
        reverse("storefront:checkout_how", args=[checkout.form_token]),
        {f"way-{pk}": way, f"slot-{pk}-{way}": wish.starts_at.isoformat()},
    )
    page = answer.content.decode()
    assert "La dernière place de ce créneau vient d’être prise." in page
    assert "Les plus proches\u202f: mercredi 18\xa0novembre, " in page
    assert f'aria-describedby="problem-{pk}"' in page
    assert ">mer.\xa018 · " in page, "a closed list shows its day"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_slot_that_no_calendar_holds_is_asked_for_again(
    client: Client, cast: Cast, freeze: Any, moment: str
) -> None:
    freeze("2026-11-18 10:30")
    bakery = market.shop(cast.bakery)
    checkout = market.started(cast.lot, (bakery.offers[0], 1))
    say_who(checkout, market.NADIA, at=market.NOW)
    wish = market.first_ways(checkout, at=market.NOW)[cast.bakery.pk]
    slot = f"slot-{cast.bakery.pk}-{wish.way_key}"
    said = {f"way-{cast.bakery.pk}": wish.way_key, slot: moment}
    answer = client.post(reverse("storefront:checkout_how", args=[checkout.form_token]), said)
    assert answer.status_code == 422
    assert "Choisissez un horaire" in answer.content.decode()


def test_a_number_of_films_and_one_from_overseas_are_taken() -> None:
    """« 06 39 98 … » is nobody's, and is what the demonstration shows; 0690 rings in Guadeloupe."""
    field = PhoneField(required=False)
    assert field.clean("06 39 98 00 11") == "+33639980011"
    assert field.clean("0690 00 12 34") == "+590690001234"
    assert field.clean("") == ""
    with pytest.raises(ValidationError):
        field.clean("05 65")


def test_what_has_ended_offers_no_change_of_mind(client: Client, cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery, withdrawal_exception="perishable")
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="on_collection")
    standing = page_of(client, order)
    assert "Si vous changez d’avis" in standing
    assert "sans droit de rétractation" in standing
    by = Actor("merchant", "1", "Claire")
    decline_merchant_order(order.merchant_orders.get(), reason="Non.", by=by, at=market.NOW)
    ended = page_of(client, order)
    assert "Si vous changez d’avis" not in ended
    assert "sans droit de rétractation" not in ended


def test_what_is_missing_says_nothing_of_giving_it_back(
    client: Client, cast: Cast, freeze: Any
) -> None:
    freeze("2026-11-18 10:30")
    shop = market.shop(cast.bakery, withdrawal_exception="perishable")
    order = market.ordered(cast.lot, (shop.offers[0], 2), pays="on_collection")
    line_missing(
        order.merchant_orders.get().lines.get(),
        quantity=2,
        by=Actor("merchant", "1", "Claire"),
        at=market.NOW,
    )
    assert "sans droit de rétractation" not in page_of(client, order)
