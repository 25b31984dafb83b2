"""Carts: put in, change, take out, merge at sign-in, forget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from chalandise.accounts.models import User
from chalandise.catalogue.queries import terms_of
from chalandise.ordering.durability import LIGHTLY, of_one_statement, of_own_block
from chalandise.ordering.errors import CartFullError, Changed, NotOrderableError
from chalandise.ordering.models import Cart, Checkout
from chalandise.ordering.quantities import MOST_OF_ONE, parse_quantity
from chalandise.ordering.queries.carts import find_cart, home_of, view_cart
from chalandise.ordering.queries.locking import lock_cart
from chalandise.portals.models import Portal
from chalandise.portals.queries import covers

MOST_LINES = 100
KEPT_DAYS = 60
CHECKOUTS_KEPT_DAYS = 30

_BEGIN = f"""
    WITH {LIGHTLY},
    c AS (
        INSERT INTO ordering_cart (token, portal_id, created_at, changed_at)
        SELECT %(token)s, %(portal)s, %(at)s::timestamptz, %(at)s::timestamptz FROM lightly
        RETURNING id
    )
    INSERT INTO ordering_cartline (cart_id, offer_id, quantity, seen_price_cents)
    SELECT c.id, %(offer)s, %(number)s, %(cents)s FROM c
    RETURNING cart_id, quantity
"""  # noqa: S608 (joined of constants)
# What is put into the cart at this very moment is met too: no line of it needs to be held.
_BRING_ALONG = """
    WITH own AS (SELECT offer_id FROM ordering_cartline WHERE cart_id = %(mine)s),
    brought AS (
        SELECT g.*, o.offer_id IS NOT NULL AS is_known,
            row_number() OVER (PARTITION BY o.offer_id IS NULL ORDER BY g.id) AS place
        FROM ordering_cartline g LEFT JOIN own o USING (offer_id)
        WHERE g.cart_id = %(guest)s
    )
    INSERT INTO ordering_cartline AS l (cart_id, offer_id, quantity, seen_price_cents)
    SELECT %(mine)s, b.offer_id, b.quantity, b.seen_price_cents
    FROM brought b
    WHERE b.is_known OR b.place <= %(most)s - (SELECT count(*) FROM own)
    ORDER BY b.offer_id
    ON CONFLICT (cart_id, offer_id) DO UPDATE
    SET quantity = greatest(l.quantity, excluded.quantity)
"""
_PUT_IN = f"""
    WITH {LIGHTLY},
    others AS MATERIALIZED (
        SELECT count(*) AS lines, coalesce(sum(o.quantity), 0) AS things FROM ordering_cartline o
        WHERE o.cart_id = %(cart)s AND o.offer_id <> %(offer)s
    ),
    c AS (
        UPDATE ordering_cart SET changed_at = %(at)s FROM lightly, others
        WHERE id = %(cart)s AND others.lines < %(most_lines)s
        RETURNING id
    ),
    put AS (
        INSERT INTO ordering_cartline AS l (cart_id, offer_id, quantity, seen_price_cents)
        SELECT c.id, %(offer)s, %(number)s, %(cents)s FROM c
        ON CONFLICT (cart_id, offer_id) DO UPDATE
        SET quantity = least(%(most)s, l.quantity + excluded.quantity),
            seen_price_cents = excluded.seen_price_cents
        RETURNING l.quantity
    )
    SELECT put.quantity + others.things FROM put, others
