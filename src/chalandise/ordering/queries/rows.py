"""The rows that every step of a checkout reads, asked in plain SQL.

The ORM takes longer to say these questions than PostgreSQL to answer them; what comes back are
ordinary instances, with the fields that a checkout does not need left to be fetched if asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.queries.rows import join, taken
from chalandise.directory.models import Establishment
from chalandise.ordering.models import (
    Cart,
    CartLine,
    Checkout,
    CheckoutPart,
    MerchantOrder,
    Order,
    OrderLine,
)
from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory

SELLER_FIELDS = (
    "legal_name",
    "legal_form",
    "address",
    "email",
    "phone",
    "siren",
    "siret",
    "vat_number",
    "vat_regime",
    "mediator_name",
    "mediator_address",
    "mediator_url",
    "terms_version",
)
_JSON = {"goods", "way", "address", "business", "recap", "declarations", "seller", "allergens"}
_OF_ORDERS = {"p", "c", "o", "m", "l"}
_BUT_RECAP = [field.attname for field in Order._meta.concrete_fields if field.attname != "recap"]
_MERCHANT_ORDER = [field.attname for field in MerchantOrder._meta.concrete_fields]
_ORDER_LINE = [field.attname for field in OrderLine._meta.concrete_fields]
_CHECKOUT = [field.attname for field in Checkout._meta.concrete_fields]
CART = [field.attname for field in Cart._meta.concrete_fields]
_LINE = [field.attname for field in CartLine._meta.concrete_fields]
_PORTAL = ["id", "slug", "name", "parent_id", "host", "commission_bp"]
_PART = [field.attname for field in CheckoutPart._meta.concrete_fields]
_SHOP = [
    "id",
    "public_id",
    "slug",
    "name",
    "organisation_id",
    "street",
    "postal_code",
    "commune_id",
    "latitude",
    "longitude",
    "timezone",
    "status",
]
_SHOP_AND_PHONE = [*_SHOP, "phone"]
_TOWN = ["key", "kind", "code", "name", "slug", "departement_id", "commune_id"]
_ORGANISATION = ["id", "siren", "name"]
_SELLER = ["id", "organisation_id", *SELLER_FIELDS]


def _columns(table: str, names: Sequence[str]) -> str:
    cast = {name: "::json" if name in _JSON and table in _OF_ORDERS else "" for name in names}
    return ", ".join(f"{table}.{name}{cast[name]}" for name in names)


_CHECKOUTS = f"""
    SELECT {_columns("c", _CHECKOUT)}, {_columns("q", _PORTAL)}
    FROM ordering_checkout c JOIN portals_portal q ON q.id = c.portal_id
"""  # noqa: S608 (joined of constants)
_WHOLE = f"""
    SELECT {_columns("c", _CHECKOUT)}, {_columns("q", _PORTAL)}, (
            SELECT json_agg(
                json_build_array({_columns("l", _LINE)}) ORDER BY l.id
            ) FROM ordering_cartline l WHERE l.cart_id = c.cart_id
        ), {_columns("p", _PART)}, {_columns("e", _SHOP)}, {_columns("t", _TOWN)},
        {_columns("o", _ORGANISATION)}, {_columns("s", _SELLER)}
    FROM ordering_checkout c
    JOIN portals_portal q ON q.id = c.portal_id
    LEFT JOIN ordering_checkoutpart p ON p.checkout_id = c.id
    LEFT JOIN directory_establishment e ON e.id = p.establishment_id
    LEFT JOIN territories_territory t ON t.key = e.commune_id
    LEFT JOIN organisations_organisation o ON o.id = e.organisation_id
    LEFT JOIN catalogue_sellerprofile s ON s.organisation_id = o.id
