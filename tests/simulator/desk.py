"""What the people at the hotline's desk do: order for whoever calls, call off, give back, decide about
odd money."""

from __future__ import annotations

from tests.simulator.world import DESK, MERCHANT, World

from chalandise.catalogue.models import Offer
from chalandise.fulfilment.actions.calling_off import call_off
from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.actions.whole import Outcome, refund_whole_order
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.policies import COLLECTED_WAYS
from chalandise.fulfilment.states import FulfilmentState
from chalandise.logistics.queries import slots_of
from chalandise.ordering.actions.checkout import WayWish
from chalandise.ordering.actions.phoning import PhoneOrder, place_phone_order
from chalandise.ordering.actions.placing import Declarations
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.settling import Remedy, put_right
from chalandise.payments.models import Discrepancy

OPEN = (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)
LIVING = (MerchantOrderState.ACCEPTED, MerchantOrderState.COMPLETED)
SAID_FIRST = (  # of an order whose parts came to different ends
    Outcome.ON_ITS_WAY,
    Outcome.GIVEN_BACK,
    Outcome.CALLED_OFF,
    Outcome.FAILED,
    Outcome.NOTHING_LEFT,
)


def answer_phone(world: World) -> str:
    """Order for somebody on the telephone; a shop is called for what is on its shelf.

    The agent types, or a merchant, who may do so for their own shop only. What nobody collects from
    a person is paid by a link.
    """
    offer = Offer.objects.select_related("variant__product").get(
        pk=world.dice.choice(world.offers).pk
    )
    shop = next(one for one in world.shops if one.pk == offer.variant.product.establishment_id)
    counter = next(one for one in world.points if one.establishment_id == shop.pk)
    point = world.hall if world.chance(30) else counter
    way = f"pickup:{point.pk}"
    days = slots_of(way, shop, lead_minutes=offer.made_to_order_minutes, at=world.now, days=3)
    slot = world.one_of([slot for day in days for slot in day.slots][:3])
    buyer = world.dice.choice(world.buyers)
    typist = world.dice.choice((world.cast.helene, world.cast.claire, world.cast.idris))
    is_agent = typist == world.cast.helene
    order = place_phone_order(
        PhoneOrder(
            who=buyer.who,
            lines={offer.pk: world.dice.randint(1, 2)},
            ways={shop.pk: WayWish(way, slot.starts_at if slot else None)},
            declarations=Declarations(terms=True, age=True),
        ),
        portal=world.cast.lot,
        typist=typist,
        by=DESK if is_agent else MERCHANT,
        at=world.now,
    )
    if buyer.order is None and order.merchant_orders.filter(state="awaiting_payment").exists():
        buyer.order, buyer.visit = order.pk, None  # the link has come by e-mail
    return f"ordered by telephone, typed by {'the agent' if is_agent else 'a merchant'}"


def look_at_queue(world: World) -> str:
    """Let a person at the desk decide about money that does not agree."""
    waiting = Discrepancy.objects.filter(state="open", kind="amount").order_by("pk")
    found = world.one_of(list(waiting))
    if found is None:
        return ""
    how = Remedy.GIVE_BACK if world.chance(50) else Remedy.KEEP
    put_right(found, how, by=DESK, at=world.now)
    return how.value


def give_back(world: World) -> str:
    """Call off one merchant's part, which may have ended, or give a whole order back.

    Mostly one of which something is on the road, or was not refused: there is more to give back.
    """
    if world.chance(20):
        part = world.one_of(list(MerchantOrder.objects.order_by("pk")))
        if part is None:
            return ""
        call_off(part, reason="le client a rappelé", by=DESK, at=world.now)
        return "called off"
    orders = Order.objects.order_by("pk")
    going = _just_sent(world) if world.chance(50) else None
    kept = orders.filter(merchant_orders__state__in=LIVING).distinct()
    order = going or world.one_of(list(kept if world.chance(60) else orders))
    if order is None:
        return ""
    parts = refund_whole_order(order, reason="une erreur", by=DESK, at=world.now)
    told = {one.outcome for one in parts}
    first = next(one for one in SAID_FIRST if one in told)
    return f"whole order: {first.value}"


def _just_sent(world: World) -> Order | None:
    """Find an order that was paid and is on the road, sent this minute if need be."""
    travels = (
        MerchantOrder.objects.filter(state__in=OPEN, paid_at__isnull=False)
        .exclude(way_kind__in=COLLECTED_WAYS)
        .select_related("order")
    )
    part = world.one_of(list(travels.order_by("pk")))
    if part is None:
        return None
    if part.state == MerchantOrderState.PLACED:
        accept(part, by=MERCHANT, at=world.now)
    if not Fulfilment.objects.filter(merchant_order=part, state=FulfilmentState.SENT).exists():
        send_out(part, by=MERCHANT, at=world.now)
    return part.order
