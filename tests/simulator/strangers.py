"""I10: no door opens to somebody else, whatever the market has made meanwhile.

The matrix of rights tries every page; this tries the doors of the member's and the agent's objects on
what a play has made last, each against everybody of the cast.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model
from tests.simulator.world import World

from chalandise.accounts.models import User
from chalandise.catalogue.models import Product
from chalandise.catalogue.queries.doors import get_product_for_member
from chalandise.fulfilment.queries.doors import get_card_for_member
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.queries.orders import (
    get_merchant_order_for_member,
    get_order_of,
    get_order_on,
)
from chalandise.ordering.queries.withdrawals import get_withdrawal_for_member
from chalandise.settlements.models import Invoice, Statement
from chalandise.settlements.queries.doors import (
    get_invoice_for_member,
    get_organisation_for_member,
    get_statement_for_member,
)


def doors_open_to_strangers(world: World, tried: set[object]) -> list[str]:
    """Try every door on the newest thing behind it; say which opened to whom it should not, or
    stayed shut to whom it belongs.

    A door is tried again on the same thing once that is in another state.
    """
    broken = []
    for what, row, organisation_id in _newest():
        key = (what, row.pk, getattr(row, "state", ""))
        if key in tried:
            continue
        tried.add(key)
        for user in (world.cast.claire, world.cast.idris, world.cast.nadia, world.cast.odile):
            is_own = user.pk in _members(world).get(organisation_id, ())
            if opens(what, user, row, organisation_id) != is_own:
                broken.append(f"I10 the door to {what} {row.pk}: {user.name}, own: {is_own}")
    order = Order.objects.order_by("-pk").first()
    if order is None or ("of", order.pk) in tried:
        return broken
    tried.add(("of", order.pk))
    if not _opens(lambda: get_order_on(world.cast.lot, order.number)):
        broken.append("I10 an agent does not find an order of the portal")
    if _opens(lambda: get_order_on(world.cast.elsewhere, order.number)):
        broken.append("I10 an agent of another portal finds an order")
    if order.user_id != world.cast.nadia.pk and _opens(
        lambda: get_order_of(world.cast.nadia, order.number)
    ):
        broken.append("I10 an order is found by somebody else")
    return broken


def opens(what: str, user: User, row: Model, organisation_id: int) -> bool:
    """Tell whether a door opens."""
    match row:
        case MerchantOrder() if what == "card":
            return _opens(
                lambda: get_card_for_member(user, row.establishment, row.pk, at=row.placed_at)
            )
        case MerchantOrder():
            return _opens(lambda: get_merchant_order_for_member(user, row.pk))
        case Invoice():
            return _opens(lambda: get_invoice_for_member(user, row.pk))
        case Statement():
            return _opens(lambda: get_statement_for_member(user, row.pk))
        case Withdrawal():
            return _opens(lambda: get_withdrawal_for_member(user, row.pk))
        case Product():
            return _opens(lambda: get_product_for_member(user, row.pk))
    return _opens(lambda: get_organisation_for_member(user, organisation_id))


def _newest() -> list[tuple[str, Model, int]]:
    found: list[tuple[str, Model, int | None]] = []
    part = MerchantOrder.objects.select_related("establishment").order_by("-pk").first()
    if part is not None:
        found += [("order", part, part.organisation_id)]
        found += [("organisation", part.establishment, part.organisation_id)]
    stood = MerchantOrder.objects.filter(state="completed").select_related("establishment")
    if (done := stood.order_by("-pk").first()) is not None:
        found += [("card", done, done.organisation_id)]
    if (invoice := Invoice.objects.order_by("-pk").first()) is not None:
        found += [("invoice", invoice, invoice.organisation_id)]
    if (statement := Statement.objects.order_by("-pk").first()) is not None:
        found += [("statement", statement, statement.organisation_id)]
    withdrawals = Withdrawal.objects.select_related("merchant_order").order_by("-pk")
    if (withdrawal := withdrawals.first()) is not None:
        found += [("withdrawal", withdrawal, withdrawal.merchant_order.organisation_id)]
    products = Product.objects.select_related("establishment").order_by("-pk")
    if (product := products.first()) is not None:
        found += [("product", product, product.establishment.organisation_id)]
    return [(what, row, owner) for what, row, owner in found if owner is not None]


def _members(world: World) -> dict[int, set[int]]:
    """Who acts for which organisation, as the stage was set."""
    bakery, bookshop, grocer = world.shops
    claire, idris = world.cast.claire.pk, world.cast.idris.pk
    owners = {bakery: claire, bookshop: idris, grocer: claire}
    return {shop.organisation_id: {user} for shop, user in owners.items() if shop.organisation_id}


def _opens(door: Callable[[], object]) -> bool:
    try:
        door()
    except NotFoundError:
        return False
    return True
