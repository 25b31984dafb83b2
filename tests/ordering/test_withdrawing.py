"""A customer gives up a contract: per line, per merchant or whole, with or without an account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, market
from tests.factories.stock import level

from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.logistics.models import SlotCount
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.serving import accept_merchant_order, complete_merchant_order
from chalandise.ordering.actions.withdrawing import (
    check_withdrawal_code,
    confirm_withdrawal,
    contest_withdrawal,
    grant_withdrawal,
    new_withdrawal_code,
    note_refunded,
    return_withdrawal,
)
from chalandise.ordering.errors import (
    MoreThanStandsError,
    NothingToWithdrawError,
    TooLateToWithdrawError,
    WrongCodeError,
)
from chalandise.ordering.models import LineChange, MerchantOrder, Order, Withdrawal
from chalandise.ordering.queries.lines import standing_of
from chalandise.ordering.queries.withdrawals import (
    find_order_for_withdrawal,
    get_withdrawal_by_token,
    get_withdrawal_for_member,
    withdrawable,
)
from chalandise.ordering.recap import digest_of
from chalandise.ordering.states import WithdrawalState

pytestmark = pytest.mark.django_db
NOW = market.NOW
BY = Actor("merchant", "1", "Claire")
RECEIVED = moment("2026-12-01 10:00")
SOON = moment("2026-12-03 20:15")
LAST = moment("2026-12-15 23:59")
NADIA = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}


def bought(
    cast: Cast, *, is_received: bool = True, is_paid: bool = True, **details: Any
) -> tuple[Order, MerchantOrder]:
    """Two vases and a candle, delivered for 4.90 €."""
    shop = market.shop(cast.bookshop, category="livres", **details)
    logistics.zone(cast.bookshop)
    order = market.ordered(
        cast.lot,
        (shop.offers[0], 2),
        (shop.offers[2], 1),
        pays="online" if is_paid else "on_collection",
        kinds={cast.bookshop.pk: "delivery"},
    )
    part = order.merchant_orders.get()
    if is_paid:
        mark_paid(part.pk, at=NOW)
        part.refresh_from_db()
    accept_merchant_order(part, by=BY, at=NOW)
    if is_received:
        complete_merchant_order(part, by=BY, at=RECEIVED)
    return order, part


def due() -> list[tuple[int, str]]:
    rows = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    return [(row.payload["amount_cents"], row.payload["key"]) for row in rows]


def test_one_of_two_is_given_back_and_acknowledged(cast: Cast) -> None:
    order, part = bought(cast)
    vase, candle = part.lines.order_by("position")
    (made,) = confirm_withdrawal(order, {vase.pk: 1}, at=SOON, **NADIA)
    assert made.number == f"{part.number}-R1"
    assert made.content["confirmed_at"] == SOON.isoformat()
    assert made.content["lines"][0]["quantity"] == 1
    assert (made.content["amount_cents"], made.content["delivery_cents"]) == (450, 0)
    assert made.digest == digest_of(made.content)
    assert made.refund_due_on == date(2026, 12, 17)
    assert made.state == WithdrawalState.CONFIRMED
    assert due() == []  # the merchant may wait for the goods
    return_withdrawal(made, by=BY, at=SOON + timedelta(days=2), goes_on_shelf=True)
    assert due() == [(450, f"withdrawal:{made.pk}")]
    assert vase.offer is not None
    assert level(vase.offer) == (9, 0, 0)
    note_refunded(f"withdrawal:{made.pk}", at=SOON + timedelta(days=3))
    note_refunded(f"withdrawal:{made.pk}", at=SOON + timedelta(days=3))
    note_refunded("declined:1", at=SOON)
    made.refresh_from_db()
    assert made.state == WithdrawalState.REFUNDED
    stands = {one.line.pk: (one.quantity, one.cents) for one in standing_of([part])[part.pk]}
    assert stands == {vase.pk: (1, 450), candle.pk: (1, 1290)}


def test_the_whole_brings_back_the_delivery_too(cast: Cast) -> None:
    order, part = bought(cast)
    lines = {line.pk: line.quantity for line in part.lines.all()}
    (made,) = confirm_withdrawal(order, lines, at=SOON, **NADIA)
    assert made.amount_cents == 900 + 1290 + 490
    grant_withdrawal(made, by=BY, at=SOON)
    grant_withdrawal(made, by=BY, at=SOON)
    assert due() == [(2680, f"withdrawal:{made.pk}")]
    return_withdrawal(made, by=BY, at=SOON)
    assert len(due()) == 1
    assert LineChange.objects.count() == 2


def test_in_two_steps_the_sums_are_those_of_one(cast: Cast) -> None:
    order, part = bought(cast)
    vase, candle = part.lines.order_by("position")
    (first,) = confirm_withdrawal(order, {vase.pk: 1}, at=SOON, **NADIA)
    (second,) = confirm_withdrawal(order, {vase.pk: 1, candle.pk: 1}, at=SOON, **NADIA)
    assert (first.amount_cents, second.amount_cents) == (450, 450 + 1290 + 490)
    assert second.number.endswith("-R2")
    with pytest.raises(MoreThanStandsError) as refused:
        confirm_withdrawal(order, {vase.pk: 1}, at=SOON, **NADIA)
    assert (refused.value.asked, refused.value.stands) == (1, 0)
    assert Withdrawal.objects.count() == 2


@pytest.mark.parametrize("quantity", [0, -1, 3, 99])
def test_never_more_than_stands(cast: Cast, quantity: int) -> None:
    order, part = bought(cast)
    line = part.lines.order_by("position")[0]
    with pytest.raises(MoreThanStandsError):
        confirm_withdrawal(order, {line.pk: quantity}, at=SOON, **NADIA)
    with pytest.raises(NothingToWithdrawError):
        confirm_withdrawal(order, {}, at=SOON, **NADIA)
    assert not Withdrawal.objects.exists()


def test_a_line_of_another_order_is_not_there(cast: Cast) -> None:
    order, _part = bought(cast)
    shop = market.shop(cast.bakery)
    other = market.ordered(cast.lot, (shop.offers[0], 1))
    foreign = other.merchant_orders.get().lines.get()
    with pytest.raises(MoreThanStandsError):
        confirm_withdrawal(order, {foreign.pk: 1}, at=SOON, **NADIA)


def test_the_fourteenth_day_counts_and_the_fifteenth_is_too_late(cast: Cast) -> None:
    order, part = bought(cast)
    line = part.lines.order_by("position")[0]
    (shown,) = withdrawable(order, at=LAST)
    assert shown.may_withdraw
    assert shown.lines[0].last_day == date(2026, 12, 15)
    confirm_withdrawal(order, {line.pk: 1}, at=LAST, **NADIA)
    after = LAST + timedelta(minutes=1)
    assert not withdrawable(order, at=after)[0].may_withdraw
    with pytest.raises(TooLateToWithdrawError) as refused:
        confirm_withdrawal(order, {line.pk: 1}, at=after, **NADIA)
    assert refused.value.last_day == date(2026, 12, 15)


def test_before_the_hand_over_it_is_settled_at_once(cast: Cast) -> None:
    order, part = bought(cast, is_received=False)
    lines = {line.pk: line.quantity for line in part.lines.all()}
    (made,) = confirm_withdrawal(order, lines, at=NOW, **NADIA)
    part.refresh_from_db()
    assert part.state == "cancelled"
    assert due() == [(2680, f"withdrawal:{made.pk}")]
    line = part.lines.all()[0]
    assert line.offer is not None
    assert level(line.offer) == (10, 0, 0)
    assert not SlotCount.objects.filter(booked__gt=0).exists()


def test_what_was_never_paid_has_nothing_to_give_back(cast: Cast) -> None:
    order, part = bought(cast, is_received=False, is_paid=False)
    line = part.lines.order_by("position")[0]
    (made,) = confirm_withdrawal(order, {line.pk: 2}, at=NOW, **NADIA)
    made.refresh_from_db()
    part.refresh_from_db()
    assert (made.state, part.state, due()) == (WithdrawalState.REFUNDED, "accepted", [])
    complete_merchant_order(part, by=BY, at=RECEIVED)
    assert line.offer is not None
    assert level(line.offer) == (10, 0, 0)  # the two never left the shop


def test_an_exception_is_shown_and_hides_nothing(cast: Cast) -> None:
    order, part = bought(cast, is_received=False, withdrawal_exception="made_to_order")
    line = part.lines.order_by("position")[0]
    (shown,) = withdrawable(order, at=NOW)
    assert (shown.lines[0].exception, shown.lines[0].may_withdraw) == ("made_to_order", True)
    (made,) = confirm_withdrawal(order, {line.pk: 1}, at=NOW, **NADIA)
    assert made.lines.get().exception == "made_to_order"
    assert (made.state, due()) == (WithdrawalState.CONFIRMED, [])  # the merchant may object
    contest_withdrawal(made, answer="Gravé à votre nom", by=BY, at=SOON)
    with pytest.raises(StaleStateError):
        contest_withdrawal(made, answer="Encore", by=BY, at=SOON)
    assert made.answer == "Gravé à votre nom"
    grant_withdrawal(made, by=BY, at=SOON)  # and may change its mind
    assert due() == [(450, f"withdrawal:{made.pk}")]


def test_without_an_account_a_number_and_an_address_open_the_order(cast: Cast) -> None:
    order, _part = bought(cast)
    typed = order.number.replace("-", " ").lower()
    assert find_order_for_withdrawal(typed, " NADIA@exemple.test ") == order
    for number, email in (
        (order.number, "autre@exemple.test"),
        ("XXXX-XXXX", "nadia@exemple.test"),
        ("", ""),
        (order.number, ""),
    ):
        with pytest.raises(NotFoundError):
            find_order_for_withdrawal(number, email)


def test_fault_58_a_code_works_once_for_half_an_hour_and_five_tries(cast: Cast) -> None:
    order, _part = bought(cast)
    code = new_withdrawal_code(order, at=NOW)
    check_withdrawal_code(order, f" {code.lower()} ", at=NOW)
    with pytest.raises(WrongCodeError):
        check_withdrawal_code(order, code, at=NOW)
    code = new_withdrawal_code(order, at=NOW)
    with pytest.raises(WrongCodeError):
        check_withdrawal_code(order, code, at=NOW + timedelta(minutes=30))
    for _try in range(5):
        with pytest.raises(WrongCodeError):
            check_withdrawal_code(order, "AAAAAA", at=NOW)
    with pytest.raises(WrongCodeError):
        check_withdrawal_code(order, code, at=NOW)


def test_each_sees_their_own_withdrawals(cast: Cast) -> None:
    order, part = bought(cast)
    line = part.lines.order_by("position")[0]
    (made,) = confirm_withdrawal(order, {line.pk: 1}, at=SOON, **NADIA)
    assert get_withdrawal_by_token(made.token) == made
    assert get_withdrawal_for_member(cast.idris, made.pk) == made
    for person in (cast.claire, cast.nadia, cast.helene):
        with pytest.raises(NotFoundError):
            get_withdrawal_for_member(person, made.pk)
    with pytest.raises(NotFoundError):
        get_withdrawal_by_token("")
