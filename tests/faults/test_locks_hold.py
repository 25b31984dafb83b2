"""The locks that a race of their room shows to be needed hold, and hold by nothing else.

One transaction takes the lock and stays open; another takes the same. It must wait, or go away with
nothing where the lock passes by what is busy; its twin, with the locking taken out of the statement,
must come in. `test_locks_race.py` has the locks for which two whole actions meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from tests.cast import Cast
from tests.factories import bank, logistics, market, payments
from tests.faults.locking import keeps_out

from chalandise.bank.queries import lock_session, lock_waiting_charges
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.queries.doors import lock_fulfilment
from chalandise.journal.outbox import Reader
from chalandise.journal.states import Actor
from chalandise.logistics.actions import booking
from chalandise.logistics.actions.locking import lock_coming_slots, lock_idle_slots, lock_rounds
from chalandise.logistics.models import DeliveryZone, SlotCount
from chalandise.ordering.models import Checkout, MerchantOrder, Order
from chalandise.ordering.queries.checkouts import lock_checkout
from chalandise.ordering.queries.locking import lock_parts
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.visiting import continue_visit
from chalandise.payments.models import Payment, Refund, Visit
from chalandise.payments.queries import (
    lock_captured_payments,
    lock_created_payments,
    lock_payable_parts,
    lock_payment,
    lock_refund,
)
from chalandise.settlements.models import DueDiligence
from chalandise.settlements.queries.locking import (
    lock_chain,
    lock_commission_series,
    lock_diligence,
    lock_series,
)
from chalandise.stock.queries import lock_levels
from chalandise.territories.actions import lock_load

pytestmark = pytest.mark.django_db(transaction=True)
NOW = market.NOW
BY = Actor("merchant", "1", "Claire")


@dataclass(frozen=True)
class Scene:
    """An order that was paid and partly given back, and one that waits at the bank."""

    paid: Order
    waiting: Order
    visit: Visit
    zone: DeliveryZone

    @property
    def part(self) -> MerchantOrder:
        return self.paid.merchant_orders.get()


@pytest.fixture
def scene(cast: Cast) -> Scene:
    shop = market.shop(cast.bakery)
    paid = market.ordered(cast.lot, (shop.offers[0], 2), pays="online")
    visit = payments.visit(paid, at=NOW)
    payments.pay(visit, bank.AT_ONCE, at=NOW)
    continue_visit(visit, at=NOW)
    accept(paid.merchant_orders.get(), by=BY, at=NOW)
    cause = Cause("gesture:1", "gesture")
    refund_payment(Payment.objects.get(), amount_cents=100, cause=cause, by=BY, at=NOW)
    waiting = market.ordered(cast.lot, (shop.offers[1], 1), pays="online")
    open_visit = payments.visit(waiting, at=NOW)
    open_visit.payments.update(state="created")  # as if no page covered them yet
    zone = logistics.zone(cast.bakery, (0, "18:00", "20:00", 1))
    DueDiligence.objects.create(organisation=cast.bakery.organisation, asked_at=NOW, moved_at=NOW)
    return Scene(paid, waiting, open_visit, zone)


def created_again(scene: Scene) -> list[Payment]:
    """Hold those of the open visit; the scene has made them as if no page covered them yet."""
    return lock_created_payments(
        scene.visit, [str(one.public_id) for one in scene.visit.payments.all()]
    )


def held_slot(scene: Scene) -> SlotCount:
    return SlotCount.objects.get(holds__holder=scene.part.holder)


LOCKS: dict[str, Callable[[Scene], object]] = {
    "bank.queries.lock_session": lambda scene: lock_session(payments.session_of(scene.visit)),
    "bank.queries.lock_waiting_charges": lambda scene: lock_waiting_charges(
        payments.session_of(scene.visit)
    ),
    "fulfilment.queries.doors.lock_fulfilment": lambda scene: lock_fulfilment(scene.part.pk),
    "journal.outbox.Reader._lock_place": lambda _scene: Reader("somebody")._lock_place(),
    "logistics.actions.booking._lock_taken": lambda scene: booking._lock_taken([scene.part.holder]),
    "logistics.actions.locking.lock_coming_slots": lambda scene: lock_coming_slots(
        scene.part.way_key, at=NOW
    ),
    "logistics.actions.locking.lock_idle_slots": lambda scene: lock_idle_slots(
        [held_slot(scene).pk]
    ),
    "logistics.actions.locking.lock_rounds": lambda scene: lock_rounds(scene.zone),
    "ordering.queries.locking.lock_parts": lambda scene: lock_parts(scene.paid),
    "ordering.queries.rows.locked_checkout": lambda scene: lock_checkout(
        Checkout.objects.get(public_id=scene.paid.checkout_id).pk
    ),
    "payments.queries.lock_captured_payments": lambda scene: lock_captured_payments(scene.part.pk),
    "payments.queries.lock_created_payments": created_again,
    "payments.queries.lock_payable_parts": lambda scene: lock_payable_parts(scene.waiting),
    "payments.queries.lock_payment": lambda _scene: lock_payment(
        Payment.objects.filter(captured_cents__gt=0)[0].pk
    ),
    "payments.queries.lock_refund": lambda _scene: lock_refund(Refund.objects.get().pk),
    "settlements.queries.locking.lock_chain": lambda scene: lock_chain(
        scene.part.organisation_id or 0
    ),
    "settlements.queries.locking.lock_commission_series": lambda scene: lock_commission_series(
        scene.paid.portal_id, "invoice", 2026
    ),
    "settlements.queries.locking.lock_diligence": lambda scene: lock_diligence(
        scene.part.organisation_id or 0
    ),
    "settlements.queries.locking.lock_series": lambda scene: lock_series(
        scene.part.organisation_id or 0, "invoice", 2026
    ),
    "stock.queries.lock_levels": lambda scene: lock_levels(
        [line.offer_id for line in scene.part.lines.all() if line.offer_id]
    ),
    "territories.actions.lock_load": lambda _scene: lock_load(),
}


def those_that_keep_out(scene: Scene, *, is_off: bool) -> list[str]:
    return [
        name for name, take in LOCKS.items() if keeps_out(partial(take, scene), name, is_off=is_off)
    ]


def test_a_lock_keeps_the_other_one_out(scene: Scene) -> None:
    assert those_that_keep_out(scene, is_off=False) == list(LOCKS)


def test_with_the_lock_off_the_other_one_comes_in(scene: Scene) -> None:
    """The twin: the waiting above comes from the lock and from nothing else."""
    assert those_that_keep_out(scene, is_off=True) == []
