"""Orders at the counter: accepted, with their lines in every shape."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.orders import BREAD, NOON, Line, order_at

from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept
from chalandise.journal.states import Actor
from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.ordering.states import MerchantOrderState, Pays
from chalandise.portals.models import Portal

MERCHANT = Actor("person", "1", "Claire Fournil")
CUSTOMER = Actor.guest("customer")
SLOT = NOON + timedelta(hours=4)
CHEESE: tuple[Line, ...] = (("Tomme de causse", 2, 960, 550),)


def placed(
    portal: Portal,
    shop: Establishment,
    *,
    lines: tuple[Line, ...] = BREAD,
    pays: str = Pays.ONLINE,
    customer: dict[str, Any] | None = None,
    **fields: Any,
) -> MerchantOrder:
    """Return a merchant order that waits for a yes, to be collected at 16 h in Cahors."""
    order = order_at(
        portal, shop, state=MerchantOrderState.PLACED, pays=pays, lines=lines, **(customer or {})
    )
    part = order.merchant_orders.get()
    values = {"starts_at": SLOT, "ends_at": SLOT + timedelta(minutes=30)} | fields
    MerchantOrder.objects.filter(pk=part.pk).update(**values)
    return MerchantOrder.objects.get(pk=part.pk)


def accepted(portal: Portal, shop: Establishment, **fields: Any) -> MerchantOrder:
    """Return a merchant order that is being prepared."""
    order = placed(portal, shop, **fields)
    accept(order, by=MERCHANT, at=NOON)
    return MerchantOrder.objects.get(pk=order.pk)


def line_with(order: MerchantOrder, name: str, *, quantity: int = 1, **fields: Any) -> OrderLine:
    """Add a line to an order whose sums do not matter to the test."""
    cents = fields.pop("unit_price_cents", 1000)
    return OrderLine.objects.create(
        merchant_order=order,
        position=order.lines.count() + 1,
        product_name=name,
        quantity=quantity,
        unit_price_cents=cents,
        total_cents=quantity * cents,
        vat_code="",
        vat_rate_bp=550,
        **fields,
    )
