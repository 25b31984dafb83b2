"""Withdrawal from a distance contract (code de la consommation, L221-18 and following, D221-5).

The customer declares it, in two steps that belong to the pages; here it is confirmed, acknowledged and
followed. Nothing is refused because the merchant has a reason of L221-28: the reason is kept with the
line, and the merchant may contest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from chalandise.journal.actions import emit, record, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.failpoints import failpoint
from chalandise.kernel.tokens import digest, matches, new_spoken_code, tidy_spoken_code
from chalandise.ordering.actions.changing import share_of
from chalandise.ordering.actions.settling import (
    REFUND_KEY,
    UNDER_WAY,
    GoodsOf,
    kept_by,
    on_the_shelf,
    settle_withdrawal,
    step_withdrawal,
)
from chalandise.ordering.errors import (
    MoreThanStandsError,
    NothingToWithdrawError,
    TooLateToWithdrawError,
    WrongCodeError,
)
from chalandise.ordering.events import WithdrawalConfirmed
from chalandise.ordering.models import (
    MerchantOrder,
    Order,
    Withdrawal,
    WithdrawalCode,
    WithdrawalLine,
)
from chalandise.ordering.queries.lines import Standing, fee_left
from chalandise.ordering.queries.locking import (
    lock_code,
    lock_parts,
    lock_withdrawal,
)
from chalandise.ordering.queries.withdrawals import (
    WithdrawableLine,
    withdrawable,
)
from chalandise.ordering.recap import digest_of
from chalandise.ordering.states import (
    Goods,
    WithdrawalState,
)
from chalandise.ordering.withdrawal_clock import refund_due
from chalandise.stock.actions import return_stock

CODE_LENGTH = 6
CODE_MINUTES = 30
CODE_TRIES = 5


@dataclass(frozen=True)
class _Chosen:
    """What is given back of one line, and what it costs."""

    standing: Standing
    quantity: int
    cents: int


def new_withdrawal_code(order: Order, *, at: datetime) -> str:
    """Draw the code that proves the address of an order; the face sends it and forgets it.

    A new code replaces the one before. Only its digest is kept.
    """
    code = new_spoken_code(CODE_LENGTH)
    WithdrawalCode.objects.update_or_create(
        order=order,
        defaults={
            "digest": digest(code, salt=_salt(order)),
            "expires_at": at + timedelta(minutes=CODE_MINUTES),
            "tries_left": CODE_TRIES,
        },
    )
    return code


def check_withdrawal_code(order: Order, typed: str, *, at: datetime) -> None:
    """Let pass whoever read the code in the e-mail; five tries, half an hour, once.

    Raises:
        WrongCodeError: another code, too late, or too many tries.
    """
    with transaction.atomic():
        row = lock_code(order)
        is_usable = row is not None and row.expires_at > at and row.tries_left > 0
        is_right = (
            row is not None
            and is_usable
            and matches(tidy_spoken_code(typed[:40]), row.digest, salt=_salt(order))
        )
        if row is not None and is_right:
            row.delete()
        elif row is not None and is_usable:
            row.tries_left -= 1
            row.save(update_fields=["tries_left"])
    if not is_right:
        raise WrongCodeError


@transaction.atomic
def confirm_withdrawal(
    order: Order,
    wanted: Mapping[int, int],
    *,
    name: str,
    email: str,
    at: datetime,
    by: Actor | None = None,
    goods_of: GoodsOf = on_the_shelf,
) -> list[Withdrawal]:
    """Withdraw from lines of an order: one declaration a merchant, all or nothing.

    The merchant orders are locked, so that two confirmations at once never give back more than what
    stands. What is not handed over yet is settled at once, unless the merchant may object.

    Args:
        order: whose lines.
        wanted: how many of which line.
        name: who withdraws, as they sign.
        email: where the acknowledgement goes.
        at: the moment that the acknowledgement bears.
        by: who confirms; a guest if nobody is named.
        goods_of: what becomes of the goods of what is under way and of what is gathered with it.

    Raises:
        NothingToWithdrawError: no line.
        MoreThanStandsError: a line of another order, or more than what is left of it.
        TooLateToWithdrawError: the fourteen days are over.
    """
    if not wanted:
        raise NothingToWithdrawError
    who = by or Actor.guest("customer")
    lock_parts(order)
    offered = withdrawable(order, at=at)
    failpoint("ordering.withdrawal.read")
    known = {line.standing.line.pk: line for one in offered for line in one.lines}
    for line_id, quantity in wanted.items():
        _require_possible(known.get(line_id), line_id, quantity)
    made, at_once = [], []
    for one in offered:
        chosen = [
            _Chosen(line.standing, quantity, share_of(line.standing, quantity))
            for line in one.lines
            if (quantity := wanted.get(line.standing.line.pk, 0))
        ]
        if chosen:
            stands = [line.standing for line in one.lines]
            new = _declare(one.part, chosen, stands, name=name, email=email, by=who, at=at)
            made.append(new)
            if one.part.state in UNDER_WAY and not any(_exception(each) for each in chosen):
                at_once.append(new)
    for new in at_once:  # all are declared: what ends with another gives back nothing twice
        settle_withdrawal(new, goods_of=goods_of, by=who, at=at)
    return made


@transaction.atomic
def contest_withdrawal(withdrawal: Withdrawal, *, answer: str, by: Actor, at: datetime) -> None:
    """Object to a withdrawal, with the reason; the customer may still claim it elsewhere.

    Raises:
        StaleStateError: it is contested or settled already.
    """
    held = lock_withdrawal(withdrawal.pk)
    if held.applied_at is not None:
        raise StaleStateError(subject_of(held), WithdrawalState.CONTESTED)
    step_withdrawal(withdrawal, WithdrawalState.CONTESTED, by=by, at=at)
    withdrawal.answer, withdrawal.answered_at = answer.strip()[:1000], at
    withdrawal.save(update_fields=["answer", "answered_at"])


@transaction.atomic
def return_withdrawal(
    withdrawal: Withdrawal,
    *,
    by: Actor,
    at: datetime,
    goes_on_shelf: bool = False,
    goods_of: GoodsOf = on_the_shelf,
) -> None:
    """Note that the goods came back; what was paid for them is due.

    Args:
        withdrawal: which.
        by: who took them.
        at: when.
        goes_on_shelf: whether they can be sold again; what never left the stock's books only stays
            there.
        goods_of: what becomes of the goods of what is gathered with it.

    Raises:
        StaleStateError: they came back already, or the money did.
    """
    step_withdrawal(withdrawal, WithdrawalState.RETURNED, by=by, at=at)
    fate = Goods.SELLABLE if goes_on_shelf else Goods.LOST
    settle_withdrawal(withdrawal, goods_of=partial(_in_hand, fate, goods_of), by=by, at=at)
    if not goes_on_shelf:
        return
    rows = withdrawal.lines.select_related("line__offer").exclude(line__in=kept_by(withdrawal))
    for row in rows.order_by("line__offer"):
        if row.line.offer is not None:
            reference = withdrawal.number
            return_stock(row.line.offer, row.quantity, by=by, at=at, reference=reference)


@transaction.atomic
def grant_withdrawal(
    withdrawal: Withdrawal, *, by: Actor, at: datetime, goods_of: GoodsOf = on_the_shelf
) -> None:
    """Give the money back without waiting for the goods, or in spite of a reason to object.

    Args:
        withdrawal: which.
        by: who does so.
        at: when.
        goods_of: what becomes of the goods of what is under way and of what is gathered with it.
    """
    lock_withdrawal(withdrawal.pk)  # before its order, as the clock does
    record(withdrawal, "granted", by=by, at=at)
    settle_withdrawal(withdrawal, goods_of=goods_of, by=by, at=at)


@transaction.atomic
def note_refunded(key: str, *, at: datetime) -> None:
    """Close the withdrawal whose refund was done; other keys of `ordering.refund_due` need nothing.

    `payments` calls this when the refund of that key is done; twice changes nothing.
    """
    cause, _colon, number = key.partition(":")
    if cause != REFUND_KEY or not number.isdecimal():
        return
    withdrawal = lock_withdrawal(int(number))
    if withdrawal.state != WithdrawalState.REFUNDED:
        step_withdrawal(withdrawal, WithdrawalState.REFUNDED, by=Actor.system("refund"), at=at)


def _require_possible(line: WithdrawableLine | None, line_id: int, quantity: int) -> None:
    free = line.standing.free if line is not None else 0
    if line is None or not 0 < quantity <= free:
        raise MoreThanStandsError(line_id, asked=quantity, stands=free)
    if not line.is_open and line.last_day is not None:
        raise TooLateToWithdrawError(line.last_day)


def _declare(
    part: MerchantOrder,
    chosen: Sequence[_Chosen],
    stands: Sequence[Standing],
    *,
    name: str,
    email: str,
    by: Actor,
    at: datetime,
) -> Withdrawal:
    is_whole = sum(one.quantity for one in chosen) == sum(one.free for one in stands)
    fee = fee_left(part) if is_whole else 0  # standard delivery goes back with the whole (L221-24)
    amount = sum(one.cents for one in chosen) + fee
    number = next_number(part)
    content = {
        "number": number,
        "order": part.number,
        "seller": part.seller.get("legal_name", ""),
        "name": name.strip()[:80],
        "email": email,
        "confirmed_at": at.isoformat(),
        "lines": [
            {
                "name": one.standing.line.product_name,
                "variant": one.standing.line.variant_name,
                "quantity": one.quantity,
                "cents": one.cents,
                "exception": one.standing.line.withdrawal_exception,
            }
            for one in chosen
        ],
        "delivery_cents": fee,
        "amount_cents": amount,
    }
    withdrawal = Withdrawal.objects.create(
        merchant_order=part,
        number=number,
        name=name.strip()[:80],
        email=email,
        content=content,
        digest=digest_of(content),
        state=WithdrawalState.CONFIRMED,
        confirmed_at=at,
        refund_due_on=refund_due(at, timezone=part.establishment.timezone),
        amount_cents=amount,
    )
    WithdrawalLine.objects.bulk_create(
        WithdrawalLine(
            withdrawal=withdrawal,
            line=one.standing.line,
            quantity=one.quantity,
            cents=one.cents,
            exception=one.standing.line.withdrawal_exception,
        )
        for one in chosen
    )
    record(withdrawal, "confirmed", by=by, at=at, detail={"amount_cents": amount})
    emit(WithdrawalConfirmed(withdrawal.pk), at=at)
    return withdrawal


def _exception(chosen: _Chosen) -> str:
    return chosen.standing.line.withdrawal_exception


def next_number(part: MerchantOrder) -> str:
    """Return the number of the next declaration about a merchant order, which is locked."""
    return f"{part.number}-R{part.withdrawals.count() + 1}"


def _in_hand(goods: Goods, goods_of: GoodsOf, parts: Iterable[MerchantOrder]) -> dict[int, Goods]:
    """Return what becomes of goods where the merchant holds those of the merchant orders asked for."""
    asked = list(parts)
    return {**goods_of(asked), **{part.pk: goods for part in asked}}


def _salt(order: Order) -> str:
    return f"{settings.SECRET_KEY}:withdrawal:{order.pk}"
