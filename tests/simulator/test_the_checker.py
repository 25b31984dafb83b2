"""Break the product on purpose, once for each invariant: the simulator finds out, and by that name.

`test_invariants.py` breaks rows by hand; here it is an action that is wrong, and a play that notices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from tests.cast import Cast
from tests.simulator import buyers, desk, nature, simulator, strangers
from tests.simulator.simulator import BrokenMarketError, Simulator
from tests.simulator.world import World

from chalandise.journal.actions import emit
from chalandise.logistics.actions import booking
from chalandise.ordering.actions import checkout, placing, serving
from chalandise.ordering.actions.paying import PaidOutcome
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.payments.actions import settling, watching
from chalandise.payments.models import Payment
from chalandise.settlements import subscribers
from chalandise.settlements.models import Invoice, LedgerEntry
from chalandise.stock.models import StockMovement

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 900  # a play ends where it is noticed, within a hundred or so unless steps were changed
FEW_STEPS = 100  # what is noticed at the end only needs to have happened by then
Patch = pytest.MonkeyPatch


def books_without_entries(patch: Patch) -> None:
    patch.setattr(LedgerEntry.objects, "bulk_create", lambda rows: list(rows))


def goods_that_go_unwritten(patch: Patch) -> None:
    patch.setattr(StockMovement.objects, "bulk_create", lambda rows: list(rows))


def places_that_stay_counted(patch: Patch) -> None:
    patch.setattr(booking, "recount", lambda slots: None)


def a_cent_more(patch: Patch) -> None:
    wrap(patch, placing, "_place", add_a_cent)


def add_a_cent(order: Order) -> None:
    cent = {"items_cents": F("items_cents") + 1, "total_cents": F("total_cents") + 1}
    Order.objects.filter(pk=order.pk).update(**cent)


def more_than_the_bank_took(patch: Patch) -> None:
    def take(payment: Payment, *rest: Any, **named: Any) -> None:
        really(payment, *rest, **named)
        Payment.objects.filter(pk=payment.pk).update(captured_cents=F("captured_cents") + 1)

    really = settling._take
    patch.setattr(settling, "_take", take)


def money_without_an_order(patch: Patch) -> None:
    patch.setattr(settling, "mark_paid", lambda *_given, **_named: PaidOutcome.PLACED)


def a_step_that_nobody_tells(patch: Patch) -> None:
    def step(part: MerchantOrder, to: str, **_named: Any) -> None:
        part.state = to
        part.save(update_fields=["state"])

    patch.setattr(serving, "_step", step)


def said_twice(patch: Patch) -> None:
    def twice(event: Any, *, at: Any) -> None:
        emit(event, at=at)
        emit(event, at=at)

    patch.setattr(settling, "emit", twice)


def refunds_that_are_never_sent(patch: Patch) -> None:
    patch.setattr(nature, "send_refunds", lambda *_given, **_named: 0)
    patch.setattr(
        simulator, "STEPS", ((20, buyers.shop), (2, buyers.change_mind), (1, desk.give_back))
    )


def books_compared_for_nothing(patch: Patch) -> None:
    patch.setattr(watching, "apply", lambda *_given, **_named: None)
    patch.setattr(simulator, "STEPS", ((20, buyers.shop), (1, compared)))


def compared(world: World) -> str:
    nature.compare(world)
    return "compared"


def disputes_that_the_books_forget(patch: Patch) -> None:
    patch.setattr(subscribers, "follow_dispute", lambda *_given, **_named: None)
    patch.setattr(simulator, "STEPS", ((20, buyers.shop), (2, nature.dispute)))


def a_door_for_everybody(patch: Patch) -> None:
    patch.setattr(strangers, "get_invoice_for_member", lambda _user, pk: Invoice.objects.get(pk=pk))
    patch.setattr(strangers, "get_merchant_order_for_member", lambda *_given: None)


def an_order_written_over(patch: Patch) -> None:
    def write_over(part: MerchantOrder) -> None:
        really(part)
        MerchantOrder.objects.filter(pk=part.pk).update(seller={"legal_name": "Autre SARL"})

    really = serving._give_code
    patch.setattr(serving, "_give_code", write_over)


def held_for_a_day(patch: Patch) -> None:
    patch.setattr(checkout, "HELD_MINUTES", 24 * 60)


def wrap(patch: Patch, module: Any, name: str, then: Callable[[Any], None]) -> None:
    """Have something done with what a function returns."""
    really = getattr(module, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        result = really(*given, **named)
        then(result)
        return result

    patch.setattr(module, name, wrapped)


@pytest.mark.parametrize(
    ("law", "mutation", "seed"),  # the seed is one that notices early
    [
        ("read_outbox broke", books_without_entries, 14),
        ("I2 ", goods_that_go_unwritten, 1),
        ("I3 ", places_that_stay_counted, 1),
        ("I4 ", a_cent_more, 7),
        ("I5 ", more_than_the_bank_took, 14),
        ("I6 ", money_without_an_order, 14),
        ("I7 ", a_step_that_nobody_tells, 14),
        ("I8 ", said_twice, 14),
        ("I9 ", refunds_that_are_never_sent, 1),
        ("I9 the books differ", disputes_that_the_books_forget, 1),
        ("I9 the bank took otherwise", books_compared_for_nothing, 1),
        ("I10 ", a_door_for_everybody, 7),
        ("I11 ", an_order_written_over, 8),
        ("I12 ", held_for_a_day, 6),
    ],
)
def test_a_play_notices(
    cast: Cast, monkeypatch: Patch, law: str, mutation: Callable[[Patch], None], seed: int
) -> None:
    mutation(monkeypatch)
    monkeypatch.setattr(simulator, "CRASHES_PERCENT", 0)
    is_at_the_end = mutation in (refunds_that_are_never_sent, disputes_that_the_books_forget)
    with pytest.raises(BrokenMarketError) as caught:
        Simulator(seed, cast).play(FEW_STEPS if is_at_the_end else STEPS)
    assert breach_of(str(caught.value)).startswith(law), str(caught.value)


def breach_of(story: str) -> str:
    """The first sentence after the last step."""
    told, after, found = story.partition("after step ")
    return found.splitlines()[1] if after else told.splitlines()[-1]
