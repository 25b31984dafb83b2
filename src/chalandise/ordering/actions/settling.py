"""Settling a withdrawal: what it takes out of the order, what is due, what becomes of the goods.

Where the goods of an order under way are is known one floor above: who settles says what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from chalandise.journal.actions import emit, move
from chalandise.journal.states import Actor
from chalandise.ordering.actions.serving import cancel_merchant_order, lost_lines
from chalandise.ordering.events import RefundDue, WithdrawalMoved
from chalandise.ordering.models import (
    LineChange,
    MerchantOrder,
    Withdrawal,
    WithdrawalLine,
)
from chalandise.ordering.queries.lines import standing_of
from chalandise.ordering.queries.locking import lock_part
from chalandise.ordering.states import (
    WITHDRAWAL_TRANSITIONS,
    ChangeKind,
    Goods,
    MerchantOrderState,
    WithdrawalState,
)
from chalandise.stock.actions import lose_some
from chalandise.stock.queries import lost_under

REFUND_KEY = "withdrawal"
UNDER_WAY = {MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED}

GoodsOf = Callable[[Iterable[MerchantOrder]], Mapping[int, Goods]]  # asked under the lock


def on_the_shelf(_parts: Iterable[MerchantOrder]) -> dict[int, Goods]:
    """Tell that goods go back on the shelf, which is so of what is not prepared yet."""
    return {}


def settle_withdrawal(
    withdrawal: Withdrawal, *, goods_of: GoodsOf, by: Actor, at: datetime
) -> None:
    """Take the lines out of what stands, and say what is due; a second call changes nothing.

    An order of which nothing stands any more before it was handed over is called off. What is lost of
    one under way leaves the stock at once; the rest goes back to the shelf when the order ends.
    """
    part = lock_part(withdrawal.merchant_order_id)
    if not Withdrawal.objects.filter(pk=withdrawal.pk, applied_at=None).update(applied_at=at):
        return
    withdrawal.applied_at = at
    lines = list(withdrawal.lines.select_related("line").order_by("line"))
    goods = goods_of([part]) if part.state in UNDER_WAY else {}
    kept = _keep(part, lines, goods, by=by, at=at, number=withdrawal.number)
    # the scales may have spoken since the declaration was read
    amount = sum(row.cents for row in lines) + int(withdrawal.content.get("delivery_cents", 0))
    LineChange.objects.bulk_create(
        LineChange(
            line_id=row.line_id,
            kind=ChangeKind.WITHDRAWN,
            quantity=-row.quantity,
            cents=-row.cents,
            detail={"withdrawal": withdrawal.number, "is_kept": row.line_id in kept},
            changed_at=at,
        )
        for row in lines
    )
    if part.paid_at is not None and amount:
        emit(
            RefundDue(
                merchant_order_id=part.pk,
                amount_cents=amount,
                reason=ChangeKind.WITHDRAWN,
                key=f"{REFUND_KEY}:{withdrawal.pk}",
                lines=[[row.line_id, row.quantity] for row in lines],
            ),
            at=at,
        )
    else:  # nothing was paid: nothing is left to do
        step_withdrawal(withdrawal, WithdrawalState.REFUNDED, by=Actor.system("withdrawal"), at=at)
    if part.state in UNDER_WAY and not any(one.quantity for one in standing_of([part])[part.pk]):
        cancel_merchant_order(part, goods=goods, by=by, at=at)


def _keep(
    part: MerchantOrder,
    lines: Sequence[WithdrawalLine],
    goods: Mapping[int, Goods],
    *,
    by: Actor,
    at: datetime,
    number: str,
) -> set[int]:
    """Take what is lost out of the stock; return the lines that are still in its books."""
    if part.state == MerchantOrderState.COMPLETED:
        return set()
    if (
        part.state not in UNDER_WAY
    ):  # it ended before, and gave back to the shelf what it had not lost
        offers = [row.line.offer_id for row in lines if row.line.offer_id is not None]
        spoiled = lost_under(part.number, offers)
        return {row.line_id for row in lines if row.line.offer_id not in spoiled}
    gone = {one.line.pk for one in lost_lines(part, goods.get(part.pk, Goods.SELLABLE))}
    lost: dict[int, int] = {}
    for row in lines:
        if row.line_id in gone and row.line.offer_id is not None:
            lost[row.line.offer_id] = lost.get(row.line.offer_id, 0) + row.quantity
    if lost:
        lose_some(part.holder, lost, by=by, at=at, reference=number)
    return {row.line_id for row in lines} - gone


def kept_by(withdrawal: Withdrawal) -> list[int]:
    """Return the lines of a settled withdrawal whose goods never left the stock's books."""
    changes = LineChange.objects.filter(
        line__merchant_order=withdrawal.merchant_order_id,
        kind=ChangeKind.WITHDRAWN,
        detail__contains={"withdrawal": withdrawal.number, "is_kept": True},
    )
    return list(changes.values_list("line_id", flat=True))


def step_withdrawal(
    withdrawal: Withdrawal, to: WithdrawalState, *, by: Actor, at: datetime
) -> None:
    """Take one step, and say so."""
    move(withdrawal, to, table=WITHDRAWAL_TRANSITIONS, by=by, at=at)
    emit(WithdrawalMoved(withdrawal.pk, to), at=at)
