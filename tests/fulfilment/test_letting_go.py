"""Nobody comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.cast import Cast
from tests.factories import market
from tests.factories.fulfilment import MERCHANT, SLOT, accepted, line_with
from tests.factories.orders import NOON

from chalandise.catalogue.models import Product
from chalandise.catalogue.states import WithdrawalException
from chalandise.fulfilment.actions import letting_go
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.letting_go import (
    let_go,
    release_uncollected,
    remind_of_uncollected,
)
from chalandise.fulfilment.actions.preparing import accept, keep_longer, mark_ready
from chalandise.fulfilment.actions.steps import follow_order
from chalandise.fulfilment.errors import TooEarlyToLetGoError, WrongWayError
from chalandise.fulfilment.models import Fulfilment, NoShow
from chalandise.fulfilment.policies import KEPT_FOR, let_go_alone
from chalandise.fulfilment.queries.boards import board
from chalandise.fulfilment.queries.customers import may_pay_on_collection, no_shows_of
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.journal.models import OutboxEvent
from chalandise.kernel.errors import StaleStateError
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.serving import mark_uncollected
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import Goods, MerchantOrderState, Pays
from chalandise.stock.errors import StockBusyError
from chalandise.stock.models import StockLevel, StockMovement
from chalandise.stock.states import MovementReason

pytestmark = pytest.mark.django_db
ENDS = SLOT + timedelta(minutes=30)
NADIA = "nadia@exemple.test"


def ready(cast: Cast, *, at: datetime = NOON, **fields: object) -> MerchantOrder:
    order = accepted(cast.lot, cast.bakery, **({"pays": Pays.ON_COLLECTION} | fields))
    mark_ready(order, by=MERCHANT, at=at)
    return order


def test_who_has_not_come_two_hours_after_the_slot_is_reminded_once(cast: Cast) -> None:
    ready(cast)
    assert remind_of_uncollected(at=ENDS + timedelta(minutes=119)) == 0
    assert remind_of_uncollected(at=ENDS + timedelta(hours=2)) == 1
    assert remind_of_uncollected(at=ENDS + timedelta(hours=3)) == 0
    assert OutboxEvent.objects.filter(kind="fulfilment.reminder_due").count() == 1


def test_what_was_collected_is_not_reminded(cast: Cast) -> None:
    order = ready(cast)
    hand_over(order, checks=Checks(Proof.KNOWN, means="card"), by=MERCHANT, at=SLOT)
    assert remind_of_uncollected(at=ENDS + timedelta(hours=2)) == 0


def test_fault_26_what_nobody_collects_is_let_go_after_two_days(cast: Cast) -> None:
    order = ready(cast)
    assert release_uncollected(at=ENDS + timedelta(days=2, seconds=-1)) == 0
    assert release_uncollected(at=ENDS + timedelta(days=2)) == 1
    assert release_uncollected(at=ENDS + timedelta(days=2)) == 0
    order.refresh_from_db()
    assert order.state == MerchantOrderState.UNCOLLECTED
    assert Fulfilment.objects.get().state == FulfilmentState.NOT_COLLECTED


def asked_at(order: MerchantOrder) -> list[int]:
    rows = OutboxEvent.objects.filter(kind="fulfilment.collection_overdue").order_by("pk")
    return [one.payload["times"] for one in rows if one.payload["merchant_order_id"] == order.pk]


def test_what_was_paid_online_waits_for_the_merchants_word(cast: Cast) -> None:
    order = ready(cast, pays=Pays.ONLINE)
    assert release_uncollected(at=ENDS + timedelta(days=30)) == 0
    let_go(order, by=MERCHANT, at=ENDS + timedelta(days=31))
    assert Fulfilment.objects.get().state == FulfilmentState.NOT_COLLECTED


def test_its_merchant_is_asked_every_week_and_four_times_at_most(cast: Cast) -> None:
    order = ready(cast, pays=Pays.ONLINE)
    over = ENDS + KEPT_FOR
    release_uncollected(at=over - timedelta(seconds=1))
    assert asked_at(order) == []
    for _again in range(2):
        release_uncollected(at=over)
        assert asked_at(order) == [1]
    for week in range(1, 9):
        release_uncollected(at=over + timedelta(weeks=week))
    assert asked_at(order) == [1, 2, 3, 4]
    order.refresh_from_db()
    assert order.state == MerchantOrderState.ACCEPTED


def test_what_is_kept_for_longer_is_asked_about_anew(cast: Cast) -> None:
    order = ready(cast, pays=Pays.ONLINE)
    over = ENDS + KEPT_FOR
    keep_longer(order, until=over + timedelta(days=1), by=MERCHANT, at=ENDS)
    told = OutboxEvent.objects.filter(kind="fulfilment.kept_longer")
    assert not told.exists()  # nobody was told that it might be over
    release_uncollected(at=over + timedelta(days=1))
    keep_longer(order, until=over + timedelta(days=5), by=MERCHANT, at=over + timedelta(days=2))
    assert told.count() == 1
    release_uncollected(at=over + timedelta(days=4))
    assert asked_at(order) == [1]
    release_uncollected(at=over + timedelta(days=5))
    assert asked_at(order) == [1, 1]


def test_nobody_gives_up_what_was_paid_before_the_time_agreed_is_over(cast: Cast) -> None:
    order = ready(cast, pays=Pays.ONLINE)
    with pytest.raises(TooEarlyToLetGoError) as refused:
        let_go(order, by=MERCHANT, at=ENDS + KEPT_FOR - timedelta(seconds=1))
    assert refused.value.kept_until == ENDS + KEPT_FOR
    assert Fulfilment.objects.get().state == FulfilmentState.READY
    let_go(order, by=MERCHANT, at=ENDS + KEPT_FOR)


def test_what_perishes_is_let_go_when_its_day_is_over_and_paid_back(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery, pays=Pays.ONLINE, paid_at=NOON)
    line_with(order, "Tarte", withdrawal_exception=WithdrawalException.PERISHABLE)
    mark_ready(order, by=MERCHANT, at=NOON)
    noon_after = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Paris"))
    assert Fulfilment.objects.get().kept_until == noon_after
    assert release_uncollected(at=noon_after - timedelta(seconds=1)) == 0
    assert release_uncollected(at=noon_after) == 1
    assert Fulfilment.objects.get().state == FulfilmentState.NOT_COLLECTED
    due = OutboxEvent.objects.get(kind="ordering.refund_due").payload
    assert due["amount_cents"] == sum(one.total_cents for one in order.lines.all())


def gift_basket(cast: Cast) -> tuple[MerchantOrder, MerchantOrder]:
    """A basket that the baker gives, ready, with something perishable of the neighbour's in it."""
    own, theirs = (accepted(cast.lot, shop, paid_at=NOON) for shop in (cast.bakery, cast.bookshop))
    MerchantOrder.objects.filter(pk=theirs.pk).update(gathered_by=own)
    line_with(theirs, "Brioche", withdrawal_exception=WithdrawalException.PERISHABLE)
    for one in (theirs, own):
        mark_ready(one, by=MERCHANT, at=NOON)
    return own, theirs


