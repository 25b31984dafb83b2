"""Any sequence of events keeps the books straight, with the sweeper or without it (fault 43)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.clock import moment
from tests.factories import catalogue
from tests.factories.stock import counted, level

from chalandise.catalogue.errors import BadQuantityError
from chalandise.catalogue.models import Offer
from chalandise.catalogue.quantities import read_quantity, require_quantity
from chalandise.stock.actions import (
    consume_stock,
    count_stock,
    expire_holds,
    firm_up,
    hold_stock,
    receive_stock,
    release_stock,
    sell_in_shop,
)
from chalandise.stock.errors import (
    BelowBookedError,
    HolderSpentError,
    HoldLostError,
    OutOfStockError,
)
from chalandise.stock.models import StockMovement, StockReservation
from chalandise.stock.queries import left_of

NOW = moment("2026-11-18 10:30")
SPACE = UUID("00000000-0000-4000-8000-000000000000")
REFUSALS = (BelowBookedError, HolderSpentError, HoldLostError, OutOfStockError)

HOLDER = st.integers(0, 3).map(lambda n: uuid5(SPACE, str(n)))
WHICH = st.integers(0, 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("hold"),
            HOLDER,
            st.dictionaries(WHICH, st.integers(1, 4), min_size=1),
            st.integers(1, 30),
        ),
        st.tuples(st.just("firm"), HOLDER),
        st.tuples(st.just("release"), HOLDER),
        st.tuples(st.just("consume"), HOLDER, st.dictionaries(WHICH, st.integers(1, 4))),
        st.tuples(st.just("consume_all"), HOLDER),
        st.tuples(st.just("sell"), WHICH, st.integers(1, 3)),
        st.tuples(st.just("receive"), WHICH, st.integers(1, 3)),
        st.tuples(st.just("count"), WHICH, st.integers(0, 8)),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    max_size=14,
)


@contextmanager
def nothing_lasts() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def take(step: tuple[object, ...], offers: list[Offer], at: datetime) -> None:
    kind, *rest = step
    by = catalogue.BY
    match kind, rest:
        case "hold", [UUID() as holder, dict() as wanted, int() as minutes]:
            goods = {offers[i].pk: quantity for i, quantity in wanted.items()}
            hold_stock({holder: goods}, until=at + timedelta(minutes=minutes), at=at)
        case "firm", [UUID() as holder]:
            firm_up([holder], at=at)
        case "release", [UUID() as holder]:
            release_stock([holder], at=at)
        case "consume", [UUID() as holder, dict() as taken]:
            consume_stock(holder, {offers[i].pk: n for i, n in taken.items()}, by=by, at=at)
        case "consume_all", [UUID() as holder]:
            consume_stock(holder, by=by, at=at)
        case "sell", [int() as which, int() as quantity]:
            sell_in_shop(offers[which], quantity, by=by, at=at)
        case "receive", [int() as which, int() as quantity]:
            receive_stock(offers[which], quantity, by=by, at=at)
        case "count", [int() as which, int() as quantity]:
            count_stock(offers[which], quantity, by=by, at=at)
        case _:
            raise AssertionError(step)


def check_books(offers: list[Offer]) -> None:
    """Levels say what reservations say, and on hand is the sum of the movements."""
    for offer in offers:
        on_hand, reserved, allocated = level(offer)
        rows = StockReservation.objects.filter(offer=offer)
        held = sum(rows.filter(state="held").values_list("quantity", flat=True))
        firm = sum(rows.filter(state="firm").values_list("quantity", flat=True))
        moves = StockMovement.objects.filter(offer=offer).values_list("delta", flat=True)
        assert (reserved, allocated, on_hand) == (held, firm, sum(moves))
        assert 0 <= reserved + allocated <= on_hand


@given(steps=STEPS)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_fault_43_any_sequence_keeps_the_books_straight(
    cast: Cast, steps: list[tuple[object, ...]]
) -> None:
    outcomes: list[list[object]] = []
    for has_sweeper in (False, True):
        with nothing_lasts():
            offers = [counted(cast.bakery, on_hand=5) for _ in range(2)]
            outcome: list[object] = []
            at = NOW
            for step in steps:
                if step[0] == "wait":
                    at += timedelta(minutes=int(str(step[1])))
                else:
                    outcome.append(_attempt(step, offers, at))
                if has_sweeper:
                    expire_holds(at=at)
                outcome.append(list(left_of([one.pk for one in offers], at=at).values()))
                check_books(offers)
            outcomes.append(outcome)
    assert outcomes[0] == outcomes[1], "the sweeper changed what customers see"


def _attempt(step: tuple[object, ...], offers: list[Offer], at: datetime) -> str:
    before = [level(one) for one in offers]
    try:
        take(step, offers, at)
    except REFUSALS as refused:
        assert [level(one) for one in offers] == before, "a refusal changed something"
        return type(refused).__name__
    return "done"


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none(), st.decimals()))
def test_fault_14_only_a_whole_number_is_a_quantity(given_: object) -> None:
    try:
        quantity = require_quantity(given_)
    except BadQuantityError:
        assert not (type(given_) is int and 1 <= given_ <= 99)
    else:
        assert quantity == given_
        assert type(given_) is int


@given(st.one_of(st.text(), st.from_regex(r"[+\-]?[0-9.e٠-٩]{1,5}", fullmatch=True)))
def test_only_plain_digits_are_a_quantity(typed: str) -> None:
    try:
        quantity = read_quantity(typed)
    except BadQuantityError:
        bare = typed.strip(" ")
        assert not (bare.isascii() and bare.isdigit() and len(bare) <= 6 and 1 <= int(bare) <= 99)
    else:
        assert typed.strip(" ").lstrip("0") == str(quantity)


@pytest.mark.parametrize(
    "typed", ["-1", "0", "+1", "1e9", "1,5", "1.0", "NaN", "١", "１", "1 000", "", " ", "100", "²"]
)
def test_odd_quantities_are_refused(typed: str) -> None:
    with pytest.raises(BadQuantityError):
        read_quantity(typed)
