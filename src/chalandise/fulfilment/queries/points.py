"""What the people of a pooled point see: what comes, what waits, and nothing else of a merchant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet

from chalandise.accounts.models import User
from chalandise.fulfilment.models import HandOver
from chalandise.fulfilment.passes import read_pass
from chalandise.fulfilment.queries.boards import NEVER_STOOD, OPEN_STATES
from chalandise.fulfilment.queries.cards import Card, card_of, orders_to_show
from chalandise.fulfilment.states import FulfilmentState
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.tokens import tidy_spoken_code
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.queries import Parcel, Transfer, transfers_for
from chalandise.logistics.queries.keepers import points_kept_by
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind

Transferred = tuple[Transfer, list[tuple[Parcel, Card]]]
MOST_WAITING = 200


def arrivals(point: PickupPoint, on: date, *, at: datetime) -> list[Transferred]:
    """Return what each merchant brings to a pooled point on a day: eight statements."""
    transfers = transfers_for(point, on)
    cards = _by_holder(point, (one.holder for some in transfers for one in some.parcels), at)
    found = [
        (one, [(parcel, cards[parcel.holder]) for parcel in one.parcels if parcel.holder in cards])
        for one in transfers
    ]
    return [(one, parcels) for one, parcels in found if parcels]


def waiting_at(point: PickupPoint, *, at: datetime) -> list[Card]:
    """Return what waits at a pooled point for its customers, by the time they come."""
    rows = _standing(point).filter(fulfilment__state=FulfilmentState.READY)
    ordered = rows.order_by(F("starts_at").asc(nulls_last=True), "pk")[:MOST_WAITING]
    return [card_of(one, at=at) for one in ordered]


def booked_between(
    point: PickupPoint, starts_at: datetime, ends_at: datetime, *, at: datetime
) -> list[Card]:
    """Return the orders that nobody has yet whose slot touches a stretch of time: four statements."""
    rows = _at(point).filter(
        state__in=OPEN_STATES, starts_at__lt=ends_at, ends_at__gt=max(starts_at, at)
    )
    return [card_of(one, at=at) for one in rows.order_by("starts_at", "pk")]


def get_card_at(point: PickupPoint, order_id: int, *, at: datetime) -> Card:
    """Return an order that is collected at a pooled point.

    Raises:
        NotFoundError: absent, never paid, or collected elsewhere.
    """
    found = _at(point).exclude(state__in=NEVER_STOOD).filter(pk=order_id).first()
    if found is None:
        raise NotFoundError
    return card_of(found, at=at)


def cards_beside(card: Card, point: PickupPoint, *, at: datetime) -> list[Card]:
    """Return what else waits there for the customer of an order, from other merchants."""
    rows = _standing(point).filter(
        order=card.order.order_id, fulfilment__state=FulfilmentState.READY
    )
    return [card_of(one, at=at) for one in rows.exclude(pk=card.order.pk).order_by("pk")]


def find_by_code_at(point: PickupPoint, typed: str) -> list[MerchantOrder]:
    """Return what a spoken code opens at a pooled point.

    A code is drawn by each merchant: two orders there may rarely have the same.
    """
    code = tidy_spoken_code(typed)
    return list(_standing(point).filter(pickup_code=code).order_by("pk")) if code else []


def find_given_by_code_at(point: PickupPoint, typed: str, *, since: datetime) -> HandOver | None:
    """Return the last hand-over that a spoken code opened at a pooled point lately, None for a wrong one."""
    code = tidy_spoken_code(typed)
    if not code:
        return None
    given = HandOver.objects.filter(
        fulfilment__merchant_order__way_kind=WayKind.POINT,
        fulfilment__merchant_order__way_key=point.way_key,
        fulfilment__merchant_order__gathered_by__isnull=True,
        fulfilment__merchant_order__pickup_code=code,
        handed_at__gte=since,
    )
    return given.order_by("-handed_at", "-pk").first()


def get_point_of_pass(user: User, text: str, *, at: datetime) -> tuple[PickupPoint, int]:
    """Return the pooled point that a scanned pass leads its keeper to, and the merchant order.

    Raises:
        WrongPassError: not one of ours.
        PassExpiredError: of some minutes ago.
        NotFoundError: it is collected where the person keeps nothing.
    """
    part = MerchantOrder.objects.filter(pk=read_pass(text, at=at), way_kind=WayKind.POINT).first()
    if part is None:
        raise NotFoundError
    kept = {point.way_key: point for point in points_kept_by(user)}
    if part.way_key not in kept:
        raise NotFoundError
    return kept[part.way_key], part.pk


def _at(point: PickupPoint) -> QuerySet[MerchantOrder]:
    return orders_to_show().filter(
        way_kind=WayKind.POINT, way_key=point.way_key, gathered_by__isnull=True
    )


def _standing(point: PickupPoint) -> QuerySet[MerchantOrder]:
    return _at(point).filter(state=MerchantOrderState.ACCEPTED)


def _by_holder(point: PickupPoint, holders: Iterable[UUID], at: datetime) -> dict[UUID, Card]:
    rows = _at(point).exclude(state__in=NEVER_STOOD).filter(holder__in=list(holders))
    return {one.holder: card_of(one, at=at) for one in rows}
