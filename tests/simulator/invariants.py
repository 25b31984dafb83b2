"""The invariants of the market, each a function that names what is broken.

A law is a statement that should find nothing; called, it returns a sentence for each breach. All of
them hold of every row after every step, so each is asked, with its plan kept, whenever a table of its
own was written (`answers`).
`test_invariants.py` breaks a row by hand for each of them. I6 has two sides: what holds at every moment,
and what holds once the jobs have had their time (`laws_of_money.settled_money`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from tests.simulator.answers import Answers
from tests.simulator.laws import Law, ask, found
from tests.simulator.laws_of_goods import holds_expire, slots_fit, stock_adds_up, totals_add_up
from tests.simulator.laws_of_money import (
    effects_happen_once,
    ledger_balances,
    money_goes_back_once,
    money_is_bounded,
    no_money_without_order,
    payouts_are_earned,
)
from tests.simulator.laws_of_states import paid_with_money, states_are_told

from chalandise.logistics.actions import expire_slot_holds
from chalandise.stock.actions import expire_holds
from chalandise.stock.models import StockLevel
from chalandise.stock.queries import left_of

_ENDS = """
    SELECT 'stock', id, expires_at FROM stock_stockreservation WHERE state = 'held'
    UNION ALL
    SELECT 'slot', id, expires_at FROM logistics_slothold WHERE state = 'held'
    """


def ran_out(answers: Answers, *, at: datetime) -> frozenset[tuple[object, ...]]:
    """Return the holds that have run out and that no sweeper has come for yet."""
    return frozenset((what, pk) for what, pk, ends in answers.ask(_ENDS) if ends and ends <= at)


def sweepers_change_nothing(*, at: datetime) -> list[str]:
    """I12: what is left is the same with the sweepers as without them."""

    def left() -> tuple[dict[int, int | None], list[tuple[object, ...]]]:
        offers = StockLevel.objects.order_by("pk").values_list("pk", flat=True)
        booked = ask(
            """
            SELECT s.id, count(h.id) FILTER (
                WHERE h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %s)
            )
            FROM logistics_slotcount s LEFT JOIN logistics_slothold h ON h.slot_id = s.id
            GROUP BY s.id ORDER BY s.id
            """,
            [at],
        )
        return left_of(offers, at=at), booked

    before = left()
    with transaction.atomic():
        expire_holds(at=at)
        expire_slot_holds(at=at)
        after = left()
        swept = found(
            """
            SELECT 'I12 a slot counts what ran out: ' || s.id FROM logistics_slotcount s
            JOIN logistics_slothold h ON h.slot_id = s.id
            WHERE h.state = 'held' AND h.expires_at <= %(at)s
            UNION ALL
            SELECT 'I12 stock counts what ran out: ' || id FROM stock_stockreservation
            WHERE state = 'held' AND expires_at <= %(at)s
            """,
            {"at": at},
        )
        transaction.set_rollback(True)
    return swept if before == after else [f"I12 sweeping changed what is left: {before} {after}"]


AT_EVERY_STEP: tuple[Law, ...] = (
    ledger_balances,
    stock_adds_up,
    slots_fit,
    totals_add_up,
    money_is_bounded,
    money_goes_back_once,
    payouts_are_earned,
    no_money_without_order,
    states_are_told,
    paid_with_money,
    effects_happen_once,
    holds_expire,
)


EVERYTHING = Law(tuple(breach for law in AT_EVERY_STEP for breach in law.breaches)).statement


def broken_laws() -> list[str]:
    """Ask for breaches of every law at once."""
    return found(EVERYTHING)


def broken_meanwhile(answers: Answers) -> list[str]:
    """Return the breaches of every law, asking those anew of which a table was written."""
    return [str(row[0]) for law in AT_EVERY_STEP for row in answers.ask(law.statement)]
