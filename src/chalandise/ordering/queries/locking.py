"""The doors to rows of this room that are held until the transaction ends.

Whoever changes what it has read goes through one of them first, so of two at once the second reads
what the first has written. Those for sweepers pass by what somebody is busy with.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from chalandise.catalogue.queries.rows import join, taken
from chalandise.ordering.durability import LIGHTLY, of_own_block
from chalandise.ordering.models import (
    Cart,
    Checkout,
    MerchantOrder,
    Order,
    ReservationRequest,
    Withdrawal,
    WithdrawalCode,
)
from chalandise.ordering.queries.rows import CART
from chalandise.ordering.states import MerchantOrderState, ReservationState, WithdrawalState

_LOCK_CART = f"""
    WITH {LIGHTLY}
    SELECT {", ".join(f"k.{name}" for name in CART)}, c.id
    FROM lightly, ordering_cart k LEFT JOIN ordering_checkout c ON c.cart_id = k.id
    WHERE k.id = %(cart)s FOR UPDATE OF k
"""  # noqa: S608 (joined of constants)


def lock_cart(cart_id: int) -> Cart | None:
    """Hold a cart, and read its checkout if there is one; none where it is forgotten.

    The block that asks is about a cart or a checkout: its commit need not wait (`durability`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_CART, {"cart": cart_id, "durability": of_own_block()})
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    cart = taken(Cart, CART, values)
    begun = taken(Checkout, ["id"], values)
    join(cart, "checkout", begun if begun.pk else None)
    return cart


def lock_part(merchant_order_id: int) -> MerchantOrder:
    """Hold a merchant order."""
    return MerchantOrder.objects.select_for_update().get(pk=merchant_order_id)


def lock_parts(order: Order) -> list[MerchantOrder]:
    """Hold the merchant orders of an order, in the order of their keys."""
    rows = MerchantOrder.objects.select_for_update().filter(order=order.pk)
    return list(rows.order_by("pk"))


def lock_gathered(part: MerchantOrder) -> list[MerchantOrder]:
    """Hold what was gathered to be collected with a merchant order, in the order of keys."""
    return list(part.gathered.select_for_update().order_by("pk"))


def lock_unpaid_part(merchant_order_id: int, *, at: datetime) -> MerchantOrder | None:
    """Hold a part whose time to pay is over; none where somebody is paying it, or has."""
    rows = MerchantOrder.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.filter(
        pk=merchant_order_id,
        state=MerchantOrderState.AWAITING_PAYMENT,
        order__expires_at__lte=at,
    ).first()


def lock_code(order: Order) -> WithdrawalCode | None:
    """Hold the code that opens the withdrawal from an order."""
    return WithdrawalCode.objects.select_for_update().filter(order=order).first()


def lock_withdrawal(withdrawal_id: int) -> Withdrawal:
    """Hold a withdrawal."""
    return Withdrawal.objects.select_for_update().get(pk=withdrawal_id)


def lock_running_withdrawal(withdrawal_id: int) -> Withdrawal | None:
    """Hold a withdrawal that nobody settled or contested, and that nobody is busy with."""
    rows = Withdrawal.objects.select_for_update(of=("self",), skip_locked=True)
    return (
        rows.select_related("merchant_order__establishment")
        .filter(pk=withdrawal_id, applied_at=None, state=WithdrawalState.CONFIRMED)
        .first()
    )


def lock_overdue_reservation(
    reservation_id: int, state: ReservationState, *, at: datetime
) -> ReservationRequest | None:
    """Hold a reservation that stands where it was seen, its time over, nobody busy with it."""
    rows = ReservationRequest.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=reservation_id, state=state, expires_at__lte=at).first()
