"""I10: no door opens to somebody else, whatever the market has made meanwhile.

The matrix of rights tries every page; this tries the doors of the member's and the agent's objects on
what a play has made last, each against everybody of the cast.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model
from tests.simulator.answers import Answers
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

NEWEST = """
    (SELECT 'order', id, state FROM ordering_merchantorder ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'card', id, state FROM ordering_merchantorder
        WHERE state = 'completed' ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'invoice', id, '' FROM settlements_invoice ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'statement', id, '' FROM settlements_statement ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'withdrawal', id, state FROM ordering_withdrawal ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'product', id, state FROM catalogue_product ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT 'of', id, '' FROM ordering_order ORDER BY id DESC LIMIT 1)
"""


def doors_open_to_strangers(world: World, tried: set[object], answers: Answers) -> list[str]:
    """Try every door on the newest thing behind it; say which opened to whom it should not, or
    stayed shut to whom it belongs.

    A door is tried again on the same thing once that is in another state; until then one statement
    tells that there is nothing new.
    """
    broken = []
    for what, pk, state in answers.ask(NEWEST):
        if (what, pk, state) in tried:
            continue
        tried.add((what, pk, state))
        if what == "of":
            broken += _order_opens_to_strangers(world, Order.objects.get(pk=pk))
            continue
        row, owner = _found(what, pk)
        if owner is None:
            continue
        for user in (world.cast.claire, world.cast.idris, world.cast.nadia, world.cast.odile):
            is_own = user.pk in _members(world).get(owner, ())
            for door in ("order", "organisation") if what == "order" else (what,):
                if opens(door, user, row, owner) != is_own:
                    broken.append(f"I10 the door to {door} {row.pk}: {user.name}, own: {is_own}")
    return broken


def _order_opens_to_strangers(world: World, order: Order) -> list[str]:
    broken = []
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
        case _ if what == "organisation":
            return _opens(lambda: get_organisation_for_member(user, organisation_id))
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
    raise AssertionError(what)


def _found(what: str, pk: int) -> tuple[Model, int | None]:
    """Return a thing and the organisation that it belongs to."""
    match what:
        case "order" | "card":
            part = MerchantOrder.objects.select_related("establishment").get(pk=pk)
            return part, part.organisation_id
        case "invoice":
            invoice = Invoice.objects.get(pk=pk)
            return invoice, invoice.organisation_id
        case "statement":
            statement = Statement.objects.get(pk=pk)
            return statement, statement.organisation_id
        case "withdrawal":
            withdrawal = Withdrawal.objects.select_related("merchant_order").get(pk=pk)
            return withdrawal, withdrawal.merchant_order.organisation_id
    product = Product.objects.select_related("establishment").get(pk=pk)
    return product, product.establishment.organisation_id


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
