"""Every named lock of the market keeps a second transaction out; with the lock off it does not.

One transaction takes the lock and stays open; another asks for the same with little patience. It must
be turned away, and its twin, with the locking taken out of the statement, must not: so the refusal
comes from the lock and from nothing else. What would go wrong without it, the races of each room show.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable
from tests.cast import Cast
from tests.factories import bank, market, payments

from chalandise.bank.queries import lock_session, lock_waiting_charges
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.queries.doors import lock_fulfilment
from chalandise.journal.outbox import Reader
from chalandise.journal.states import Actor
from chalandise.logistics.actions import booking, patience
from chalandise.ordering.actions.withdrawing import lock_parts
from chalandise.ordering.models import Checkout, MerchantOrder, Order
from chalandise.ordering.queries import rows
from chalandise.ordering.queries.checkouts import lock_checkout
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.visiting import continue_visit
from chalandise.payments.models import Payment, Refund, Visit
from chalandise.payments.queries import (
    lock_created_payments,
    lock_payable_parts,
    lock_payment,
    lock_refund,
)
from chalandise.settlements.queries.locking import lock_chain, lock_series
from chalandise.stock import queries as levels
from chalandise.stock.errors import StockBusyError

pytestmark = pytest.mark.django_db(transaction=True)
NOW = market.NOW
BY = Actor("merchant", "1", "Claire")
PATIENCE = "300ms"


@dataclass(frozen=True)
class Scene:
    """An order that was paid and partly given back, and one that waits at the bank."""

    paid: Order
    waiting: Order
    visit: Visit

    @property
    def part(self) -> MerchantOrder:
        return self.paid.merchant_orders.get()


@pytest.fixture
def scene(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(levels, "LOCK_TIMEOUT", PATIENCE)  # these two bring their own patience
    monkeypatch.setattr(patience, "PATIENCE", PATIENCE)
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
    return Scene(paid, waiting, open_visit)


def created_again(scene: Scene) -> list[Payment]:
    """Hold those of the open visit; the scene has made them as if no page covered them yet."""
    return lock_created_payments(
        scene.visit, [str(one.public_id) for one in scene.visit.payments.all()]
    )


LOCKS: dict[str, Callable[[Scene], object]] = {
    "lock_payment": lambda scene: lock_payment(Payment.objects.filter(captured_cents__gt=0)[0].pk),
    "lock_refund": lambda _scene: lock_refund(Refund.objects.get().pk),
    "lock_created_payments": created_again,
    "lock_payable_parts": lambda scene: lock_payable_parts(scene.waiting),
    "lock_checkout": lambda scene: lock_checkout(
        Checkout.objects.get(public_id=scene.paid.checkout_id).pk
    ),
    "lock_parts": lambda scene: lock_parts(scene.paid),
    "lock_chain": lambda scene: lock_chain(scene.part.organisation_id or 0),
    "lock_series": lambda scene: lock_series(scene.part.organisation_id or 0, "invoice", 2026),
    "lock_fulfilment": lambda scene: lock_fulfilment(scene.part.pk),
    "lock_session": lambda scene: lock_session(payments.session_of(scene.visit)),
    "lock_waiting_charges": lambda scene: lock_waiting_charges(payments.session_of(scene.visit)),
    "lock_levels": lambda scene: levels.lock_levels(
        [line.offer_id for line in scene.part.lines.all() if line.offer_id]
    ),
    "_lock_taken": lambda scene: booking._lock_taken([scene.part.holder]),
    "_lock_place": lambda _scene: Reader("somebody")._lock_place(),
}


def turned_away(lock: Callable[[Scene], object], scene: Scene) -> bool:
    """Tell whether somebody else is turned away while we hold the lock."""
    with transaction.atomic():
        lock(scene)  # what is made on first use is there for both
    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        lock(scene)
        return other.submit(_is_turned_away, lock, scene).result()


def _is_turned_away(lock: Callable[[Scene], object], scene: Scene) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            lock(scene)
    except StockBusyError:
        return True
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return True
        raise
    else:
        return False
    finally:
        connection.close()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_keeps_the_other_one_out(scene: Scene, name: str) -> None:
    assert turned_away(LOCKS[name], scene)


@pytest.mark.parametrize("name", LOCKS)
def test_with_the_lock_off_the_other_one_comes_in(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the refusal above comes from the lock and from nothing else."""

    def unlocked(self: QuerySet[Any], *_given: object, **_named: object) -> QuerySet[Any]:
        return self

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    for module, constant in (
        (levels, "ROW_LOCK"),
        (booking, "LOCK_TAKEN"),
        (rows, "_LOCKED_CHECKOUT"),
    ):
        statement = getattr(module, constant)
        bare = statement.partition("FOR UPDATE")[0]
        assert bare != statement
        monkeypatch.setattr(module, constant, bare)
    assert not turned_away(LOCKS[name], scene)
