"""Who opens which order; and who alone may turn money into one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.factories import market

import chalandise
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.actions.checkout import WayWish, Who
from chalandise.ordering.actions.phoning import PhoneOrder, place_phone_order
from chalandise.ordering.actions.placing import Declarations
from chalandise.ordering.errors import DeclarationMissingError, EmptyCartError
from chalandise.ordering.models import Cart, Checkout, Order
from chalandise.ordering.numbers import new_order_number, tidy_order_number
from chalandise.ordering.queries.orders import (
    get_merchant_order_for_member,
    get_order_by_token,
    get_order_of,
    get_order_on,
    list_orders_of,
)

SOURCES = Path(chalandise.__file__).parent


@pytest.mark.django_db
def test_fault_45_each_opens_what_is_theirs(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    order = market.ordered(cast.cahors, (shop.offers[0], 1), user=cast.nadia)
    part = order.merchant_orders.get()
    assert get_order_by_token(order.token) == order
    assert get_order_of(cast.nadia, order.number.lower()) == order
    assert list_orders_of(cast.nadia) == [order]
    assert get_merchant_order_for_member(cast.claire, part.pk) == part
    assert get_order_on(cast.lot, order.number) == order
    for person in (cast.claire, cast.idris, cast.helene):
        assert list_orders_of(person) == []
        with pytest.raises(NotFoundError):
            get_order_of(person, order.number)
    for person in (cast.idris, cast.nadia, cast.odile):
        with pytest.raises(NotFoundError):
            get_merchant_order_for_member(person, part.pk)
    for token in ("", order.number, order.token[:-1]):
        with pytest.raises(NotFoundError):
            get_order_by_token(token)
    with pytest.raises(NotFoundError):
        get_order_on(cast.elsewhere, order.number)


def test_fault_51_numbers_are_dictated_and_not_guessed() -> None:
    numbers = {new_order_number() for _ in range(500)}
    assert len(numbers) == 500
    for number in numbers:
        assert len(number) == 9
        assert not set(number) & set("AEIOUY0125")
    assert tidy_order_number(" 7hd3 qrtw ") == "7HD3-QRTW"
    assert tidy_order_number("7hd3-qrtw") == "7HD3-QRTW"
    assert len(tidy_order_number("x" * 10_000)) <= 12


def phoned(market_shop: market.Shop, **given: object) -> PhoneOrder:
    """What an old customer without e-mail says on the telephone."""
    values: dict[str, object] = {
        "who": Who(name="Madame Vidal", phone="+33565000009"),
        "lines": {market_shop.offers[0].pk: 2},
        "ways": {
            market_shop.establishment.pk: WayWish(
                market_shop.point.way_key, market.NOW.replace(hour=15)
            )
        },
        "declarations": Declarations(terms=True),
        **given,
    }
    return PhoneOrder(**values)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("typist", ["claire", "helene"])
def test_an_order_is_typed_for_somebody_on_the_telephone(cast: Cast, typist: str) -> None:
    shop = market.shop(cast.bakery)
    person = getattr(cast, typist)
    by = Actor.agent(person, behalf_of="Madame Vidal")
    order = place_phone_order(phoned(shop), portal=cast.lot, typist=person, by=by, at=market.NOW)
    part = order.merchant_orders.get()
    assert (order.source, order.customer_email, order.user) == ("phone", "", None)
    assert (part.state, part.pays, part.total_cents) == ("placed", "on_collection", 900)
    assert Entry.objects.get(verb="placed").actor_label == str(person)
    assert not Cart.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typist", ["idris", "nadia", "odile"])
def test_fault_49_nobody_else_types_orders_for_a_shop(cast: Cast, typist: str) -> None:
    shop = market.shop(cast.bakery)
    person = getattr(cast, typist)
    by = Actor.person(person)
    with pytest.raises(NotFoundError):
        place_phone_order(phoned(shop), portal=cast.lot, typist=person, by=by, at=market.NOW)
    assert not Order.objects.exists()
    assert not Checkout.objects.exists()


@pytest.mark.django_db
def test_what_is_read_out_is_the_same_as_on_the_site(cast: Cast) -> None:
    shop = market.shop(cast.bakery)
    by = Actor.agent(cast.helene)
    call = {"portal": cast.lot, "typist": cast.helene, "by": by, "at": market.NOW}
    with pytest.raises(EmptyCartError):
        place_phone_order(phoned(shop, lines={}), **call)  # type: ignore[arg-type]
    with pytest.raises(DeclarationMissingError):
        place_phone_order(phoned(shop, declarations=Declarations()), **call)  # type: ignore[arg-type]
    assert not Order.objects.exists()


def test_fault_06_money_turns_into_an_order_in_one_function() -> None:
    settling = "payments/actions/settling.py"
    assert users_of("mark_paid") == [f"{settling}:_turn_into_order"]
    assert users_of("_turn_into_order") == [
        f"{settling}:_captured",
        f"{settling}:place_paid_at_counter",
        f"{settling}:put_right",
    ]


def users_of(name: str) -> list[str]:
    """Name each use of a function, called or handed on, by file and outermost function."""
    found = []
    for path in SOURCES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for outer in ast.parse(text).body if name in text else ():
            place = getattr(outer, "name", "")
            used = [node for node in ast.walk(outer) if _is_use(node, name)]
            found += [f"{path.relative_to(SOURCES)}:{place}" for _one in used]
    return sorted(found)


def _is_use(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Constant):  # a name may be looked up by its spelling
        return node.value == name
    is_renamed = isinstance(node, ast.alias) and node.name == name and node.asname is not None
    named = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return is_renamed or named == name
