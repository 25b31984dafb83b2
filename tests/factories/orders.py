"""Orders as they stand after the checkout, without going through it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chalandise.directory.models import Establishment
from chalandise.kernel.tokens import new_spoken_code
from chalandise.ordering.models import MerchantOrder, Order, OrderLine
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind
from chalandise.portals.models import Portal

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
Line = tuple[str, int, int, int]  # name, quantity, unit price in cents, rate in basis points
BREAD: tuple[Line, ...] = (("Tourte de seigle", 2, 450, 550), ("Bougie", 1, 1290, 2000))


def order_row(portal: Portal, *, total_cents: int, **fields: Any) -> Order:
    """Return an order of Nadia's without any part yet."""
    given: dict[str, Any] = {
        "number": new_spoken_code(8),
        "checkout_id": uuid.uuid4(),
        "customer_name": "Nadia Customer",
        "customer_email": "nadia@exemple.test",
        "items_cents": total_cents,
        "fee_cents": 0,
        "total_cents": total_cents,
        "recap": {"total_cents": total_cents},
        "recap_digest": "0" * 64,
        "placed_at": NOON,
    }
    return Order.objects.create(portal=portal, **(given | fields))


def merchant_order(
    establishment: Establishment,
    order: Order,
    *,
    lines: Sequence[Line] = BREAD,
    state: str = MerchantOrderState.AWAITING_PAYMENT,
    pays: str = Pays.ONLINE,
    fee_cents: int = 0,
    **fields: Any,
) -> MerchantOrder:
    """Return one merchant's part of ``order``, with its lines."""
    items = sum(quantity * cents for _name, quantity, cents, _rate in lines)
    position = order.merchant_orders.count() + 1
    assert establishment.organisation is not None, "a seller has an organisation"
    part = MerchantOrder.objects.create(
        order=order,
        number=f"{order.number}-{position}",
        establishment=establishment,
        organisation=establishment.organisation,
        holder=uuid.uuid4(),
        state=state,
        pays=pays,
        items_cents=items,
        fee_cents=fee_cents,
        total_cents=items + fee_cents,
        seller={"name": establishment.name},
        way={"label": "Retrait en boutique"},
        way_kind=WayKind.PICKUP,
        way_key="pickup:0",
        placed_at=order.placed_at,
        **fields,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            merchant_order=part,
            position=place,
            product_name=name,
            quantity=quantity,
            unit_price_cents=cents,
            total_cents=quantity * cents,
            vat_code="",
            vat_rate_bp=rate,
        )
        for place, (name, quantity, cents, rate) in enumerate(lines, 1)
    )
    return part


def order_at(
    portal: Portal,
    *establishments: Establishment,
    state: str = MerchantOrderState.AWAITING_PAYMENT,
    pays: str = Pays.ONLINE,
    lines: Sequence[Line] = BREAD,
    **fields: Any,
) -> Order:
    """Return an order with the same lines at each establishment."""
    each = sum(quantity * cents for _name, quantity, cents, _rate in lines)
    order = order_row(portal, total_cents=each * len(establishments), **fields)
    for establishment in establishments:
        merchant_order(establishment, order, state=state, pays=pays, lines=lines)
    return order
