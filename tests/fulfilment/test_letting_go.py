"""Nobody comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.factories.fulfilment import MERCHANT, SLOT, accepted
from tests.factories.orders import NOON

from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.letting_go import (
    let_go,
    release_uncollected,
    remind_of_uncollected,
)
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.queries.customers import may_pay_on_collection, no_shows_of
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays

pytestmark = pytest.mark.django_db
ENDS = SLOT + timedelta(minutes=30)
NADIA = "nadia@exemple.test"


def ready(cast: Cast, *, at: datetime = NOON, **fields: object) -> MerchantOrder:
    order = accepted(cast.lot, cast.bakery, **({"pays": Pays.ON_COLLECTION} | fields))
    mark_ready(order, by=MERCHANT, at=at)
    return order


def test_who_has_not_come_two_hours_after_the_slot_is_reminded_once(cast: Cast) -> None:
    ready(cast)
    assert remind_of_uncollected(at=ENDS + timedelta(minutes=119)) == 0
    assert remind_of_uncollected(at=ENDS + timedelta(hours=2)) == 1
    assert remind_of_uncollected(at=ENDS + timedelta(hours=3)) == 0
    assert OutboxEvent.objects.filter(kind="fulfilment.reminder_due").count() == 1


def test_what_was_collected_is_not_reminded(cast: Cast) -> None:
    order = ready(cast)
    hand_over(order, checks=Checks(Proof.KNOWN, means="card"), by=MERCHANT, at=SLOT)
    assert remind_of_uncollected(at=ENDS + timedelta(hours=2)) == 0


def test_fault_26_what_nobody_collects_is_let_go_after_two_days(cast: Cast) -> None:
    order = ready(cast)
    assert release_uncollected(at=ENDS + timedelta(days=2, seconds=-1)) == 0
    assert release_uncollected(at=ENDS + timedelta(days=2)) == 1
    assert release_uncollected(at=ENDS + timedelta(days=2)) == 0
    order.refresh_from_db()
    assert order.state == MerchantOrderState.UNCOLLECTED
    assert Fulfilment.objects.get().state == FulfilmentState.NOT_COLLECTED


def test_what_was_paid_online_waits_for_the_merchants_word(cast: Cast) -> None:
    order = ready(cast, pays=Pays.ONLINE)
    assert release_uncollected(at=ENDS + timedelta(days=30)) == 0
    let_go(order, by=MERCHANT, at=ENDS + timedelta(days=3))
    assert Fulfilment.objects.get().state == FulfilmentState.NOT_COLLECTED


def test_what_is_not_ready_cannot_be_uncollected(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    with pytest.raises(StaleStateError):
        let_go(order, by=MERCHANT, at=ENDS)
    order.refresh_from_db()
    assert order.state == MerchantOrderState.ACCEPTED


def test_fault_26_no_shows_are_counted_fairly(cast: Cast) -> None:
    for count in range(2):
        assert may_pay_on_collection(NADIA, at=ENDS), f"after {count}"
        let_go(ready(cast), by=MERCHANT, at=ENDS)
    assert no_shows_of("NADIA@exemple.test ", at=ENDS) == 2
    assert not may_pay_on_collection(NADIA, at=ENDS)
    assert may_pay_on_collection("lucile@exemple.test", at=ENDS)
    assert may_pay_on_collection(NADIA, at=ENDS + timedelta(days=181))
    came = ready(cast, pays=Pays.ONLINE)
    hand_over(came, checks=Checks(Proof.KNOWN), by=MERCHANT, at=SLOT)
    assert may_pay_on_collection(NADIA, at=ENDS)  # something was collected since


def test_fault_20_an_alias_does_not_wash_anybody_clean(cast: Cast) -> None:
    for _time in range(2):
        let_go(ready(cast), by=MERCHANT, at=ENDS)
    name, _at, domain = NADIA.partition("@")
    assert not may_pay_on_collection(f"{name.upper()}+encore@{domain}", at=ENDS)
    assert may_pay_on_collection(f"{name}.b@{domain}", at=ENDS)  # another mailbox over there


def test_a_telephone_counts_as_well_and_nobody_can_be_read_from_the_table(cast: Cast) -> None:
    customer = {"customer_phone": "+33600000001"}
    let_go(ready(cast, customer=customer), by=MERCHANT, at=ENDS)
    assert no_shows_of("autre@exemple.test", "+33600000001", at=ENDS) == 1
    assert no_shows_of(NADIA, "+33600000001", at=ENDS) == 1  # the same evening, counted once
    kept = " ".join(NoShow.objects.values_list("customer", flat=True))
    assert "nadia" not in kept
    assert "33600000001" not in kept
