"""Carts: put in, change, take out, merge at sign-in, forget."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries import terms_of
from chalandise.ordering.errors import CartFullError, Changed, NotOrderableError
from chalandise.ordering.models import Cart, Checkout
from chalandise.ordering.quantities import MOST_OF_ONE, parse_quantity
from chalandise.ordering.queries.carts import find_cart, home_of, view_cart
from chalandise.ordering.queries.locking import lock_cart
from chalandise.portals.models import Portal

MOST_LINES = 100
KEPT_DAYS = 60
CHECKOUTS_KEPT_DAYS = 30

_PUT_IN = """
    INSERT INTO ordering_cartline AS l (cart_id, offer_id, quantity, seen_price_cents)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (cart_id, offer_id) DO UPDATE
    SET quantity = least(%s, l.quantity + excluded.quantity),
        seen_price_cents = excluded.seen_price_cents
    RETURNING quantity
"""
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
    number = parse_quantity(quantity)
    terms = terms_of([offer_id], at=at).get(offer_id)
    shown = Product.objects.published().on(portal).filter(variants__offer=offer_id)
    if terms is None or not terms.is_orderable or not shown.exists():
        raise NotOrderableError(offer_id)
    with transaction.atomic():
        if cart is None:
            cart = _new_cart(home_of(portal), user, at)
        elif cart.lines.exclude(offer=offer_id).count() >= MOST_LINES:
            raise CartFullError
        else:
            Cart.objects.filter(pk=cart.pk).update(changed_at=at)
        with connection.cursor() as cursor:
            given = [cart.pk, offer_id, number, terms.price_cents, MOST_OF_ONE]
            cursor.execute(_PUT_IN, given)
    return cart


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


def _new_cart(home: Portal, user: User | None, at: datetime) -> Cart:
    if user is None:
        return Cart.objects.create(portal=home, created_at=at, changed_at=at)
    cart, _is_new = Cart.objects.get_or_create(
        portal=home, user=user, defaults={"created_at": at, "changed_at": at}
    )
    return cart
