"""The refund clock of article L221-24: nothing goes back too late, too early, twice, or above capture."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import logistics, market

from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.refund_turns import say_sent, turn_refund_clock
from chalandise.ordering.actions.serving import accept_merchant_order, complete_merchant_order
from chalandise.ordering.actions.withdrawing import (
    confirm_withdrawal,
    contest_withdrawal,
    grant_withdrawal,
    return_withdrawal,
)
from chalandise.ordering.models import MerchantOrder, Withdrawal
from chalandise.ordering.queries.refunds import late_withdrawals
from chalandise.ordering.refund_clock import RefundFacts, Turn, paid_back_on, turn_of
from chalandise.ordering.states import MerchantOrderState, WithdrawalState

NOW = market.NOW
BY = Actor("merchant", "1", "Claire")
RECEIVED = moment("2026-12-01 10:00")
SOON = moment("2026-12-03 20:15")  # due on Thursday 17 December
NADIA = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2030, 1, 1))
few = st.integers(min_value=-40, max_value=40).map(lambda count: timedelta(days=count))


@given(due_on=days, awaits=st.booleans(), sent=st.none() | few, by_hand=st.booleans(), step=few)
def test_the_money_goes_on_its_day_and_never_before_the_law_asks(
    *, due_on: date, awaits: bool, sent: timedelta | None, by_hand: bool, step: timedelta
) -> None:
    sent_on = due_on + sent if sent is not None else None
    facts = RefundFacts(due_on, awaits, sent_on, by_hand)
    on, day = due_on + step, paid_back_on(facts)
    turn = turn_of(facts, on=on)
    if turn is Turn.DUE:
        assert on >= due_on
        assert not by_hand
        assert not awaits or (sent_on is not None and on >= sent_on)
    if day is not None and on >= day:  # on its day it goes, or the merchant is told to give it back
        assert turn is (Turn.BY_HAND if by_hand else Turn.DUE)
    if awaits and sent_on is None:
        assert turn in {Turn.NOTHING, Turn.NEAR, Turn.WAITING}
        assert (turn is Turn.WAITING) is (on >= due_on)
    if on < due_on - timedelta(days=3):
        assert turn is Turn.NOTHING


@given(due_on=days, awaits=st.booleans(), sent=st.none() | few)
def test_day_after_day_the_clock_says_near_then_one_last_word(
    due_on: date, *, awaits: bool, sent: timedelta | None
) -> None:
    facts = RefundFacts(due_on, awaits, due_on + sent if sent is not None else None)
    first = due_on - timedelta(days=10)
    said = [turn_of(facts, on=first + timedelta(days=one)) for one in range(80)]
    order = list(dict.fromkeys(said))
    assert order[:2] == [Turn.NOTHING, Turn.NEAR]
    assert len(order) == 3
    assert order[2] in {Turn.DUE, Turn.WAITING}


def bought(
    cast: Cast, *, pays: str = "online", is_received: bool = True, **details: str
) -> MerchantOrder:
    shop = market.shop(cast.bookshop, category="livres", **details)
    logistics.zone(cast.bookshop)
    order = market.ordered(
        cast.lot,
        (shop.offers[0], 2),
        (shop.offers[2], 1),
        pays=pays,
        kinds={cast.bookshop.pk: "delivery"},
    )
    part = order.merchant_orders.get()
    if pays == "online":
        mark_paid(part.pk, at=NOW)
    part.refresh_from_db()
    accept_merchant_order(part, by=BY, at=NOW)
    if is_received:
        complete_merchant_order(part, by=BY, at=RECEIVED)
    return part


def withdrawn(part: MerchantOrder) -> Withdrawal:
    line = part.lines.order_by("position")[0]
    return confirm_withdrawal(part.order, {line.pk: 1}, at=SOON, **NADIA)[0]


def struck() -> list[str]:
    rows = OutboxEvent.objects.filter(kind="ordering.refund_clock").order_by("pk")
    return [row.payload["turn"] for row in rows]


def due() -> list[int]:
    rows = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    return [row.payload["amount_cents"] for row in rows]


def turn_every_day(first: str, last: str) -> None:
    at, end = moment(f"{first} 00:10"), moment(f"{last} 23:10")
    while at <= end:
        turn_refund_clock(at=at)
        turn_refund_clock(at=at)
        at += timedelta(hours=12)


@pytest.mark.django_db
def test_without_goods_nor_proof_the_merchant_may_wait_and_both_are_told_once(cast: Cast) -> None:
    made = withdrawn(bought(cast))
    turn_every_day("2026-12-04", "2026-12-13")
    assert struck() == []
    turn_every_day("2026-12-14", "2026-12-16")
    assert struck() == ["near"]
    turn_every_day("2026-12-17", "2026-12-30")
    assert struck() == ["near", "waiting"]
    assert due() == []
    assert list(late_withdrawals(on=date(2026, 12, 17))) == []
    assert list(late_withdrawals(on=date(2026, 12, 18))) == [made]
    return_withdrawal(made, by=BY, at=moment("2026-12-31 09:00"))
    turn_every_day("2026-12-31", "2027-01-02")
    assert due() == [450]


@pytest.mark.django_db
def test_goods_shown_to_be_sent_bring_the_money_back_on_the_fourteenth_day(cast: Cast) -> None:
    made = withdrawn(bought(cast))
    say_sent(
        made,
        sent_on=date(2026, 12, 8),
        tracking="  Colissimo 6A123 ",
        by=BY,
        at=moment("2026-12-08 18:00"),
    )
    assert made.tracking == "Colissimo 6A123"
    turn_every_day("2026-12-09", "2026-12-16")
    assert due() == []
    assert turn_refund_clock(at=moment("2026-12-17 00:10")) == 1
    turn_every_day("2026-12-17", "2026-12-20")
    assert due() == [450]
    made.refresh_from_db()
    assert made.applied_at is not None
    with pytest.raises(StaleStateError):
        contest_withdrawal(made, answer="Trop tard", by=BY, at=moment("2026-12-18 09:00"))
    with pytest.raises(StaleStateError):
        say_sent(made, sent_on=date(2026, 12, 9), tracking="2", by=BY, at=SOON)


@pytest.mark.django_db
def test_sent_after_the_day_it_goes_back_at_once(cast: Cast) -> None:
    made = withdrawn(bought(cast))
    turn_every_day("2026-12-17", "2026-12-19")
    late = moment("2026-12-20 11:00")
    say_sent(made, sent_on=date(2026, 12, 24), tracking="6A1", by=BY, at=late)  # a day to come
    assert made.sent_on == date(2026, 12, 20)
    assert turn_refund_clock(at=late + timedelta(minutes=30)) == 1
    assert due() == [450]


@pytest.mark.django_db
def test_what_was_never_handed_over_goes_back_by_itself_and_ends_the_order(cast: Cast) -> None:
    part = bought(cast, is_received=False, withdrawal_exception="perishable")
    lines = {line.pk: line.quantity for line in part.lines.all()}
    (made,) = confirm_withdrawal(part.order, lines, at=SOON, **NADIA)
    assert made.applied_at is None  # the merchant may object
    turn_every_day("2026-12-16", "2026-12-18")
    part.refresh_from_db()
    assert part.state == MerchantOrderState.CANCELLED
    assert due() == [part.total_cents]


@pytest.mark.django_db
def test_a_contested_withdrawal_waits_for_people(cast: Cast) -> None:
    made = withdrawn(bought(cast))
    say_sent(made, sent_on=date(2026, 12, 8), tracking="6A1", by=BY, at=moment("2026-12-08 18:00"))
    contest_withdrawal(made, answer="Descellé", by=BY, at=moment("2026-12-09 18:00"))
    turn_every_day("2026-12-14", "2026-12-25")
    assert (due(), struck()) == ([], [])
    assert list(late_withdrawals(on=date(2026, 12, 10))) == [made]
    grant_withdrawal(made, by=BY, at=moment("2026-12-26 18:00"))
    assert due() == [450]


@pytest.mark.django_db
def test_what_was_paid_at_the_counter_is_never_said_to_be_back_by_itself(cast: Cast) -> None:
    part = bought(cast, pays="on_collection")
    MerchantOrder.objects.filter(pk=part.pk).update(paid_at=RECEIVED)
    made = withdrawn(part)
    say_sent(made, sent_on=date(2026, 12, 8), tracking="6A1", by=BY, at=moment("2026-12-08 18:00"))
    turn_every_day("2026-12-13", "2026-12-25")
    assert due() == []
    assert struck() == ["near", "by_hand"]
    made.refresh_from_db()
    assert made.state == WithdrawalState.CONFIRMED


@pytest.mark.django_db
def test_two_withdrawals_on_their_days_never_give_more_than_was_paid(cast: Cast) -> None:
    part = bought(cast)
    vase, candle = part.lines.order_by("position")
    for wanted in ({vase.pk: 1}, {vase.pk: 1, candle.pk: 1}):
        (made,) = confirm_withdrawal(part.order, wanted, at=SOON, **NADIA)
        say_sent(
            made, sent_on=date(2026, 12, 8), tracking="1", by=BY, at=moment("2026-12-08 18:00")
        )
    turn_every_day("2026-12-14", "2026-12-25")
    assert due() == [450, 450 + 1290 + 490]
    assert sum(due()) == part.total_cents
    assert Withdrawal.objects.aggregate(cents=Sum("amount_cents"))["cents"] == part.total_cents


@pytest.mark.django_db
def test_whoever_gives_back_holds_the_declaration_before_its_order(cast: Cast) -> None:
    made = withdrawn(bought(cast))
    with CaptureQueriesContext(connection) as asked:
        grant_withdrawal(made, by=BY, at=SOON)
    held = [one["sql"].split('"')[1] for one in asked if one["sql"].endswith("FOR UPDATE")]
    assert held[:2] == ["ordering_withdrawal", "ordering_merchantorder"]