"""  # noqa: S608 (joined of constants)
_WHOLE_OF_FORM = f"{_WHOLE} WHERE c.form_token = %s ORDER BY p.position"
_WHOLE_OF_KEY = f"{_WHOLE} WHERE c.id = %s ORDER BY p.position"
_LOCKED_CHECKOUT = f"{_CHECKOUTS} WHERE c.id = %s FOR UPDATE OF c"
_CHECKOUT_OF_FORM = f"{_CHECKOUTS} WHERE c.form_token = %s"
# The recap is long: it comes with the first part only.
_ORDER_OF_LINK = f"""
    SELECT CASE WHEN row_number() OVER (ORDER BY m.id) = 1 THEN o.recap::json END,
        {_columns("o", _BUT_RECAP)}, {_columns("q", _PORTAL)},
        {_columns("m", _MERCHANT_ORDER)}, {_columns("e", _SHOP_AND_PHONE)}, {_columns("t", _TOWN)}
    FROM ordering_order o
    JOIN portals_portal q ON q.id = o.portal_id
    JOIN ordering_merchantorder m ON m.order_id = o.id
    JOIN directory_establishment e ON e.id = m.establishment_id
    JOIN territories_territory t ON t.key = e.commune_id
    WHERE o.token = %s ORDER BY m.id
"""  # noqa: S608 (joined of constants)
_ORDER_LINES = f"""
    SELECT {_columns("l", _ORDER_LINE)},
        (SELECT true FROM ordering_linechange c WHERE c.line_id = l.id LIMIT 1),
        (
            SELECT true FROM ordering_withdrawal w
            WHERE w.merchant_order_id = l.merchant_order_id LIMIT 1
        )
    FROM ordering_orderline l
    WHERE l.merchant_order_id = ANY(%s::bigint[]) ORDER BY l.position
"""  # noqa: S608 (joined of constants; LIMIT rather than EXISTS: see `catalogue.queries.offer_rows`)
_GUEST_CART = f"""
    SELECT {", ".join(CART)} FROM ordering_cart
    WHERE token = %s AND portal_id = %s AND user_id IS NULL
"""  # noqa: S608 (joined of constants)
_GUEST_CART_AND_LINES = f"""
    SELECT {_columns("k", CART)}, {_columns("l", _LINE)}
    FROM ordering_cart k LEFT JOIN ordering_cartline l ON l.cart_id = k.id
    WHERE k.token = %s AND k.portal_id = %s AND k.user_id IS NULL ORDER BY l.id
"""  # noqa: S608 (joined of constants)
_LINES = f"""
    SELECT {", ".join(_LINE)} FROM ordering_cartline WHERE cart_id = %s ORDER BY id
"""  # noqa: S608 (joined of constants)
_SHOPS = f"""
    SELECT {_columns("e", _SHOP)}, {_columns("t", _TOWN)}
    FROM directory_establishment e JOIN territories_territory t ON t.key = e.commune_id
    WHERE e.id = ANY(%s::bigint[])
"""  # noqa: S608 (joined of constants)
_PARTS = f"""
    SELECT {_columns("p", _PART)}, {_columns("e", _SHOP)}, {_columns("t", _TOWN)},
        {_columns("o", _ORGANISATION)}, {_columns("s", _SELLER)}
    FROM ordering_checkoutpart p
    JOIN directory_establishment e ON e.id = p.establishment_id
    JOIN territories_territory t ON t.key = e.commune_id
    LEFT JOIN organisations_organisation o ON o.id = e.organisation_id
    LEFT JOIN catalogue_sellerprofile s ON s.organisation_id = o.id
    WHERE p.checkout_id = %s ORDER BY p.position
