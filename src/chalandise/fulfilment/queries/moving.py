"""At which other times an order may be collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalandise.catalogue.queries import terms_of
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, FulfilmentState
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.queries import slots_of
from chalandise.logistics.values import SlotDay
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.policies import MOVABLE_STATES, has_slot_to_move

DAYS_SHOWN = 14


@dataclass(frozen=True)
class Readiness:
    """From when on an order can be collected.

    Attributes:
        lead_minutes: the time its goods still need.
        there_by: when they are known to be there all the same; a later slot than the booked one can
            always be had, because the goods come in time for the booked one.
    """

    lead_minutes: int
    there_by: datetime | None


def may_move(part: MerchantOrder, fulfilment_state: str) -> bool:
    """Tell whether the slot of an order may be moved: it is collected, and nobody has it yet.

    One that has passed may be moved as well: somebody was held up.
    """
    return (
        part.state in MOVABLE_STATES
        and has_slot_to_move(part)
        and fulfilment_state not in FULFILMENT_TRANSITIONS.final
    )


def readiness_of(part: MerchantOrder, fulfilment_state: str, *, at: datetime) -> Readiness:
    """Return from when on an order can be collected: four statements where it is not ready."""
    if fulfilment_state == FulfilmentState.READY:
        return Readiness(0, at)
    there_by = part.starts_at if part.starts_at and part.starts_at > at else None
    if fulfilment_state == FulfilmentState.PACKED:
        return Readiness(0, there_by)
    offers = part.lines.exclude(offer=None).values_list("offer_id", flat=True)
    terms = terms_of([pk for pk in offers if pk], at=at)
    return Readiness(max((one.lead_minutes for one in terms.values()), default=0), there_by)


def other_slots(part: MerchantOrder, *, at: datetime) -> list[SlotDay]:
    """Return the slots an order may be moved to, by day; none where its place has closed."""
    state = state_of(part)
    ready = readiness_of(part, state, at=at)
    try:
        days = slots_of(
            part.way_key,
            part.establishment,
            lead_minutes=ready.lead_minutes,
            at=at,
            days=DAYS_SHOWN,
            there_by=ready.there_by,
        )
    except NotFoundError:
        return []
    others = [
        SlotDay(one.on, tuple(slot for slot in one.slots if slot.starts_at != part.starts_at))
        for one in days
    ]
    return [one for one in others if one.slots]


def state_of(part: MerchantOrder) -> str:
    """Return where the goods of an order are; blank while nobody has touched it: one statement."""
    states = Fulfilment.objects.filter(merchant_order=part.pk).values_list("state", flat=True)
    return states.first() or ""
