"""Into the right hands: code, pass, age, payment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories.fulfilment import MERCHANT, accepted, line_with
from tests.factories.orders import NOON

from chalandise.fulfilment.actions import handing
from chalandise.fulfilment.actions.handing import Checks
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.errors import (
    AgeNotCheckedError,
    CashCapError,
    PassExpiredError,
    PaymentNeededError,
    WrongPassError,
    WrongWayError,
)
from chalandise.fulfilment.models import Fulfilment, HandOver
from chalandise.fulfilment.passes import (
    PASS_SECONDS,
    is_receipt_for,
    new_pass,
    new_receipt,
    read_pass,
)
from chalandise.fulfilment.queries.customers import pass_for
from chalandise.fulfilment.queries.doors import (
    find_by_code,
    get_card_for_member,
    get_order_of_pass,
)
from chalandise.fulfilment.states import FulfilmentState, Proof
from chalandise.kernel.errors import NotFoundError, StaleStateError
from chalandise.ordering.actions.changing import line_replaced
from chalandise.ordering.errors import WrongCodeError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, Pays, WayKind

pytestmark = pytest.mark.django_db
KNOWN = Checks(Proof.KNOWN)


def give(order: MerchantOrder, checks: Checks = KNOWN) -> HandOver:
    return handing.hand_over(order, checks=checks, by=MERCHANT, at=NOON)


def test_the_code_opens_the_order_however_it_is_said(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    mark_ready(order, by=MERCHANT, at=NOON)
    assert find_by_code(cast.bakery, f" {order.pickup_code.lower()} ") == order
    assert find_by_code(cast.bookshop, order.pickup_code) is None
    assert find_by_code(cast.bakery, " ") is None
    with pytest.raises(WrongCodeError):
        give(order, Checks(Proof.CODE, code="3333"))
    given_to = give(order, Checks(Proof.CODE, code=order.pickup_code.lower()))
    assert (given_to.customer_name, given_to.proof, given_to.by) == (
        "Nadia Customer",
        Proof.CODE,
        "Claire Fournil",
    )
    order.refresh_from_db()
    assert order.state == MerchantOrderState.COMPLETED
    assert order.received_at == NOON
    assert Fulfilment.objects.get().state == FulfilmentState.HANDED_OVER
    with pytest.raises(StaleStateError):  # fault 86: the same code again
        give(order, Checks(Proof.CODE, code=order.pickup_code))


def test_fault_86_a_picture_of_a_pass_is_worth_nothing_two_minutes_later(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    shown = pass_for(order, at=NOON)
    later = NOON + timedelta(seconds=2 * PASS_SECONDS)
    assert get_order_of_pass(cast.claire, shown, at=NOON + timedelta(seconds=PASS_SECONDS)) == order
    with pytest.raises(PassExpiredError):
        get_order_of_pass(cast.claire, shown, at=later)
    with pytest.raises(PassExpiredError):  # drawn for tomorrow
        get_order_of_pass(cast.claire, shown, at=NOON - timedelta(days=1))
    with pytest.raises(NotFoundError):  # another merchant
        get_order_of_pass(cast.idris, shown, at=NOON)
    with pytest.raises(WrongPassError):
        get_order_of_pass(cast.claire, shown.replace("~", "~x"), at=NOON)
    give(order, Checks(Proof.PASS, code=new_receipt(order.pk, at=NOON)))
    order.refresh_from_db()
    assert pass_for(order, at=NOON) == ""


def test_the_receipt_of_a_pass_opens_that_order_for_half_an_hour(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    receipt = new_receipt(order.pk, at=NOON)
    assert is_receipt_for(order.pk, receipt, at=NOON + timedelta(minutes=29))
    assert not is_receipt_for(order.pk, receipt, at=NOON + timedelta(minutes=31))
    assert not is_receipt_for(order.pk + 1, receipt, at=NOON)
    for forged in ("", "rien", pass_for(order, at=NOON)):  # a pass is no receipt
        with pytest.raises(WrongCodeError):
            give(order, Checks(Proof.PASS, code=forged))


def test_a_hand_over_never_changes(cast: Cast) -> None:
    made = give(accepted(cast.lot, cast.bakery))
    for statement in (
        "UPDATE fulfilment_handover SET customer_name = 'X' WHERE id = %s",
        "DELETE FROM fulfilment_handover WHERE id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [made.pk])


def test_nothing_with_an_age_limit_leaves_unchecked(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery)
    wine = line_with(order, "Vin de Cahors", is_alcohol=True)
    with pytest.raises(AgeNotCheckedError) as refusal:
        give(order)
    assert refusal.value.minimum_age == 18
    assert not HandOver.objects.exists()
    made = give(order, Checks(Proof.KNOWN, is_age_checked=True))
    assert (made.minimum_age, wine.minimum_age) == (18, 0)


def test_who_hands_over_a_basket_looks_at_the_age_its_neighbours_goods_ask_for(cast: Cast) -> None:
    order, wine = (accepted(cast.lot, shop) for shop in (cast.bakery, cast.bookshop))
    line_with(wine, "Vin de Cahors", is_alcohol=True)
    MerchantOrder.objects.filter(pk=wine.pk).update(gathered_by=order)
    with pytest.raises(AgeNotCheckedError):
        give(order)
    assert not HandOver.objects.exists()
    made = give(order, Checks(Proof.KNOWN, is_age_checked=True))
    assert made.minimum_age == 18


def test_the_age_of_what_a_neighbour_gives_instead_is_looked_at_too(cast: Cast) -> None:
    order, other = (accepted(cast.lot, shop) for shop in (cast.bakery, cast.bookshop))
    line = other.lines.order_by("pk")[0]
    line_replaced(
        line, quantity=1, name="Vin de noix", cents=100, minimum_age=18, by=MERCHANT, at=NOON
    )
    assert get_card_for_member(cast.claire, cast.bakery, order.pk, at=NOON).minimum_age == 0
    MerchantOrder.objects.filter(pk=other.pk).update(gathered_by=order)
    with pytest.raises(AgeNotCheckedError) as refusal:
        give(order)
    assert refusal.value.minimum_age == 18


def test_what_a_neighbour_did_not_bring_asks_for_no_age(cast: Cast) -> None:
    order, wine = (accepted(cast.lot, shop) for shop in (cast.bakery, cast.bookshop))
    line_with(wine, "Vin de Cahors", is_alcohol=True)
    MerchantOrder.objects.filter(pk=wine.pk).update(
        gathered_by=order, state=MerchantOrderState.DECLINED
    )
    assert give(order).minimum_age == 0


def test_what_is_paid_on_collection_is_noted_there(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION)
    with pytest.raises(PaymentNeededError) as refusal:
        give(order)
    assert refusal.value.due_cents == order.total_cents
    made = give(order, Checks(Proof.KNOWN, means="cash"))
    assert (made.means, made.paid_cents) == ("cash", order.total_cents)


def test_what_was_paid_online_is_not_paid_again(cast: Cast) -> None:
    made = give(accepted(cast.lot, cast.bakery), Checks(Proof.KNOWN, means="cash"))
    assert (made.means, made.paid_cents) == ("", 0)


def test_cash_stops_at_a_thousand_euros(cast: Cast) -> None:
    watch = (("Pendule", 1, 100_001, 2000),)
    order = accepted(cast.lot, cast.bakery, pays=Pays.ON_COLLECTION, lines=watch)
    with pytest.raises(CashCapError) as refusal:
        give(order, Checks(Proof.KNOWN, means="cash"))
    assert (refusal.value.due_cents, refusal.value.cap_cents) == (100_001, 100_000)
    give(order, Checks(Proof.KNOWN, means="card"))


def test_what_travels_is_sent_and_arrives(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery, way_kind=WayKind.SHIPPING, starts_at=None, ends_at=None)
    with pytest.raises(WrongWayError):
        give(order)
    sent = handing.send_out(order, carrier="La Poste", tracking="6A1", by=MERCHANT, at=NOON)
    assert (sent.state, sent.carrier, sent.sent_at) == ("sent", "La Poste", NOON)
    assert handing.deliver(order, checks=KNOWN, by=MERCHANT, at=NOON) is None
    order.refresh_from_db()
    assert order.state == MerchantOrderState.COMPLETED
    assert Fulfilment.objects.get().state == FulfilmentState.DELIVERED


def test_at_the_door_the_age_is_checked_as_in_the_shop(cast: Cast) -> None:
    order = accepted(cast.lot, cast.bakery, way_kind=WayKind.DELIVERY)
    line_with(order, "Ratafia", is_alcohol=True)
    with pytest.raises(AgeNotCheckedError):
        handing.deliver(order, checks=Checks(Proof.DOOR), by=MERCHANT, at=NOON)
    checks = Checks(Proof.DOOR, is_age_checked=True)
    made = handing.deliver(order, checks=checks, by=MERCHANT, at=NOON)
    assert made is not None
    assert made.minimum_age == 18


def test_what_is_collected_is_not_sent(cast: Cast) -> None:
    with pytest.raises(WrongWayError):
        handing.send_out(accepted(cast.lot, cast.bakery), by=MERCHANT, at=NOON)


@given(st.text(max_size=80))
def test_no_text_passes_for_a_pass(text: str) -> None:
    with pytest.raises(WrongPassError):
        read_pass(text, at=NOON)


@given(st.integers(1, 2**40), st.integers(0, 5 * PASS_SECONDS))
def test_a_pass_lives_one_to_two_minutes(order_id: int, seconds: int) -> None:
    shown = new_pass(order_id, at=NOON)
    asked = NOON + timedelta(seconds=seconds)
    age = int(asked.timestamp()) // PASS_SECONDS - int(NOON.timestamp()) // PASS_SECONDS
    if age <= 1:
        assert read_pass(shown, at=asked) == order_id
    else:
        with pytest.raises(PassExpiredError):
            read_pass(shown, at=asked)
