"""A merchant order after it was placed: accepted, declined, cancelled, received, never collected.

Whatever ends without being handed over gives back its goods and its slot and, where it was paid,
says that money is due (`ordering.refund_due`). What was gathered for a gift basket follows the
order it is collected with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from chalandise.journal.actions import emit, move, record, subject_of
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.kernel.tokens import new_spoken_code
from chalandise.logistics.actions import release_slots
from chalandise.ordering.events import MerchantOrderMoved, RefundDue
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.policies import may_cancel
from chalandise.ordering.queries.lines import Standing, fee_left, perishable_lines, standing_of
from chalandise.ordering.queries.locking import lock_gathered, lock_part
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, Goods, MerchantOrderState
from chalandise.stock.actions import consume_stock, lose_stock, release_stock

CODE_LENGTH = 4
BASKET_INCOMPLETE = "basket_incomplete"


@transaction.atomic
def accept_merchant_order(part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    """Promise a placed order to the customer, and draw the code that opens it at the counter.

    Raises:
        StaleStateError: it is not waiting for an answer any more.
    """
    _step(part, MerchantOrderState.ACCEPTED, by=by, at=at)
    part.accepted_at = at
    part.save(update_fields=["accepted_at"])
    _give_code(part)


@transaction.atomic
def decline_merchant_order(
    part: MerchantOrder,
    *,
    reason: str,
    goods: Mapping[int, Goods] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Say no, before or after having said yes, and why; what was paid goes back.

    Args:
        part: the merchant order.
        reason: why, for the customer.
        goods: what becomes of its goods and of those gathered with it, by the key of their merchant
            order; back on the shelf where nothing is said.
        by: who says no.
        at: when.

    Raises:
        StaleStateError: it has ended already.
    """
    _end(part, MerchantOrderState.DECLINED, reason=reason, goods=goods or {}, by=by, at=at)


@transaction.atomic
def cancel_merchant_order(
    part: MerchantOrder,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    goods: Mapping[int, Goods] | None = None,
) -> None:
    """Call an order off; what was paid goes back.

    Where its goods are is known one floor above: who may call off what is prepared says what becomes
    of it. A customer presses `cancel_for_customer`.

    Args:
        part: the merchant order, read under its lock: a payment may have come since.
        by: who calls it off.
        at: when.
        reason: why, for the customer.
        goods: what becomes of its goods and of those gathered with it, by the key of their merchant
            order; back on the shelf where nothing is said.

    Raises:
        StaleStateError: it has ended already.
    """
    _end(part, MerchantOrderState.CANCELLED, reason=reason, goods=goods or {}, by=by, at=at)


