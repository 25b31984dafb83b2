"""What becomes of a line: nothing is edited, everything adds up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import market

from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.actions.changing import (
    give_gesture,
    line_missing,
    line_replaced,
    line_weighed,
    share_of,
)
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import (
    accept_merchant_order,
    complete_merchant_order,
    decline_merchant_order,
)
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, grant_withdrawal
from chalandise.ordering.errors import MoreThanStandsError, OverToleranceError
from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine
from chalandise.ordering.queries.lines import Standing, standing_cents, standing_of

NOW = market.NOW
BY = Actor("merchant", "1", "Claire")


def due() -> list[tuple[int, str]]:
    rows = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    return [(row.payload["amount_cents"], row.payload["reason"]) for row in rows]


def ordered(cast: Cast, *, is_paid: bool, **details: Any) -> tuple[MerchantOrder, OrderLine]:
    shop = market.shop(cast.bakery, **details)
    order = market.ordered(
        cast.lot, (shop.offers[0], 3), pays="online" if is_paid else "on_collection"
    )
    part = order.merchant_orders.get()
    if is_paid:
        mark_paid(part.pk, at=NOW)
    part.refresh_from_db()
    accept_merchant_order(part, by=BY, at=NOW)
    return part, part.lines.get()


def stands(part: MerchantOrder) -> Standing:
    (one,) = standing_of([part])[part.pk]
    return one


@pytest.mark.django_db
def test_what_is_missing_is_neither_given_nor_paid(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=True)
    line_missing(line, quantity=1, by=BY, at=NOW)
    assert (stands(part).quantity, stands(part).cents) == (2, 900)
    with pytest.raises(MoreThanStandsError) as refused:
        line_missing(line, quantity=3, by=BY, at=NOW)
    assert refused.value.stands == 2
    decline_merchant_order(part, reason="", by=BY, at=NOW)
    assert due() == [(450, "missing"), (900, "declined")]
    with pytest.raises(StaleStateError):
        line_missing(line, quantity=1, by=BY, at=NOW)


@pytest.mark.django_db
def test_an_unpaid_order_just_costs_less(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=False)
    line_missing(line, quantity=1, by=BY, at=NOW)
    assert (standing_cents(part), due()) == (900, [])
    line_missing(line, quantity=2, by=BY, at=NOW)
    assert standing_cents(part) == 0


@pytest.mark.django_db
def test_a_substitute_never_costs_more(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=True)
    line_replaced(line, quantity=2, name="Tourte", cents=1200, by=BY, at=NOW)
    assert (stands(part).cents, due()) == (1350, [])
    change = line_replaced(line, quantity=1, name="Miche", cents=400, by=BY, at=NOW)
    assert change.detail["name"] == "Miche"
    assert (stands(part).cents, stands(part).quantity) == (1300, 3)
    assert due() == [(50, "replaced")]


CHEESE = {"prices": (2400,), "new": {"estimate_grams": 400}}


@pytest.mark.django_db
def test_the_scales_have_the_last_word_within_what_was_agreed(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=False, **CHEESE)
    assert (line.unit_price_cents, line.price_per_kilo_cents) == (960, 2400)
    line_weighed(line, grams=1250, by=BY, at=NOW)
    assert stands(part).cents == 3000
    line_weighed(line, grams=1150, by=BY, at=NOW)  # weighed again
    assert (stands(part).cents, stands(part).is_weighed) == (2760, True)
    with pytest.raises(OverToleranceError) as refused:
        line_weighed(line, grams=1400, by=BY, at=NOW)
    assert refused.value.limit_grams == 1320
    line_weighed(line, grams=1400, by=BY, at=NOW, is_agreed=True)
    assert stands(part).cents == 3360


@pytest.mark.django_db
def test_what_is_paid_never_costs_more_on_the_scales(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=True, **CHEESE)
    line_weighed(line, grams=1300, by=BY, at=NOW)
    assert (stands(part).cents, due()) == (2880, [])
    line_weighed(line, grams=1100, by=BY, at=NOW)
    assert (stands(part).cents, due()) == (2640, [(240, "weighed")])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_paid", "grams", "withdrawn"),
    [(False, 1100, 2640), (False, 1300, 3120), (True, 1100, 2640), (True, 1300, 2880)],
)
def test_what_is_withdrawn_from_and_weighed_gives_back_what_it_costs(
    cast: Cast, grams: int, withdrawn: int, *, is_paid: bool
) -> None:
    """Found by the simulator (seed 107): more was due than had been paid, so that nothing went back."""
    part, line = ordered(cast, is_paid=is_paid, **CHEESE)
    who = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
    made = [confirm_withdrawal(part.order, {line.pk: count}, at=NOW, **who)[0] for count in (1, 2)]
    assert [one.amount_cents for one in made] == [960, 1920]  # cheese: the merchant may object
    line_weighed(line, grams=grams, by=BY, at=NOW)
    assert (stands(part).cents, stands(part).free_cents) == (withdrawn, 0)
    mark_paid(part.pk, at=NOW)
    for one in made:  # as they were read before
        grant_withdrawal(one, by=BY, at=NOW)
    assert (stands(part).quantity, stands(part).cents) == (0, 0)
    assert sum(cents for cents, reason in due() if reason == "withdrawn") == withdrawn
    assert [one.content["amount_cents"] for one in made] == [960, 1920]  # as acknowledged


@pytest.mark.django_db
def test_a_loaf_is_not_weighed(cast: Cast) -> None:
    _part, line = ordered(cast, is_paid=False)
    with pytest.raises(NotFoundError):
        line_weighed(line, grams=500, by=BY, at=NOW)
    assert not LineChange.objects.exists()


@pytest.mark.django_db
def test_a_gesture_is_possible_afterwards_and_has_a_bottom(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=True)
    complete_merchant_order(part, by=BY, at=NOW)
    give_gesture(line, cents=300, reason="Trop cuit", by=BY, at=NOW)
    for cents in (1051, 0, -5):
        with pytest.raises(MoreThanStandsError):
            give_gesture(line, cents=cents, reason="", by=BY, at=NOW)
    assert (stands(part).cents, due()) == (1050, [(300, "gesture")])


@given(st.integers(0, 9999), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_fault_17_any_sequence_of_shares_adds_up(cents: int, quantities: list[int]) -> None:
    line = OrderLine(quantity=sum(quantities), total_cents=cents)
    quantity, rest, given_back = sum(quantities), cents, 0
    for some in quantities:
        share = share_of(Standing(line, quantity, rest), some)
        assert 0 <= share <= rest
        quantity, rest, given_back = quantity - some, rest - share, given_back + share
    assert (quantity, rest, given_back) == (0, 0, cents)


@pytest.mark.django_db
def test_what_was_given_back_stays_given_back_on_the_scales(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=False, **CHEESE)
    give_gesture(line, cents=200, reason="Croûte abîmée", by=BY, at=NOW)
    line_weighed(line, grams=1250, by=BY, at=NOW)
    assert stands(part).cents == 2800
    line_weighed(line, grams=1150, by=BY, at=NOW)  # weighed again
    assert stands(part).cents == 2560


@pytest.mark.django_db
def test_a_lighter_piece_comes_on_top_of_what_was_given_back(cast: Cast) -> None:
    part, line = ordered(cast, is_paid=True, **CHEESE)
    give_gesture(line, cents=200, reason="Croûte abîmée", by=BY, at=NOW)
    line_weighed(line, grams=1100, by=BY, at=NOW)
    assert (stands(part).cents, due()) == (2440, [(200, "gesture"), (240, "weighed")])
