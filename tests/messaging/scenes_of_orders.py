"""Scenes of orders: accepted, sent, late, kept at a point, given up, put aside."""

from __future__ import annotations

from datetime import date, timedelta

from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, market
from tests.factories.fulfilment import CUSTOMER, MERCHANT
from tests.factories.ordering import reservation
from tests.factories.points import brought
from tests.messaging.letters import Facts, Freeze, Post, scene

from chalandise.catalogue.models import Product
from chalandise.fulfilment.actions.arriving import correct_arrival, note_arrival
from chalandise.fulfilment.actions.asking import Substitute, choose_refund, report_missing
from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.lateness import demand_delivery, watch_demands, watch_promises
from chalandise.fulfilment.actions.letting_go import (
    let_go,
    release_uncollected,
    remind_of_uncollected,
)
from chalandise.fulfilment.actions.moving import move_slot
from chalandise.fulfilment.actions.preparing import accept, keep_longer, mark_ready, refuse
from chalandise.logistics.actions import shut_point
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.reservations import (
    accept_reservation,
    cancel_reservation,
    decline_reservation,
    expire_reservations,
)
from chalandise.ordering.actions.reservations import mark_ready as set_aside
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.models import MerchantOrder, ReservationRequest

NOW = market.NOW
BAKERY = "Au Pain de Chanvre"


def ordered(cast: Cast, *, way: str = "pickup", pays: str = "on_collection") -> MerchantOrder:
    """Nadia orders two loaves at the bakery."""
    bread = market.shop(cast.bakery)
    made = market.ordered(
        cast.lot, (bread.offers[0], 2), pays=pays, kinds={cast.bakery.pk: way}, at=NOW
    )
    return market.part_of(made, cast.bakery)


def again(part: MerchantOrder) -> MerchantOrder:
    """The order as it stands now."""
    return MerchantOrder.objects.select_related("order").get(pk=part.pk)


def follow(part: MerchantOrder) -> str:
    """Where its customer follows it."""
    return f"http://localhost:8000/commande/suivi/{part.order.token}/"