"""  # noqa: S608 (joined of constants)


@dataclass(frozen=True)
class Filled:
    """A cart that something was put into, and how many things are inside now."""

    cart: Cart
    count: int


def add_to_cart(
    cart: Cart | None,
    offer_id: int,
    *,
    quantity: object,
    portal: Portal,
    at: datetime,
    user: User | None = None,
) -> Cart:
    """Put an offer into a cart, a new one where there is none; return the cart.

    What is there already is added to, up to 99. Nothing is held: that begins with the checkout.

    Args:
        cart: as `find_cart` gives it.
        offer_id: what.
        quantity: as it was typed, or a number.
        portal: where the customer stands.
        at: now.
        user: who signed in.

    Raises:
        BadQuantityError: not a whole number from 1 to 99.
        NotOrderableError: unknown, off the shelf, or sold outside this portal.
        CartFullError: as many different things as a cart holds.
    """
    put = put_in_cart(cart, offer_id, quantity=quantity, portal=portal, at=at, user=user)
    return put.cart


def put_in_cart(
    cart: Cart | None,
    offer_id: int,
    *,
    quantity: object,
    portal: Portal,
    at: datetime,
    user: User | None = None,
) -> Filled:
    """Do what `add_to_cart` does, and tell how full the cart is; two statements for a guest."""
    number = parse_quantity(quantity)
    terms = terms_of([offer_id], at=at).get(offer_id)
    if terms is None or not terms.is_orderable or not covers(portal, terms.territory_keys):
        raise NotOrderableError(offer_id)
    values: dict[str, Any] = {
        "offer": offer_id,
        "number": number,
        "cents": terms.price_cents,
        "at": at,
        "durability": of_one_statement(),
    }
    if cart is None and user is None:
        return _begin(home_of(portal), values)
    if cart is None:
        with transaction.atomic():
            cart = _cart_of(home_of(portal), user, at)
            row = _put_in(cart, values | {"durability": of_own_block()})
    else:
        row = _put_in(cart, values)  # one statement, which is all or nothing by itself
    if row is None and user is None and not Cart.objects.filter(pk=cart.pk).exists():
        return _begin(home_of(portal), values)  # it became somebody's between two clicks
    if row is None:
        raise CartFullError
    return Filled(cart, int(row[0]))


def _put_in(cart: Cart, values: Mapping[str, Any]) -> tuple[int] | None:
    """Add to a cart, and return how many things are inside; None: it is full, or gone."""
    limits = {"most": MOST_OF_ONE, "most_lines": MOST_LINES, "cart": cart.pk}
    with connection.cursor() as cursor:
        cursor.execute(_PUT_IN, {**values, **limits})
        row: tuple[int] | None = cursor.fetchone()
    return row


def _begin(home: Portal, values: Mapping[str, Any]) -> Filled:
    """Write a guest's cart with its first line, in one statement."""
    cart = Cart(portal=home, created_at=values["at"], changed_at=values["at"])
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {**values, "token": cart.token, "portal": home.pk})
        (cart.pk, count), *_none = cursor.fetchall()
    cart._state.adding, cart._state.db = False, "default"
    return Filled(cart, count)


def change_quantity(cart: Cart, line_id: int, *, quantity: object, at: datetime) -> None:
    """Set how many of a line are wanted; a line that is gone is left alone.

    Raises:
        BadQuantityError: not a whole number from 1 to 99.
    """
    number = parse_quantity(quantity)
    if cart.lines.filter(pk=line_id).update(quantity=number):
        Cart.objects.filter(pk=cart.pk).update(changed_at=at)


def remove_line(cart: Cart, line_id: int, *, at: datetime) -> None:
    """Take a line out; one that is gone already is no matter."""
    cart.lines.filter(pk=line_id).delete()
    Cart.objects.filter(pk=cart.pk).update(changed_at=at)


@transaction.atomic
def accept_changes(cart: Cart, *, at: datetime) -> None:
    """Take the cart as it stands now, after the customer has seen what changed (fault 16).

    What is gone leaves, what is short shrinks to what is left, prices are those of this moment.
    """
    for group in view_cart(cart, at=at).groups:
        for line in group.lines:
            row = cart.lines.filter(pk=line.line_id)
            if line.change is None:
                continue
            if line.change.kind == Changed.GONE:
                row.delete()
            elif line.change.kind == Changed.LESS_LEFT:
                row.update(quantity=line.left, seen_price_cents=line.terms.price_cents)
            else:
                row.update(seen_price_cents=line.terms.price_cents)
    Cart.objects.filter(pk=cart.pk).update(changed_at=at)


@transaction.atomic
def merge_carts(guest: Cart | None, *, user: User, portal: Portal, at: datetime) -> Cart | None:
    """Bring what a guest chose into the cart of the person they turn out to be.

    Of an offer in both, the larger quantity stays: signing in never orders more than was typed in
    one place. A checkout that was under way goes along where the person had no cart.
    """
    home = home_of(portal)
    if guest is not None:  # two pages opened at once bring it along only once
        guest = lock_cart(guest.pk)
    mine = find_cart(portal, user=user)
    if guest is None or guest.portal_id != home.pk or guest.user_id is not None:
        return mine
    if mine is None:
        Cart.objects.filter(pk=guest.pk, user=None).update(user=user, changed_at=at)
        guest.user = user
        return guest
    with connection.cursor() as cursor:
        cursor.execute(_BRING_ALONG, {"mine": mine.pk, "guest": guest.pk, "most": MOST_LINES})
    guest.delete()
    Cart.objects.filter(pk=mine.pk).update(changed_at=at)
    return mine


def forget_old_carts(*, at: datetime) -> int:
    """Erase carts that nobody has touched for two months, and checkouts of a month ago.

    An order keeps what it needs by itself. Holds of goods and slots end by their own clock.
    """
    Checkout.objects.filter(expires_at__lte=at - timedelta(days=CHECKOUTS_KEPT_DAYS)).delete()
    old = Cart.objects.filter(changed_at__lte=at - timedelta(days=KEPT_DAYS))
    return old.delete()[1].get(Cart._meta.label, 0)


def _cart_of(home: Portal, user: User | None, at: datetime) -> Cart:
    cart, _is_new = Cart.objects.get_or_create(
        portal=home, user=user, defaults={"created_at": at, "changed_at": at}
    )
    return cart