@transaction.atomic
def cancel_for_customer(part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    """Call an order off because its customer pressed; what was paid up to this moment goes back.

    What the page showed may be a moment old: the payment or the merchant's yes may have come since,
    so it is read again under its lock. Nothing is prepared yet, so all of it goes back on the shelf.

    Raises:
        StaleStateError: the merchant has said yes meanwhile, or it has ended.
    """
    held = lock_part(part.pk)
    if not may_cancel(held):
        raise StaleStateError(subject_of(held), MerchantOrderState.CANCELLED)
    _end(held, MerchantOrderState.CANCELLED, reason="", by=by, at=at)


@transaction.atomic
def complete_merchant_order(part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    """Note that the customer has it: goods leave the stock, the withdrawal clock starts.

    What was gathered with it is received in the same moment.

    Raises:
        StaleStateError: it was not accepted, or has ended.
    """
    _complete(part, by=by, at=at)
    for other in lock_gathered(part):
        if other.state == MerchantOrderState.ACCEPTED:
            _complete(other, by=by, at=at)


@transaction.atomic
def mark_uncollected(
    part: MerchantOrder, *, goods: Goods = Goods.SELLABLE, by: Actor, at: datetime
) -> None:
    """Let go of what nobody came for (fault 26); what was paid goes back, all of it.

    Args:
        part: the merchant order.
        goods: what becomes of them; only what can still be sold goes back on the shelf.
        by: who gives up waiting.
        at: when.

    Raises:
        StaleStateError: it was not accepted, or has ended.
    """
    _end(part, MerchantOrderState.UNCOLLECTED, reason="", goods=goods, by=by, at=at)


@transaction.atomic
def arranged(part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    """Note that a person has settled with the customer what could not go by itself (fault 10).

    Raises:
        StaleStateError: somebody else has settled it meanwhile.
    """
    held = lock_part(part.pk)
    if not held.to_arrange:
        raise StaleStateError(subject_of(held), "arranged")
    record(held, "arranged", by=by, at=at, detail={"was": held.to_arrange})
    held.to_arrange = part.to_arrange = ""
    held.save(update_fields=["to_arrange"])


def expire_merchant_order(part: MerchantOrder, *, at: datetime) -> None:
    """Let go of a part whose payment never came."""
    _end(part, MerchantOrderState.EXPIRED, reason="", by=Actor.system("expiry"), at=at)


def _complete(part: MerchantOrder, *, by: Actor, at: datetime) -> None:
    _step(part, MerchantOrderState.COMPLETED, by=by, at=at)
    part.received_at = part.ended_at = at
    part.save(update_fields=["received_at", "ended_at"])
    left: dict[int, int] = {}
    for one in standing_of([part])[part.pk]:
        if one.line.offer_id is not None:
            left[one.line.offer_id] = left.get(one.line.offer_id, 0) + one.quantity
    consume_stock(
        part.holder,
        {offer_id: count for offer_id, count in left.items() if count > 0},
        by=by,
        at=at,
        reference=part.number,
    )


def _end(
    part: MerchantOrder,
    to: MerchantOrderState,
    *,
    reason: str,
    goods: Goods | Mapping[int, Goods] = Goods.SELLABLE,
    by: Actor,
    at: datetime,
) -> None:
    """Take a last step that is not the good one."""
    _step(part, to, by=by, at=at)
    part.ended_at, part.reason = at, reason.strip()[:500]
    part.save(update_fields=["ended_at", "reason"])
    fate = goods if isinstance(goods, Goods) else goods.get(part.pk, Goods.SELLABLE)
    _give_back_goods(part, fate, by=by, at=at)
    release_slots([part.holder], at=at)
    if part.paid_at is not None:
        refund_rest(part, cause=str(to), at=at)
    if part.gathered_by_id is not None:
        MerchantOrder.objects.filter(pk=part.gathered_by_id, to_arrange="").exclude(
            state__in=MERCHANT_ORDER_TRANSITIONS.final
        ).update(to_arrange=BASKET_INCOMPLETE)
    for other in lock_gathered(part):
        if (end := _end_with(other, to)) is not None:
            _end(other, end, reason=reason, goods=goods, by=by, at=at)


def _end_with(other: MerchantOrder, to: MerchantOrderState) -> MerchantOrderState | None:
    """Return how something gathered ends with its basket: nobody comes for what nobody accepted."""
    if MERCHANT_ORDER_TRANSITIONS.allows(other.state, to):
        return to
    is_unanswered = other.state == MerchantOrderState.PLACED
    is_pointless = is_unanswered and to == MerchantOrderState.UNCOLLECTED
    return MerchantOrderState.CANCELLED if is_pointless else None


def _give_back_goods(part: MerchantOrder, goods: Goods, *, by: Actor, at: datetime) -> None:
    if goods is Goods.SELLABLE:
        release_stock([part.holder], at=at)
        return
    gone: dict[int, int] = {}
    for one in lost_lines(part, goods):
        if one.line.offer_id is not None and one.quantity > 0:
            gone[one.line.offer_id] = gone.get(one.line.offer_id, 0) + one.quantity
    lose_stock(part.holder, gone, by=by, at=at, reference=part.number)


def lost_lines(part: MerchantOrder, goods: Goods) -> list[Standing]:
    """Return the lines of which nothing can be sold any more, as they stand."""
    if goods is Goods.SELLABLE:
        return []
    stands = standing_of([part])[part.pk]
    if goods is Goods.LOST:
        return stands
    spoiled = perishable_lines(part)
    return [one for one in stands if one.line.pk in spoiled or one.is_weighed]


def refund_rest(part: MerchantOrder, *, cause: str, at: datetime) -> None:
    """Say that everything which still stands of a paid part goes back, delivery included.

    Delivery is due also where no line stands any more, unless a withdrawal has it already.
    """
    standing: list[Standing] = [one for one in standing_of([part])[part.pk] if one.free > 0]
    amount = sum(one.free_cents for one in standing) + fee_left(part)
    if amount:
        emit(
            RefundDue(
                merchant_order_id=part.pk,
                amount_cents=amount,
                reason=cause,
                key=f"{cause}:{part.pk}",
                lines=[[one.line.pk, one.free] for one in standing],
            ),
            at=at,
        )


def _step(part: MerchantOrder, to: MerchantOrderState, *, by: Actor, at: datetime) -> None:
    move(part, to, table=MERCHANT_ORDER_TRANSITIONS, by=by, at=at)
    emit(MerchantOrderMoved(part.pk, to), at=at)


def _give_code(part: MerchantOrder) -> None:
    """Draw a code that opens no other accepted order of this shop."""
    for _attempt in range(20):
        try:
            with transaction.atomic():
                part.pickup_code = new_spoken_code(CODE_LENGTH)
                part.save(update_fields=["pickup_code"])
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free pickup code")  # 160,000 codes, a few open orders: never seen