@scene(
    "order_confirmed",
    "order_to_prepare",
    "order_accepted",
    "order_question",
    "order_ready",
    "slot_moved",
    "slot_moved_for_shop",
    "order_reminder",
    "order_uncollected",
)
def something_waits_and_nobody_comes(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    """It is accepted, one loaf is missing, it is put off to a later slot, and nobody comes."""
    part = ordered(cast)
    post()
    accept(part, by=MERCHANT, at=NOW)
    line = part.lines.get()
    bread = Substitute("Pain de campagne", 400)
    asked = report_missing(
        line, quantity=1, substitute=bread, word="Tout est parti.", by=MERCHANT, at=NOW
    )
    assert asked is not None, "the customer is asked"
    post()
    choose_refund(asked, by=CUSTOMER, at=NOW)
    part = again(part)
    assert part.starts_at is not None, "it has a slot"
    later = part.starts_at + timedelta(minutes=30)
    move_slot(part, later, is_by_customer=True, by=CUSTOMER, at=NOW)
    post()
    mark_ready(again(part), by=MERCHANT, at=NOW)
    post()
    part = again(part)
    assert part.ends_at is not None, "it has a slot"
    remind_of_uncollected(at=part.ends_at + timedelta(hours=3))
    release_uncollected(at=part.ends_at + timedelta(days=8))
    number, loaf = part.order.number, line.product_name
    return {
        "order_confirmed": [
            *(number, BAKERY, loaf, "9,00 €", follow(part)),
            "(L221-28, 4°)",
        ],
        "order_to_prepare": [number, "Nadia Cabas", loaf, "/commandes/"],
        "order_accepted": [BAKERY, number, f"2 × {loaf}", "9,00 €", part.pickup_code, follow(part)],
        "order_question": ["Pain de campagne", "4,00 €", "Tout est parti.", asked.token],
        "order_ready": [BAKERY, part.pickup_code, follow(part)],
        "slot_moved": [BAKERY, "12 h – 12 h 30", f"{follow(part)}tournee.ics"],
        "slot_moved_for_shop": ["Nadia Cabas", part.number],
        "order_reminder": [BAKERY, part.pickup_code, follow(part)],
        "order_uncollected": [BAKERY, number, loaf, follow(part)],
    }


@scene(
    "order_still_waits",
    "order_still_waits_for_shop",
    "order_kept_longer",
    "order_uncollected",
    "order_reminder",
    "order_ready",
)
def something_is_paid_and_nobody_comes(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    """The shop is asked what becomes of it, keeps it, and gives it up in the end."""
    books = market.shop(cast.bookshop)
    keeps = Product.objects.filter(pk=books.offers[0].variant.product_id)
    keeps.update(is_perishable=False, withdrawal_exception="")
    made = market.ordered(cast.lot, (books.offers[0], 1), pays="online", at=NOW)
    part = market.part_of(made, cast.bookshop)
    mark_paid(part.pk, at=NOW)
    accept(again(part), by=MERCHANT, at=NOW)
    mark_ready(again(part), by=MERCHANT, at=NOW)
    post()
    part = again(part)
    assert part.ends_at is not None, "it has a slot"
    remind_of_uncollected(at=part.ends_at + timedelta(hours=3))
    release_uncollected(at=part.ends_at + timedelta(days=3))
    post()
    until = moment("2026-11-28 18:00")
    keep_longer(part, until=until, by=MERCHANT, at=part.ends_at + timedelta(days=3))
    post()
    let_go(again(part), by=MERCHANT, at=until)
    number, book, shop = part.order.number, part.lines.get().product_name, "Le Livre d’Olt"
    order = f"/comptoir/{cast.bookshop.slug}/commandes/{part.pk}/"
    return {
        "order_ready": [shop, part.pickup_code, "20 novembre"],
        "order_reminder": [shop, part.pickup_code, "20 novembre"],
        "order_still_waits": [shop, number, "1657", "20 novembre", part.pickup_code, book],
        "order_still_waits_for_shop": [part.number, "Nadia Cabas", "20 novembre", order],
        "order_kept_longer": [shop, number, "28 novembre", part.pickup_code, follow(part)],
        "order_uncollected": [shop, number, "1657", book, follow(part)],
    }


@scene("order_declined", "order_cancelled", "order_cancelled_for_shop")
def a_shop_refuses_and_a_customer_calls_off(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    bread, books = market.shop(cast.bakery), market.shop(cast.bookshop)
    made = market.ordered(cast.lot, (bread.offers[0], 2), (books.offers[0], 1))
    refused, called_off = (market.part_of(made, one) for one in (cast.bakery, cast.bookshop))
    loaf, book = refused.lines.get().product_name, called_off.lines.get().product_name
    post()
    refuse(refused, reason="Le four est en panne.", by=MERCHANT, at=NOW)
    post()
    cancel_merchant_order(called_off, by=CUSTOMER, at=NOW)
    return {
        "order_declined": [BAKERY, loaf, "Le four est en panne.", follow(refused)],
        "order_cancelled": ["Le Livre d’Olt", book, follow(called_off)],
        "order_cancelled_for_shop": ["Le Livre d’Olt", "Nadia Cabas", f"1 × {book}"],
    }


@scene("order_sent")
def a_parcel_leaves(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    logistics.parcel(cast.bakery)
    part = ordered(cast, way="shipping", pays="online")
    mark_paid(part.pk, at=NOW)
    accept(again(part), by=MERCHANT, at=NOW)
    mark_ready(again(part), by=MERCHANT, at=NOW)
    send_out(again(part), carrier="Colissimo", tracking="6A 123", by=MERCHANT, at=NOW)
    return {"order_sent": [BAKERY, part.order.number, "Colissimo 6A 123", follow(part)]}


@scene("order_unready_for_shop")
def a_slot_begins_and_nothing_is_ready(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    part = ordered(cast)
    accept(part, by=MERCHANT, at=NOW)
    assert part.starts_at is not None, "it has a slot"
    begun = freeze(f"{part.starts_at + timedelta(hours=1, minutes=1):%Y-%m-%d %H:%M}")
    watch_promises(at=begun)
    link = f"/comptoir/{cast.bakery.slug}/commandes/{part.pk}/"
    return {"order_unready_for_shop": ["Nadia Cabas", part.number, link]}


@scene(
    "order_late",
    "order_late_for_shop",
    "delivery_demanded",
    "delivery_demanded_for_shop",
    "demand_lapsed",
    "demand_lapsed_for_shop",
)
def a_delivery_never_comes(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    logistics.zone(cast.bakery)
    part = ordered(cast, way="delivery", pays="online")
    mark_paid(part.pk, at=NOW)
    accept(again(part), by=MERCHANT, at=NOW)
    MerchantOrder.objects.filter(pk=part.pk).update(promised_on=date(2026, 11, 20))
    watch_promises(at=freeze("2026-11-21 10:00"))
    post()
    demand_delivery(again(part), days=3, by=CUSTOMER, at=moment("2026-11-21 10:00"))
    post()
    watch_demands(at=freeze("2026-11-25 10:00"))
    late = f"{follow(part)}retard/{part.pk}/"
    order = f"/comptoir/{cast.bakery.slug}/commandes/{part.pk}/"
    promised, until = "vendredi 20 novembre", "mardi 24 novembre"
    return {
        "order_late": [BAKERY, promised, late],
        "order_late_for_shop": [part.number, "Nadia Cabas", promised, order],
        "delivery_demanded": [BAKERY, until, "21 novembre"],
        "delivery_demanded_for_shop": [part.number, until, "L216-6", order],
        "demand_lapsed": [BAKERY, until, late],
        "demand_lapsed_for_shop": [part.number, until, order],
    }


@scene(
    "order_at_point",
    "order_at_point_for_shop",
    "order_not_at_point",
    "order_not_at_point_for_shop",
    "point_shut",
)
def a_pooled_point_takes_something_in_by_mistake(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    hall = logistics.pooled_point(cast.lot)
    monday, opens = moment("2026-11-16 09:00"), moment("2026-11-18 17:00")
    part = brought(cast.lot, cast.bakery, hall, starts_at=opens, at=monday)
    mark_ready(part, bags=2, by=MERCHANT, at=monday)
    note_arrival(again(part), by=MERCHANT, at=NOW)
    post()
    correct_arrival(again(part), by=MERCHANT, at=NOW)
    post()
    shut_point(
        hall,
        starts_at=opens - timedelta(hours=1),
        ends_at=opens + timedelta(hours=2),
        reason="Vœux du maire",
        by=MERCHANT,
        at=NOW,
    )
    place = "Mairie de Cahors"
    return {
        "order_at_point": [BAKERY, place, part.pickup_code],
        "order_at_point_for_shop": [place, part.number],
        "order_not_at_point": [BAKERY, place],
        "order_not_at_point_for_shop": [place, part.number],
        "point_shut": [place, "Vœux du maire", f"{part.order.token}"],
    }


@scene(
    "reservation_received",
    "reservation_to_answer",
    "reservation_accepted",
    "reservation_ready",
    "reservation_declined",
    "reservation_expired",
    "reservation_cancelled",
)
def things_are_put_aside(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    wanted = NOW + timedelta(hours=5)

    def ask(text: str) -> str:
        email = f"nadia{len(asked)}@exemple.test"  # one person asks for little at a time
        made = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=wanted, text=text, email=email)
        asked.append(made)
        return text

    asked: list[ReservationRequest] = []
    rye, cake, tart, rolls = (
        ask(one) for one in ("Un seigle", "Un cake", "Une tarte", "Six pains")
    )
    post()
    kept, refused, left, called_off = asked
    accept_reservation(kept, by=MERCHANT, at=NOW, price_cents=640, answer="Avec plaisir")
    post()
    set_aside(kept, by=MERCHANT, at=NOW)
    decline_reservation(refused, by=MERCHANT, at=NOW, answer="Il n’y en a plus.")
    cancel_reservation(called_off, at=NOW)
    expire_reservations(at=left.expires_at + timedelta(minutes=1))

    def page(one: ReservationRequest) -> str:
        return f"http://localhost:8000/reservation/{one.token}/"

    return {
        "reservation_received": [BAKERY],
        "reservation_to_answer": ["Nadia", f"/comptoir/{cast.bakery.slug}/"],
        "reservation_accepted": [BAKERY, "Avec plaisir", "6,40 €", page(kept)],
        "reservation_ready": [BAKERY, rye, kept.pickup_code, "6,40 €", page(kept)],
        "reservation_declined": [BAKERY, cake, "Il n’y en a plus.", page(refused)],
        "reservation_expired": [BAKERY, tart, page(left)],
        "reservation_cancelled": ["Nadia", rolls],
    }
