"""The doors to orders: the private link, the customer's own, the merchant's, the operator's."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from chalandise.accounts.models import User
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order, OrderLine, SellerTerms
from chalandise.ordering.numbers import tidy_order_number
from chalandise.ordering.queries.rows import order_of_link
from chalandise.portals.models import Portal
from chalandise.portals.queries import list_descendant_ids

MOST_LISTED = 100


def get_order_by_token(token: str) -> Order:
    """Return the order behind a private link, its parts and lines at hand.

    Raises:
        NotFoundError: the link opens nothing.
    """
    return _one(with_parts(Order.objects.filter(token=token)))


def get_order_to_follow(token: str) -> tuple[Order, list[MerchantOrder]]:
    """Return the order behind a private link and its parts, as its page shows them: one statement.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = order_of_link(token)
    if found is None:
        raise NotFoundError
    return found


def get_order_of(user: User, number: str) -> Order:
    """Return an order that the person placed, by its number.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    return _one(with_parts(Order.objects.filter(user=user, number=tidy_order_number(number))))


def get_order_on(portal: Portal, number: str) -> Order:
    """Return an order placed at the portal or below it, for its operator's agents.

    Raises:
        NotFoundError: absent, or placed elsewhere.
    """
    here = Order.objects.filter(portal__in=list_descendant_ids(portal))
    return _one(with_parts(here.filter(number=tidy_order_number(number))))


def list_orders_of(user: User) -> list[Order]:
    """Return a customer's own orders, newest first."""
    return list(with_parts(Order.objects.filter(user=user)).order_by("-placed_at")[:MOST_LISTED])


def terms_under(part: MerchantOrder) -> str:
    """Return the terms of sale that a merchant order was placed under, as sanitised HTML."""
    version = part.seller.get("terms_version", 0)
    kept = SellerTerms.objects.filter(organisation=part.organisation_id, version=version)
    return kept.values_list("html", flat=True).first() or ""


def get_merchant_order_for_member(user: User, merchant_order_id: int) -> MerchantOrder:
    """Return a merchant order of a shop the person looks after.

    Raises:
        NotFoundError: absent, or somebody else's.
    """
    found = _with_lines(
        MerchantOrder.objects.select_related("order__portal", "establishment")
    ).filter(pk=merchant_order_id, establishment__organisation__memberships__user=user)
    part = next(iter(found), None)  # one: to order rows of so many columns takes Django longer
    if part is None:
        raise NotFoundError
    return part


def with_parts(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Fetch in advance what an order's page shows: four statements more, any number of parts."""
    parts = _with_lines(
        MerchantOrder.objects.select_related("establishment__commune").order_by("number")
    )
    return orders.select_related("portal").prefetch_related(Prefetch("merchant_orders", parts))


def _with_lines(parts: QuerySet[MerchantOrder]) -> QuerySet[MerchantOrder]:
    lines = OrderLine.objects.order_by("position").prefetch_related("changes")
    return parts.prefetch_related(Prefetch("lines", lines), "withdrawals")


def _one(orders: QuerySet[Order]) -> Order:
    found = orders.first()
    if found is None:
        raise NotFoundError
    return found
