"""What becomes of an order line between the order and the counter.

A line is never edited: each action adds a `LineChange`, signed, that brings it from what was ordered to
what stands. Where the part is paid, what it costs less is given back (`ordering.refund_due`); it never
costs more than what was paid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, record, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.kernel.money import round_half_up, split_cents
from chalandise.ordering.actions.repricing import reprice_withdrawals
from chalandise.ordering.errors import MoreThanStandsError, OverToleranceError
from chalandise.ordering.events import RefundDue
from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine
from chalandise.ordering.queries.lines import Standing, fee_left, gestures_on, standing_of
from chalandise.ordering.queries.locking import lock_part
from chalandise.ordering.states import ChangeKind, MerchantOrderState

_PREPARED = {MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED}
_STANDING = {*_PREPARED, MerchantOrderState.COMPLETED}


@dataclass(frozen=True)
class _Delta:
    """What a change adds to a line; both figures are signed."""

    kind: ChangeKind
    quantity: int
    cents: int
    detail: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def line_missing(line: OrderLine, *, quantity: int, by: Actor, at: datetime) -> LineChange:
    """Take out what the merchant does not have after all.

    Raises:
        MoreThanStandsError: more than what is left of the line.
        StaleStateError: the order is not being prepared any more.
    """
    part, stands = _locked(line, _PREPARED)
    cents = _share(stands, quantity)
    return _change(part, stands, _Delta(ChangeKind.MISSING, -quantity, -cents), by=by, at=at)


@transaction.atomic
def line_replaced(
    line: OrderLine,
    *,
    quantity: int,
    name: str,
    cents: int,
    by: Actor,
    at: datetime,
    minimum_age: int = 0,
) -> LineChange:
    """Give something else, which the customer has accepted, at most at the same price.

    Args:
        line: what it stands in for; the quantity stands, the price follows.
        quantity: how many are replaced.
        name: what is given instead.
        cents: what all of it costs; a dearer one costs what the thing itself would have.
        by: who says so.
        at: when.
        minimum_age: the age below which it may not be given.

    Raises:
        MoreThanStandsError: more than what is left of the line.
        StaleStateError: the order is not being prepared any more.
    """
    part, stands = _locked(line, _PREPARED)
    was = _share(stands, quantity)
    detail = {"quantity": quantity, "name": name[:200], "cents": cents}
    if minimum_age:
        detail["minimum_age"] = minimum_age
    delta = _Delta(ChangeKind.REPLACED, 0, min(0, cents - was), detail)
    return _change(part, stands, delta, by=by, at=at)


@transaction.atomic
def line_weighed(
    line: OrderLine, *, grams: int, by: Actor, at: datetime, is_agreed: bool = False
) -> LineChange:
    """Write the weight of the whole line; weighed again, the last weight counts.

    What a customer has withdrawn from and is not settled follows the scales. An amount given back
    before stays given back.

    Args:
        line: one that is priced by weight.
        grams: what the scales say of everything in it.
        by: who weighs.
        at: when.
        is_agreed: the customer was asked and said yes to more than was agreed.

    Raises:
        NotFoundError: the line is not priced by weight.
        OverToleranceError: it would cost more than the customer agreed to without being asked.
        StaleStateError: the order is not being prepared any more.
    """
    part, stands = _locked(line, _PREPARED)
    cents = weighed_cents(line, grams)
    limit = most_grams(line, stands.quantity)
    if grams > limit and not is_agreed:
        raise OverToleranceError(limit_grams=limit, grams=grams)
    delta = cents_on_the_scales(line, grams) - stands.cents
    if part.paid_at is not None:
        delta = min(0, delta)
    detail = {"grams": grams, "cents": cents}
    change = _change(part, stands, _Delta(ChangeKind.WEIGHED, 0, delta, detail), by=by, at=at)
    if stands.withdrawing:
        now = stands.cents + delta
        reprice_withdrawals(line, quantity=stands.quantity, cents=now, by=by, at=at)
    return change


def weighed_cents(line: OrderLine, grams: int) -> int:
    """Return what a weight of a line costs, from its price a kilogram.

    Raises:
        NotFoundError: the line is not priced by weight.
    """
    if not line.is_weight_priced or line.price_per_kilo_cents is None:
        raise NotFoundError
    return round_half_up(line.price_per_kilo_cents * grams, 1000)


def cents_on_the_scales(line: OrderLine, grams: int) -> int:
    """Return what the customer pays for a weight of a line, less what was given back on it.

    Raises:
        NotFoundError: the line is not priced by weight.
    """
    return max(0, weighed_cents(line, grams) - gestures_on(line))


def most_grams(line: OrderLine, quantity: int) -> int:
    """Return the heaviest that may be served of a line without asking."""
    return quantity * (line.estimate_grams or 0) * (100 + line.tolerance_percent) // 100


@transaction.atomic
def give_gesture(
    line: OrderLine, *, cents: int, reason: str, by: Actor, at: datetime
) -> LineChange:
    """Take something off a line out of kindness, also after it was handed over.

    Raises:
        MoreThanStandsError: more cents than the line costs.
        StaleStateError: the order has ended otherwise.
    """
    part, stands = _locked(line, _STANDING)
    if not 0 < cents <= stands.free_cents:
        raise MoreThanStandsError(line.pk, asked=cents, stands=stands.free_cents)
    detail = {"reason": reason.strip()[:500]}
    return _change(part, stands, _Delta(ChangeKind.GESTURE, 0, -cents, detail), by=by, at=at)


@transaction.atomic
def give_gesture_on_all(
    part: MerchantOrder, *, cents: int, reason: str, by: Actor, at: datetime
) -> list[LineChange]:
    """Take something off a whole merchant order, shared over its lines; one sum is given back.

    Raises:
        MoreThanStandsError: more cents than its lines cost.
        StaleStateError: the order has ended otherwise.
    """
    held = _held(part.pk, _STANDING)
    lines = [one for one in standing_of([held])[held.pk] if one.free_cents > 0]
    stands = sum(one.free_cents for one in lines)
    if not 0 < cents <= stands:
        raise MoreThanStandsError(0, asked=cents, stands=stands)
    detail = {"reason": reason.strip()[:500]}
    shares = split_cents(cents, [one.free_cents for one in lines])
    changes = [
        _write(held, one, _Delta(ChangeKind.GESTURE, 0, -share, detail), by=by, at=at)
        for one, share in zip(lines, shares, strict=True)
        if share
    ]
    _give_back(held, changes, [], at=at)
    return changes


@transaction.atomic
def give_all_back(part: MerchantOrder, *, reason: str, by: Actor, at: datetime) -> int:
    """Take off a merchant order all it still costs, delivery included; tell how much.

    It is with the customer or on its way there, which is for the caller to know: the goods are theirs.
    What they have withdrawn from has a refund of its own. Asked again, nothing is left.

    Raises:
        StaleStateError: it was not accepted yet, or has ended otherwise.
    """
    held = _held(part.pk, {MerchantOrderState.ACCEPTED, MerchantOrderState.COMPLETED})
    lines = standing_of([held])[held.pk]
    fee = fee_left(held)
    if not lines or not fee + sum(one.free_cents for one in lines):
        return 0
    said = {"reason": reason.strip()[:500]}
    changes = []
    for place, one in enumerate(lines):
        detail = {**said, "delivery_cents": fee} if fee and not place else said
        if one.free_cents > 0 or detail is not said:
            delta = _Delta(ChangeKind.GESTURE, 0, -max(one.free_cents, 0), detail)
            changes.append(_write(held, one, delta, by=by, at=at))
    return _give_back(held, changes, [], more_cents=fee, at=at)


def share_of(stands: Standing, quantity: int) -> int:
    """Return what so many of what may still go cost, so that any sequence adds up exactly."""
    if quantity == stands.free:
        return stands.free_cents
    return split_cents(stands.free_cents, [quantity, stands.free - quantity])[0]


def _share(stands: Standing, quantity: int) -> int:
    if not 0 < quantity <= stands.free:
        raise MoreThanStandsError(stands.line.pk, asked=quantity, stands=stands.free)
    return share_of(stands, quantity)


def _locked(line: OrderLine, states: set[MerchantOrderState]) -> tuple[MerchantOrder, Standing]:
    """Lock the merchant order and return what stands of the line."""
    part = _held(line.merchant_order_id, states)
    return part, next(one for one in standing_of([part])[part.pk] if one.line.pk == line.pk)


def _held(part_id: int, states: set[MerchantOrderState]) -> MerchantOrder:
    part = lock_part(part_id)
    if part.state not in states:
        raise StaleStateError(subject_of(part), "changed")
    return part


def _change(
    part: MerchantOrder, stands: Standing, delta: _Delta, *, by: Actor, at: datetime
) -> LineChange:
    change = _write(part, stands, delta, by=by, at=at)
    _give_back(part, [change], [[stands.line.pk, -delta.quantity]], at=at)
    return change


def _write(
    part: MerchantOrder, stands: Standing, delta: _Delta, *, by: Actor, at: datetime
) -> LineChange:
    change = LineChange.objects.create(
        line=stands.line,
        kind=delta.kind,
        quantity=delta.quantity,
        cents=delta.cents,
        detail=delta.detail,
        changed_at=at,
    )
    said = {"line": stands.line.pk, "quantity": delta.quantity, "cents": delta.cents}
    record(part, f"line_{delta.kind}", by=by, at=at, detail=said)
    return change


def _give_back(
    part: MerchantOrder,
    changes: list[LineChange],
    lines: list[list[int]],
    *,
    more_cents: int = 0,
    at: datetime,
) -> int:
    """Say what is due back for changes of one cause; ``lines`` is empty where all of them bear it."""
    cents, first = more_cents - sum(one.cents for one in changes), changes[0]
    if part.paid_at is not None and cents > 0:
        emit(
            RefundDue(
                merchant_order_id=part.pk,
                amount_cents=cents,
                reason=first.kind,
                key=f"{first.kind}:{first.pk}",
                lines=lines,
            ),
            at=at,
        )
    return cents
