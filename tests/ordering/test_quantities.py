"""How many: a whole number from 1 to 99 in ordinary digits, from wherever it comes."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import example, given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import market

from chalandise.ordering.actions.cart import add_to_cart, change_quantity
from chalandise.ordering.errors import BadQuantityError
from chalandise.ordering.models import CartLine
from chalandise.ordering.quantities import parse_quantity

ODD = [
    *("", " ", "0", "00", "-1", "+1", "1.0", "1,5", "1e1", "0x1", "1_0", "100", "999999999"),
    *("NaN", "inf", "١", "２", "²", "½", "1\n", "1\t", "1\u00a0", "\u200b1", "1;2", "1 2", "un"),
    *(None, True, False, 0, -1, 100, 1.0, 2.5, float("nan"), [1], {"a": 1}, b"1"),
]


@pytest.mark.parametrize("typed", ODD, ids=repr)
def test_fault_14_what_is_no_quantity_is_refused(typed: object) -> None:
    with pytest.raises(BadQuantityError):
        parse_quantity(typed)


def test_people_type_spaces_and_zeros() -> None:
    assert [parse_quantity(typed) for typed in ("1", " 2 ", "07", "99", 12)] == [1, 2, 7, 99, 12]


@given(st.one_of(st.text(max_size=6), st.integers(), st.floats(), st.none(), st.booleans()))
@example("١٢")
@example("9" * 6)
def test_fault_14_only_ascii_numbers_from_1_to_99_pass(typed: object) -> None:
    try:
        quantity = parse_quantity(typed)
    except BadQuantityError:
        return
    assert 1 <= quantity <= 99
    assert str(typed).strip(" ").isascii()
    assert int(str(typed)) == quantity


@pytest.mark.django_db
def test_fault_14_the_cart_takes_nothing_odd(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    cart = market.cart(cast.lot, (bakery.offers[0], 3))
    line = cart.lines.get()
    for typed in ODD:
        with pytest.raises(BadQuantityError):
            add_to_cart(cart, bakery.offers[0].pk, quantity=typed, portal=cast.lot, at=market.NOW)
        with pytest.raises(BadQuantityError):
            change_quantity(cart, line.pk, quantity=typed, at=market.NOW)
    assert cart.lines.get().quantity == 3


@pytest.mark.django_db
def test_fault_14_the_database_has_the_last_word(cast: Cast) -> None:
    bakery = market.shop(cast.bakery)
    cart = market.cart(cast.lot, (bakery.offers[0], 3))
    for number in (0, -1, 100):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE ordering_cartline SET quantity = %s WHERE cart_id = %s", [number, cart.pk]
            )
    assert CartLine.objects.get().quantity == 3