"""  # noqa: S608 (joined of constants)


def locked_checkout(checkout_id: int) -> Checkout | None:
    """Return a checkout with its portal, locked until the transaction ends."""
    return _checkout(_LOCKED_CHECKOUT, checkout_id)


def checkout_of_form(form_token: str) -> Checkout | None:
    """Return the checkout that a form belongs to, with its portal."""
    return _checkout(_CHECKOUT_OF_FORM, form_token)


def whole_of_form(form_token: str) -> Checkout | None:
    """Return the checkout that a form belongs to, its parts and the lines of its cart at hand."""
    return _whole(_WHOLE_OF_FORM, form_token)


def whole_checkout(checkout_id: int) -> Checkout | None:
    """Return a checkout, its parts and the lines of its cart at hand, as they are at this moment."""
    return _whole(_WHOLE_OF_KEY, checkout_id)


def _whole(statement: str, key: int | str) -> Checkout | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        rows = [list(row) for row in cursor.fetchall()]
    if not rows:
        return None
    checkouts = [taken(Checkout, _CHECKOUT, row) for row in rows]
    portals = [taken(Portal, _PORTAL, row) for row in rows]
    lines = [row.pop(0) for row in rows]
    checkout = checkouts[0]
    join(checkout, "portal", portals[0])
    checkout.lines_at_hand = [taken(CartLine, _LINE, line) for line in lines[0] or ()]
    checkout.parts_at_hand = [_part(row) for row in rows if row[0] is not None]
    return checkout


def guest_cart(token: str, portal_id: int) -> Cart | None:
    """Return the cart behind a guest's token at a root portal."""
    with connection.cursor() as cursor:
        cursor.execute(_GUEST_CART, [token, portal_id])
        row = cursor.fetchone()
    return None if row is None else taken(Cart, CART, list(row))


def guest_cart_and_lines(token: str, portal_id: int) -> Cart | None:
    """Return the cart behind a guest's token with its lines at hand, as `lines_of_cart` has them."""
    with connection.cursor() as cursor:
        cursor.execute(_GUEST_CART_AND_LINES, [token, portal_id])
        rows = [list(row) for row in cursor.fetchall()]
    if not rows:
        return None
    cart, *_same = [taken(Cart, CART, row) for row in rows]
    cart.lines_at_hand = [taken(CartLine, _LINE, row) for row in rows if row[0] is not None]
    return cart


def lines_of_cart(cart_id: int) -> list[CartLine]:
    """Return what is in a cart, in the order in which it was put there."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [cart_id])
        rows = cursor.fetchall()
    return [taken(CartLine, _LINE, list(row)) for row in rows]


def _checkout(statement: str, key: int | str) -> Checkout | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    checkout = taken(Checkout, _CHECKOUT, values)
    join(checkout, "portal", taken(Portal, _PORTAL, values))
    return checkout


def order_of_link(token: str) -> tuple[Order, list[MerchantOrder]] | None:
    """Return the order behind a private link, and its parts with shops and communes at hand."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDER_OF_LINK, [token])
        rows = [list(row) for row in cursor.fetchall()]
    if not rows:
        return None
    orders, parts = [], []
    for values in rows:
        orders.append(taken(Order, ["recap", *_BUT_RECAP], values))
        join(orders[-1], "portal", taken(Portal, _PORTAL, values))
        part = taken(MerchantOrder, _MERCHANT_ORDER, values)
        shop = taken(Establishment, _SHOP_AND_PHONE, values)
        join(shop, "commune", taken(Territory, _TOWN, values))
        join(part, "order", orders[0])
        join(part, "establishment", shop)
        parts.append(part)
    return orders[0], parts


def lines_of_orders(merchant_order_ids: Iterable[int]) -> list[tuple[OrderLine, bool, bool]]:
    """Return lines, each with whether it was ever changed and its shop's part withdrawn from."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDER_LINES, [list(merchant_order_ids)])
        rows = cursor.fetchall()
    found = []
    for row in rows:
        values = list(row)
        line = taken(OrderLine, _ORDER_LINE, values)
        found.append((line, bool(values[0]), bool(values[1])))
    return found


def parts_with_shops(checkout_id: int) -> list[CheckoutPart]:
    """Return the parts of a checkout with shop, commune, organisation and seller at hand."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [checkout_id])
        rows = cursor.fetchall()
    return [_part(list(row)) for row in rows]


def _part(values: list[Any]) -> CheckoutPart:
    part = taken(CheckoutPart, _PART, values)
    shop = taken(Establishment, _SHOP, values)
    join(shop, "commune", taken(Territory, _TOWN, values))
    organisation = taken(Organisation, _ORGANISATION, values)
    if organisation.pk is not None:
        join(shop, "organisation", organisation)
        seller = taken(SellerProfile, _SELLER, values)
        if seller.pk is not None:
            join(seller, "organisation", organisation)
            join(organisation, "seller_profile", seller)
    join(part, "establishment", shop)
    return part
