"""What several payments give back for one cause: their credit notes are its lines, once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import catalogue, orders
from tests.factories.orders import NOON

from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.refunding import Cause, refund_merchant_order
from chalandise.payments.causes import shares_of
from chalandise.payments.models import Payment, Refund
from chalandise.payments.states import Means, PaymentState, RefundState
from chalandise.portals.models import Portal
from chalandise.settlements.actions.following import follow_payment, follow_refund
from chalandise.settlements.models import Invoice

pytestmark = pytest.mark.django_db
CLAIRE = Actor("person", "1", "Claire Fournil")
LATER = NOON + timedelta(hours=1)
GOODS = ("Tourte", "Fouace", "Flaune", "Pastis")
Sold = list[tuple[int, int, int]]  # quantity, cents of one, rate


def paid_in_parts(lot: Portal, bakery: Establishment, sold: Sold, cuts: list[int]) -> MerchantOrder:
    """An order paid by several payments: the first is its sale, the others came at the counter."""
    lines = tuple(
        (name, count, count * cents, rate)
        for name, (count, cents, rate) in zip(GOODS, sold, strict=False)
    )
    order = orders.order_at(lot, bakery, state=MerchantOrderState.PLACED, lines=lines)
    part = order.merchant_orders.get()
    MerchantOrder.objects.filter(pk=part.pk).update(paid_at=NOON)
    total = sum(one.total_cents for one in part.lines.all())
    marks = sorted({cut % total for cut in cuts} - {0})
    for place, (begins, ends) in enumerate(zip([0, *marks], [*marks, total], strict=True)):
        payment = Payment.objects.create(
            merchant_order=part,
            provider="on_collection" if place else "simulated",
            means=Means.CARD if place else Means.ONLINE,
            amount_cents=ends - begins,
            captured_cents=ends - begins,
            state=PaymentState.CAPTURED,
            captured_at=NOON + timedelta(minutes=place),
            provider_reference=f"bc_{part.pk}_{place}",
        )
        follow_payment(payment, at=NOON + timedelta(minutes=place))
    return MerchantOrder.objects.get(pk=part.pk)


@settings(
    max_examples=15,
    # each example is rolled back: the cast it shares is as it was
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(
    sold=st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 900), st.sampled_from([550, 2000])),
        min_size=1,
        max_size=4,
    ),
    cuts=st.lists(st.integers(1, 9999), max_size=3),
    seed=st.integers(0, 999),
)
def test_the_credit_notes_of_a_cause_are_its_lines_once_and_never_more(
    cast: Cast, sold: Sold, cuts: list[int], seed: int
) -> None:
    with transaction.atomic():
        assert cast.bakery.organisation is not None
        catalogue.seller(cast.bakery.organisation)
        dice, part = Random(seed), paid_in_parts(cast.lot, cast.bakery, sold, cuts)
        wanted = {one: dice.randint(0, one.quantity) for one in part.lines.order_by("position")}
        back = {one: count for one, count in wanted.items() if count}
        cents = {one: one.total_cents * count // one.quantity for one, count in back.items()}
        if back:
            cause = Cause(f"missing:{part.pk}", "missing", [(o.pk, n) for o, n in back.items()])
            asked = {"amount_cents": sum(cents.values()), "cause": cause}
            refunds = refund_merchant_order(part.pk, **asked, by=CLAIRE, at=LATER)  # type: ignore[arg-type]
            dice.shuffle(refunds)
            for refund in refunds:
                if dice.random() < 0.3:  # refused, and promised again
                    Refund.objects.filter(pk=refund.pk).update(state=RefundState.REFUSED)
                    key = f"missing:{part.pk}:again-{refund.pk}"
                    refund.pk, refund.key = None, key
                    refund.public_id = Refund._meta.get_field("public_id").get_default()
                refund.state, refund.done_at = RefundState.DONE, LATER
                refund.save()
            for refund in refunds:
                follow_refund(refund, at=LATER)
            _compare(part, {one.product_name: n for one, n in back.items()}, sum(cents.values()))
        transaction.set_rollback(True)


def _compare(part: MerchantOrder, back: dict[str, int], cents: int) -> None:
    notes = list(Invoice.objects.filter(kind="credit_note").order_by("pk"))
    assert sum(one.gross_cents for one in notes) == cents
    counted: Counter[str] = Counter()
    for note in notes:
        lines = note.document["lines"]
        assert sum(line["gross_cents"] for line in lines) == note.gross_cents
        for line in lines:
            counted[line["name"]] += int(Decimal(line["quantity"]))
    for name, count in back.items():
        assert counted[name] <= count, "a thing is credited more often than it came back"
    if len({one.vat_rate_bp for one in part.lines.all()}) == 1:
        assert {name: counted[name] for name in back} == back


def test_the_last_try_says_how_much_a_share_is_whatever_the_order_of_the_rows() -> None:
    first = Refund(pk=7, key="missing:3", amount_cents=500)
    again = Refund(pk=8, key="missing:3:again-7", amount_cents=300)
    other = Refund(pk=9, key="missing:3:1", amount_cents=200)
    for rows in ([first, again, other], [other, again, first], [again, other, first]):
        assert shares_of(other, rows) == (300, 500)
