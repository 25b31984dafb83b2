"""What was promised and did not come: told once, demanded, ended and paid back (L216-1, L216-6, L216-7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories.fulfilment import CUSTOMER, MERCHANT, SLOT, accepted, placed
from tests.factories.orders import NOON

from chalandise.fulfilment.actions.handing import send_out
from chalandise.fulfilment.actions.lateness import (
    demand_delivery,
    end_late_order,
    watch_demands,
    watch_promises,
)
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.models import Fulfilment
from chalandise.fulfilment.promises import Right, promised_until, right_of
from chalandise.fulfilment.queries.boards import board
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import MerchantOrderState, WayKind

pytestmark = pytest.mark.django_db

PROMISED = date(2026, 11, 20)
LATE = moment("2026-11-21 00:00")  # midnight in Cahors: the promised day is over
DEMANDED = moment("2026-11-21 09:00")
OVER = moment("2026-11-25 00:00")  # three days more, and their last midnight


def posted(cast: Cast, **fields: Any) -> MerchantOrder:
    values = {
        "way_kind": WayKind.SHIPPING,
        "starts_at": None,
        "ends_at": None,
        "promised_on": PROMISED,
    }
    return accepted(cast.lot, cast.bakery, **(values | fields))


def missed() -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(kind="fulfilment.promise_missed").order_by("pk")
    return [one.payload for one in rows]


def right(part: MerchantOrder, at: datetime) -> Right:
    part.refresh_from_db()
    held = Fulfilment.objects.get(merchant_order=part)
    return right_of(part, held.state, held.demanded_until, at=at)


def test_a_delivery_whose_day_is_over_is_told_once(cast: Cast) -> None:
    part = posted(cast)
    assert promised_until(part) == LATE
    assert watch_promises(at=LATE - timedelta(seconds=1)) == 0
    assert watch_promises(at=LATE) == 1
    assert watch_promises(at=LATE + timedelta(days=1)) == 0
    held = Fulfilment.objects.get(merchant_order=part)
    assert missed() == [
        {"fulfilment_id": held.pk, "merchant_order_id": part.pk, "moves": 0},
    ]


def test_what_is_ready_at_the_shop_and_was_not_brought_is_late(cast: Cast) -> None:
    part = posted(cast)
    mark_ready(part, by=MERCHANT, at=NOON)
    assert watch_promises(at=LATE) == 1


def test_what_has_left_is_told_to_nobody_yet_its_customer_may_demand_it(cast: Cast) -> None:
    part = posted(cast)
    mark_ready(part, by=MERCHANT, at=NOON)
    send_out(part, by=MERCHANT, at=NOON)
    assert watch_promises(at=LATE) == 0
    assert right(part, LATE) is Right.DEMAND


def test_a_collection_not_ready_when_its_slot_begins_is_told_and_again_after_a_move(
    cast: Cast,
) -> None:
    part = placed(cast.lot, cast.bakery, promised_on=SLOT.date())
    assert watch_promises(at=SLOT - timedelta(seconds=1)) == 0
    assert watch_promises(at=SLOT) == 1
    assert right(part, SLOT + timedelta(days=9)) is Right.NONE
    Fulfilment.objects.update(late_at=None)  # as `move_slot` does
    assert watch_promises(at=SLOT + timedelta(days=2)) == 0, "a slot of the past is no news"


@pytest.mark.parametrize("state", ["completed", "declined", "cancelled", "awaiting_payment"])
def test_what_has_ended_or_never_stood_is_not_late(cast: Cast, state: str) -> None:
    part = posted(cast)
    MerchantOrder.objects.filter(pk=part.pk).update(state=state)
    assert watch_promises(at=LATE) == 0
    assert right(part, LATE) is Right.NONE


def test_after_the_further_period_the_contract_ends_and_all_goes_back(cast: Cast) -> None:
    part = posted(cast, paid_at=NOON)
    with pytest.raises(StaleStateError):
        demand_delivery(part, days=3, by=CUSTOMER, at=LATE - timedelta(seconds=1))
    demand_delivery(part, days=3, by=CUSTOMER, at=DEMANDED)
    [event] = OutboxEvent.objects.filter(kind="fulfilment.delivery_demanded")
    assert event.payload["until"] == "2026-11-24"
    with pytest.raises(StaleStateError):
        demand_delivery(part, days=14, by=CUSTOMER, at=DEMANDED)
    assert right(part, OVER - timedelta(seconds=1)) is Right.WAIT
    with pytest.raises(StaleStateError):
        end_late_order(part, by=CUSTOMER, at=OVER - timedelta(seconds=1))
    assert watch_demands(at=OVER - timedelta(seconds=1)) == 0
    assert watch_demands(at=OVER) == 1
    assert watch_demands(at=OVER) == 0
    end_late_order(part, by=CUSTOMER, at=OVER)
    part.refresh_from_db()
    assert part.state == MerchantOrderState.CANCELLED
    [due] = OutboxEvent.objects.filter(kind="ordering.refund_due")
    assert due.payload["amount_cents"] == part.total_cents
    with pytest.raises(StaleStateError):
        end_late_order(part, by=CUSTOMER, at=OVER)


def test_only_the_periods_that_are_offered_can_be_asked_for(cast: Cast) -> None:
    part = posted(cast)
    with pytest.raises(StaleStateError):
        demand_delivery(part, days=0, by=CUSTOMER, at=LATE)
    assert Fulfilment.objects.get().demanded_at is None


def test_what_left_after_the_demand_is_not_told_as_lapsed(cast: Cast) -> None:
    part = posted(cast)
    demand_delivery(part, days=3, by=CUSTOMER, at=DEMANDED)
    mark_ready(part, by=MERCHANT, at=DEMANDED)
    send_out(part, by=MERCHANT, at=DEMANDED)
    assert watch_demands(at=OVER) == 0
    assert right(part, OVER) is Right.END, "it may be lost on the road"


def test_a_firm_has_what_its_contract_says(cast: Cast) -> None:
    part = posted(cast)
    Order.objects.filter(pk=part.order_id).update(business={"name": "SARL Exemple"})
    assert watch_promises(at=LATE) == 1
    assert right(MerchantOrder.objects.get(pk=part.pk), LATE) is Right.NONE


def test_a_late_delivery_stands_out_on_the_board(cast: Cast) -> None:
    posted(cast)
    [card] = board(cast.bakery, LATE).to_prepare
    assert card.is_late
    [card] = board(cast.bakery, LATE - timedelta(seconds=1)).to_prepare
    assert not card.is_late
