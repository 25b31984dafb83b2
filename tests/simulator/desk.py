"""What the people at the hotline's desk do: order for whoever calls, decide about odd money."""

from __future__ import annotations

from tests.simulator.world import DESK, World

from chalandise.catalogue.models import Offer
from chalandise.logistics.queries import slots_of
from chalandise.ordering.actions.checkout import WayWish
from chalandise.ordering.actions.phoning import PhoneOrder, place_phone_order
from chalandise.ordering.actions.placing import Declarations
from chalandise.payments.actions.settling import Remedy, put_right
from chalandise.payments.models import Discrepancy


def answer_phone(world: World) -> str:
    """Order for somebody on the telephone; a shop is called for what is on its shelf."""
    offer = Offer.objects.select_related("variant__product").get(
        pk=world.dice.choice(world.offers).pk
    )
    shop = next(one for one in world.shops if one.pk == offer.variant.product.establishment_id)
    point = next(one for one in world.points if one.establishment_id == shop.pk)
    way = f"pickup:{point.pk}"
    days = slots_of(way, shop, lead_minutes=offer.made_to_order_minutes, at=world.now, days=3)
    slot = world.one_of([slot for day in days for slot in day.slots][:3])
    place_phone_order(
        PhoneOrder(
            who=world.dice.choice(world.buyers).who,
            lines={offer.pk: world.dice.randint(1, 2)},
            ways={shop.pk: WayWish(way, slot.starts_at if slot else None)},
            declarations=Declarations(terms=True, age=True),
        ),
        portal=world.cast.lot,
        typist=world.cast.helene,
        by=DESK,
        at=world.now,
    )
    return "ordered by telephone"


def look_at_queue(world: World) -> str:
    """Let a person at the desk decide about money that does not agree."""
    waiting = Discrepancy.objects.filter(state="open", kind="amount").order_by("pk")
    found = world.one_of(list(waiting))
    if found is None:
        return ""
    how = Remedy.GIVE_BACK if world.chance(50) else Remedy.KEEP
    put_right(found, how, by=DESK, at=world.now)
    return how.value
