"""Money turns a merchant order into a placed one, once."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from tests.cast import Cast
from tests.factories.orders import NOON, order_at

from chalandise.ordering.actions.paying import PaidOutcome, mark_paid
from chalandise.ordering.models import MerchantOrder, OrderLine
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db


def part_of(cast: Cast) -> MerchantOrder:
    return order_at(cast.lot, cast.bakery).merchant_orders.get()


def test_a_paid_merchant_order_is_placed_once(cast: Cast) -> None:
    part = part_of(cast)
    assert mark_paid(part.pk, at=NOON) is PaidOutcome.PLACED
    assert mark_paid(part.pk, at=NOON) is PaidOutcome.ALREADY
    part.refresh_from_db()
    assert (part.state, part.paid_at) == (MerchantOrderState.PLACED, NOON)


def test_money_for_a_cancelled_order_is_lost_and_changes_nothing(cast: Cast) -> None:
    part = part_of(cast)
    MerchantOrder.objects.filter(pk=part.pk).update(state=MerchantOrderState.CANCELLED)
    assert mark_paid(part.pk, at=NOON) is PaidOutcome.LOST
    part.refresh_from_db()
    assert (part.state, part.paid_at) == (MerchantOrderState.CANCELLED, None)


def test_a_line_is_written_once(cast: Cast) -> None:
    line = OrderLine.objects.filter(merchant_order=part_of(cast)).first()
    assert line is not None
    with (
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ordering_orderline SET quantity = 9 WHERE id = %s", [line.pk])


def test_fault_14_a_total_that_is_not_the_product_is_refused(cast: Cast) -> None:
    part = part_of(cast)
    for quantity, cents, total in ((-1, 450, -450), (0, 450, 0), (2, 450, 899)):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderLine.objects.create(
                merchant_order=part,
                position=50,
                product_name="Pain",
                quantity=quantity,
                unit_price_cents=cents,
                total_cents=total,
                vat_code="reduced",
                vat_rate_bp=550,
            )
