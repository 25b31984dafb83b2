"""When the money of a withdrawal goes back: article L221-24 of the code de la consommation, as rules.

The merchant pays back fourteen days after they were told, at the latest. For goods the customer has,
they may wait until the goods are back or until the customer has shown that they were sent, whichever
comes first. What was never handed over, and a service, brings nothing to wait for.

Told on 3 December 2026, goods posted on the 8th: the money goes back on the 17th. Posted on the 20th:
on the 20th. Neither back nor posted: the merchant may wait, and the customer is told how to end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

REMINDER_DAYS = 3


class Turn(Enum):
    """What the clock asks for today."""

    NOTHING = "nothing"
    NEAR = "near"  # the merchant is reminded
    DUE = "due"  # the money goes back by itself
    WAITING = "waiting"  # the merchant may wait for the goods: the customer is told
    BY_HAND = "by_hand"  # it was paid at the counter: only the merchant can give it back


@dataclass(frozen=True)
class RefundFacts:
    """What the clock reads of one withdrawal.

    Attributes:
        due_on: the fourteenth day after the merchant was told.
        awaits_goods: whether there are goods in the customer's hands.
        sent_on: the day the customer has shown that they were sent; None if not.
        is_by_hand: whether it was paid at the counter.
    """

    due_on: date
    awaits_goods: bool = False
    sent_on: date | None = None
    is_by_hand: bool = False


def paid_back_on(facts: RefundFacts) -> date | None:
    """Return the day the money goes back by itself; None while the merchant may wait for the goods."""
    if not facts.awaits_goods:
        return facts.due_on
    return max(facts.due_on, facts.sent_on) if facts.sent_on else None


def turn_of(facts: RefundFacts, *, on: date) -> Turn:
    """Return what is to be done about a withdrawal that is neither settled nor contested."""
    day = paid_back_on(facts)
    if on < facts.due_on - timedelta(days=REMINDER_DAYS):
        return Turn.NOTHING
    if on < facts.due_on or (day is not None and on < day):
        return Turn.NEAR
    if day is None:
        return Turn.WAITING
    return Turn.BY_HAND if facts.is_by_hand else Turn.DUE
