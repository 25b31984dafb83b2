"""Which lines a refund gives back: all of its cause, or its share where several payments give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from chalandise.kernel.money import split_cents
from chalandise.ordering.models import MerchantOrder
from chalandise.payments.causes import cause_of, shares_of
from chalandise.payments.models import Refund
from chalandise.settlements.facts import SoldLine
from chalandise.settlements.queries.facts import lines_given_back, partial_name


def lines_of_refund(order: MerchantOrder, refund: Refund) -> tuple[SoldLine, ...]:
    """Return the lines that the credit note of a refund shows.

    The refunds of one cause stand one behind the other along its lines: each shows those that its
    money pays, and one that two of them pay is counted by the first. Together they are the lines of
    the cause, once.
    """
    pairs = [(int(line), int(count)) for line, count in refund.lines]
    cause = cause_of(refund.key)
    of_cause = Refund.objects.filter(payment__merchant_order=order, key__startswith=cause).order_by(
        "pk"
    )
    mates = [one for one in of_cause if cause_of(one.key) == cause]
    before, total = shares_of(refund, mates)
    lines = lines_given_back(order, pairs, amount_cents=total, reason=refund.reason)
    if total == refund.amount_cents:
        return lines
    gross = [one.gross_cents for one in lines]
    if sum(gross) > total:  # less goes back than the lines cost: each bears its part of that
        paid = split_cents(total, gross)
        lines = tuple(
            replace(one, gross_cents=cents) for one, cents in zip(lines, paid, strict=True)
        )
    return tuple(_between(lines, before, before + refund.amount_cents))


def _between(lines: tuple[SoldLine, ...], begins: int, ends: int) -> Iterator[SoldLine]:
    """Yield what of some lines, laid one behind the other, lies between two sums."""
    at = 0
    for line in lines:
        cents = min(at + line.gross_cents, ends) - max(at, begins)
        if cents > 0 and at >= begins:
            yield replace(line, gross_cents=cents)
        elif cents > 0:
            name = partial_name(line.name)
            yield replace(line, name=name, quantity=Decimal(1), unit="C62", gross_cents=cents)
        at += line.gross_cents
