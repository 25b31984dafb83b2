"""The board, the doors, the papers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.factories.fulfilment import MERCHANT, SLOT, accepted, line_with, placed
from tests.factories.orders import NOON

from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.handing import Checks, hand_over, send_out
from chalandise.fulfilment.actions.preparing import mark_ready, refuse
from chalandise.fulfilment.queries.boards import board, counts
from chalandise.fulfilment.queries.customers import following
from chalandise.fulfilment.queries.doors import get_card_for_member
from chalandise.fulfilment.queries.papers import day_sheet
from chalandise.fulfilment.states import Proof
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.states import MerchantOrderState

pytestmark = pytest.mark.django_db


def fill(cast: Cast) -> None:
    """One order in every column."""
    placed(cast.lot, cast.bakery)
    accepted(cast.lot, cast.bakery)
    mark_ready(accepted(cast.lot, cast.bakery), by=MERCHANT, at=NOON)
    asked = accepted(cast.lot, cast.bakery)
    line = asked.lines.get(position=1)
    report_missing(line, quantity=1, substitute=Substitute("Pain", 100), by=MERCHANT, at=NOON)
    send_out(accepted(cast.lot, cast.bakery, way_kind="shipping"), by=MERCHANT, at=NOON)
    given = accepted(cast.lot, cast.bakery)
    hand_over(given, checks=Checks(Proof.KNOWN), by=MERCHANT, at=NOON)
    refuse(placed(cast.lot, cast.bakery), reason="Panne", by=MERCHANT, at=NOON)
    placed(cast.lot, cast.bakery, state=MerchantOrderState.AWAITING_PAYMENT)
    placed(cast.lot, cast.bookshop)


def sizes(found: Any) -> dict[str, int]:
    names = ("new", "to_prepare", "ready", "waiting", "done")
    return {name: len(found.column(name)) for name in names}


def test_the_board_has_each_order_in_its_column(cast: Cast) -> None:
    fill(cast)
    found = board(cast.bakery, NOON)
    assert sizes(found) == {"new": 1, "to_prepare": 1, "ready": 1, "waiting": 2, "done": 2}
    told = counts(cast.bakery)
    assert (told.new, told.to_prepare, told.ready) == (1, 2, 1)
    assert told.newest == found.new[0].order.pk
    assert counts(cast.foreign_shop).newest == 0


def test_the_board_costs_the_same_whatever_its_size(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            for card in (found := board(cast.bakery, NOON)).new + found.waiting + found.done:
                _read(card)
        return len(seen)

    fill(cast)
    small = cost()
    for _again in range(3):
        fill(cast)
    assert cost() == small <= 8
    with CaptureQueriesContext(connection) as seen:
        counts(cast.bakery)
    assert len(seen) == 2


def _read(card: Any) -> None:
    """Touch what a page touches."""
    assert card.order.order.customer_name
    assert card.order.establishment.name
    assert card.total_cents >= 0
    assert [one.allergens for one in card.lines]
    assert card.questions is not None
    assert card.fulfilment is None or card.fulfilment.state


def test_late_and_soon_are_said(cast: Cast) -> None:
    accepted(cast.lot, cast.bakery)

    def said(minutes: int) -> tuple[bool, bool]:
        card = board(cast.bakery, SLOT - timedelta(minutes=minutes)).to_prepare[0]
        return card.is_soon, card.is_late

    assert said(31) == (False, False)
    assert said(30) == (True, False)
    assert said(-1) == (False, True)


def test_orders_come_by_the_time_they_are_wanted(cast: Cast) -> None:
    late = placed(cast.lot, cast.bakery, starts_at=SLOT + timedelta(hours=1), ends_at=None)
    someday = placed(cast.lot, cast.bakery, starts_at=None, ends_at=None)
    soon = placed(cast.lot, cast.bakery)
    assert [one.order for one in board(cast.bakery, NOON).new] == [soon, late, someday]


def test_only_members_open_an_order(cast: Cast) -> None:
    order = placed(cast.lot, cast.bakery)
    assert get_card_for_member(cast.claire, cast.bakery, order.pk, at=NOON).order == order
    unpaid = placed(cast.lot, cast.bakery, state=MerchantOrderState.AWAITING_PAYMENT)
    for user, shop, key in (
        (cast.idris, cast.bakery, order.pk),
        (cast.idris, cast.bookshop, order.pk),
        (cast.nadia, cast.bakery, order.pk),
        (cast.helene, cast.bakery, order.pk),
        (cast.claire, cast.bakery, order.pk + 1000),
        (cast.claire, cast.bakery, unpaid.pk),
    ):
        with pytest.raises(NotFoundError):
            get_card_for_member(user, shop, key, at=NOON)


def test_the_sheet_of_a_day_adds_up_what_is_wanted(cast: Cast) -> None:
    first = accepted(cast.lot, cast.bakery)
    line_with(first, "Fougasse", quantity=3, allergens=["gluten", "milk"])
    placed(cast.lot, cast.bakery)
    placed(cast.lot, cast.bakery, starts_at=SLOT + timedelta(days=1), ends_at=None)
    gone = first.lines.get(position=2)
    report_missing(gone, quantity=1, by=MERCHANT, at=NOON)
    sheet = day_sheet(cast.bakery, SLOT.date(), at=NOON)
    assert len(sheet.cards) == 2
    assert [(one.name, one.quantity) for one in sheet.tallies] == [
        ("Bougie", 1),
        ("Fougasse", 3),
        ("Tourte de seigle", 4),
    ]
    assert sheet.cards[0].lines[2].allergens == ["gluten", "milk"]


def test_a_customer_follows_several_orders_in_two_statements(cast: Cast) -> None:
    fill(cast)
    shown = [one.order.pk for one in board(cast.bakery, NOON).waiting]
    with CaptureQueriesContext(connection) as seen:
        found = following(shown)
    assert len(seen) == 2
    assert {found[key].state for key in shown} == {"preparing", "sent"}