def test_what_a_neighbour_brought_waits_as_long_as_its_basket_and_ends_with_it(cast: Cast) -> None:
    own, theirs = gift_basket(cast)
    over, later = (datetime(2026, 11, day, 12, tzinfo=ZoneInfo("Europe/Paris")) for day in (21, 24))
    assert set(Fulfilment.objects.values_list("kept_until", flat=True)) == {over}
    assert remind_of_uncollected(at=ENDS + timedelta(hours=2)) == 1
    keep_longer(own, until=later, by=MERCHANT, at=ENDS)
    assert release_uncollected(at=later - timedelta(seconds=1)) == 0
    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (own.state, own.to_arrange) == (MerchantOrderState.ACCEPTED, "")
    assert theirs.state == MerchantOrderState.ACCEPTED
    assert release_uncollected(at=later) == 1
    ended = MerchantOrder.objects.values_list("state", flat=True)
    assert list(ended) == [MerchantOrderState.UNCOLLECTED] * 2
    assert OutboxEvent.objects.filter(kind="ordering.refund_due").count() == 2
    assert no_shows_of(NADIA, at=later) == 1  # one visit was missed
    for part in (own, theirs):
        follow_order(part.pk, at=later)
    assert no_shows_of(NADIA, at=later) == 1


def test_what_a_neighbour_never_answered_ends_with_its_basket_too(cast: Cast) -> None:
    own, theirs = gift_basket(cast)
    MerchantOrder.objects.filter(pk=theirs.pk).update(
        state=MerchantOrderState.PLACED, accepted_at=None
    )
    Fulfilment.objects.filter(merchant_order=theirs).update(state=FulfilmentState.WAITING)
    assert release_uncollected(at=ENDS + timedelta(days=9)) == 1
    theirs.refresh_from_db()
    assert (theirs.state, theirs.reason) == (MerchantOrderState.CANCELLED, "")
    due = OutboxEvent.objects.filter(kind="ordering.refund_due").order_by("pk")
    told = [(one.payload["merchant_order_id"], one.payload["amount_cents"]) for one in due]
    cents = [sum(line.total_cents for line in part.lines.all()) for part in (own, theirs)]
    assert told == list(zip((own.pk, theirs.pk), cents, strict=True))
    follow_order(theirs.pk, at=ENDS)
    assert Fulfilment.objects.get(merchant_order=theirs).state == FulfilmentState.STOPPED


def test_whether_it_keeps_is_asked_once_for_all_that_is_overdue(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    over = ENDS + KEPT_FOR
    for _size in range(2):
        for _more in range(3):
            ready(cast, pays=Pays.ONLINE)
        release_uncollected(at=over)  # their merchants are asked
        with django_assert_num_queries(2):
            assert release_uncollected(at=over) == 0


def test_a_neighbour_neither_is_asked_about_a_basket_nor_gives_up_a_part_of_it(cast: Cast) -> None:
    _own, theirs = gift_basket(cast)
    late = ENDS + timedelta(days=9)
    (hers,), (his,) = (board(shop, late).ready for shop in (cast.bakery, cast.bookshop))
    assert (hers.is_to_decide, his.is_to_decide) == (True, False)
    assert his.waits_since is None
    with pytest.raises(WrongWayError):
        let_go(theirs, by=MERCHANT, at=late)
    theirs.refresh_from_db()
    assert theirs.state == MerchantOrderState.ACCEPTED


@pytest.mark.parametrize("pays", [Pays.ON_COLLECTION, Pays.ONLINE])
def test_what_is_kept_for_longer_at_that_very_moment_is_not_let_go(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, pays: Pays
) -> None:
    order = accepted(cast.lot, cast.bakery, pays=pays)
    line_with(order, "Tarte", withdrawal_exception=WithdrawalException.PERISHABLE)
    mark_ready(order, by=MERCHANT, at=NOON)
    over = ENDS + timedelta(days=2)

    def keep_meanwhile(parts: Iterable[MerchantOrder]) -> set[int]:
        """Be between the list of what is overdue and the lock on one of it."""
        keep_longer(order, until=over + timedelta(days=1), by=MERCHANT, at=over)
        return let_go_alone(parts)

    monkeypatch.setattr(letting_go, "let_go_alone", keep_meanwhile)
    assert release_uncollected(at=over) == 0
    assert Fulfilment.objects.get().state == FulfilmentState.READY


@pytest.mark.parametrize("busy", [StockBusyError, SlotsBusyError])
def test_what_somebody_is_busy_with_is_let_go_a_quarter_of_an_hour_later(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    busy: type[Exception],
) -> None:
    first, second = ready(cast), ready(cast)
    mark: Callable[..., None] = mark_uncollected

    def wait(part: MerchantOrder, **more: object) -> None:
        mark(part, **more)
        if part.pk == first.pk:
            raise busy

    over = ENDS + timedelta(days=2)
    with monkeypatch.context() as patch:
        patch.setattr(letting_go, "mark_uncollected", wait)
        assert release_uncollected(at=over) == 1
    assert first.number in caplog.text
    assert second.number not in caplog.text
    first.refresh_from_db()
    assert first.state == MerchantOrderState.ACCEPTED  # nothing of it was written
    assert release_uncollected(at=over + timedelta(minutes=15)) == 1


@pytest.mark.parametrize(
    ("goods", "left"),
    [(Goods.SELLABLE, (10, 10)), (Goods.LOST, (8, 9)), (Goods.BY_KIND, (8, 10))],
)
def test_only_what_can_still_be_sold_goes_back_on_the_shelf(
    cast: Cast, goods: Goods, left: tuple[int, int]
) -> None:
    bread, books = market.shop(cast.bakery), market.shop(cast.bookshop)
    keeps = Product.objects.filter(pk=books.offers[0].variant.product_id)
    keeps.update(is_perishable=False, withdrawal_exception="")
    made = market.ordered(cast.lot, (bread.offers[0], 2), (books.offers[0], 1))
    for shop in (cast.bakery, cast.bookshop):
        part = market.part_of(made, shop)
        accept(part, by=MERCHANT, at=market.NOW)
        mark_ready(part, by=MERCHANT, at=market.NOW)
        over = market.NOW + timedelta(days=30)
        let_go(MerchantOrder.objects.get(pk=part.pk), goods=goods, by=MERCHANT, at=over)
    levels = [StockLevel.objects.get(offer=one.offers[0]) for one in (bread, books)]
    assert tuple(one.on_hand for one in levels) == left
    assert [(one.reserved, one.allocated) for one in levels] == [(0, 0), (0, 0)]
    losses = StockMovement.objects.filter(reason=MovementReason.LOSS)
    assert sum(one.delta for one in losses) == sum(left) - 20


def test_what_is_not_ready_cannot_be_uncollected(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    with pytest.raises(StaleStateError):
        let_go(order, by=MERCHANT, at=ENDS)
    order.refresh_from_db()
    assert order.state == MerchantOrderState.ACCEPTED


def test_fault_26_no_shows_are_counted_fairly(cast: Cast) -> None:
    for count in range(2):
        assert may_pay_on_collection(NADIA, at=ENDS), f"after {count}"
        let_go(ready(cast), by=MERCHANT, at=ENDS)
    assert no_shows_of("NADIA@exemple.test ", at=ENDS) == 2
    assert not may_pay_on_collection(NADIA, at=ENDS)
    assert may_pay_on_collection("lucile@exemple.test", at=ENDS)
    assert may_pay_on_collection(NADIA, at=ENDS + timedelta(days=181))
    came = ready(cast, pays=Pays.ONLINE)
    hand_over(came, checks=Checks(Proof.KNOWN), by=MERCHANT, at=SLOT)
    assert may_pay_on_collection(NADIA, at=ENDS)  # something was collected since


def test_fault_20_an_alias_does_not_wash_anybody_clean(cast: Cast) -> None:
    for _time in range(2):
        let_go(ready(cast), by=MERCHANT, at=ENDS)
    name, _at, domain = NADIA.partition("@")
    assert not may_pay_on_collection(f"{name.upper()}+encore@{domain}", at=ENDS)
    assert may_pay_on_collection(f"{name}.b@{domain}", at=ENDS)  # another mailbox over there


def test_a_telephone_counts_as_well_and_nobody_can_be_read_from_the_table(cast: Cast) -> None:
    customer = {"customer_phone": "+33600000001"}
    let_go(ready(cast, customer=customer), by=MERCHANT, at=ENDS)
    assert no_shows_of("autre@exemple.test", "+33600000001", at=ENDS) == 1
    assert no_shows_of(NADIA, "+33600000001", at=ENDS) == 1  # the same evening, counted once
    kept = " ".join(NoShow.objects.values_list("customer", flat=True))
    assert "nadia" not in kept
    assert "33600000001" not in kept
