"""The merchant's board: everything that has to be done, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from chalandise.directory.models import Establishment
from chalandise.fulfilment.queries.cards import Card, card_of, orders_to_show
from chalandise.fulfilment.states import Column, FulfilmentState
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind

OPEN_STATES = (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)
AWAY_STATES = (FulfilmentState.PACKED, FulfilmentState.READY, FulfilmentState.SENT)
NEVER_STOOD = (MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.EXPIRED)
MOST_OPEN = 200
MOST_DONE = 30


@dataclass(frozen=True)
class Board:
    """What a merchant has before them, each column by the time it is wanted.

    Attributes:
        new: placed, waiting for a yes.
        to_prepare: accepted.
        ready: on the side.
        waiting: on somebody else: the customer's answer, the road.
        done: the last ones that ended, newest first.
    """

    new: list[Card]
    to_prepare: list[Card]
    ready: list[Card]
    waiting: list[Card]
    done: list[Card]

    def column(self, name: str) -> list[Card]:
        """Return the cards of one column."""
        cards: list[Card] = getattr(self, Column(name).value)
        return cards


@dataclass(frozen=True)
class Counts:
    """How many orders wait, for the badge of every page.

    Attributes:
        new: waiting for a yes.
        to_prepare: accepted and not ready.
        ready: on the side.
        newest: the key of the last one that was placed, 0 when there is none.
    """

    new: int
    to_prepare: int
    ready: int
    newest: int

    @property
    def to_do(self) -> int:
        """How many wait for the merchant."""
        return self.new + self.to_prepare


def board(establishment: Establishment, at: datetime) -> Board:
    """Return what the merchant has to do and has just done: eight statements at most."""
    of_shop = orders_to_show().filter(establishment=establishment)
    waiting = of_shop.filter(state__in=OPEN_STATES).order_by(
        F("starts_at").asc(nulls_last=True), F("promised_on").asc(nulls_last=True), "pk"
    )[:MOST_OPEN]
    ended = of_shop.exclude(state__in=(*OPEN_STATES, *NEVER_STOOD)).order_by(
        F("ended_at").desc(nulls_last=True), "-pk"
    )[:MOST_DONE]
    cards = [card_of(one, at=at) for one in waiting]
    by_column = {name: [one for one in cards if one.column == name] for name in Column}
    return Board(
        new=by_column[Column.NEW],
        to_prepare=by_column[Column.TO_PREPARE],
        ready=by_column[Column.READY],
        waiting=by_column[Column.WAITING],
        done=[card_of(one, at=at) for one in ended],
    )


def counts(establishment: Establishment) -> Counts:
    """Count what waits, in one statement."""
    rows = MerchantOrder.objects.filter(establishment=establishment, state__in=OPEN_STATES)
    is_new, is_accepted = (Q(state=one) for one in OPEN_STATES)
    is_away = Q(fulfilment__state__in=AWAY_STATES)
    is_at_point = Q(way_kind=WayKind.POINT, gathered_by__isnull=True)
    on_the_side = Q(fulfilment__state=FulfilmentState.PACKED) | (
        Q(fulfilment__state=FulfilmentState.READY) & ~is_at_point
    )
    found = rows.aggregate(
        new=Count("pk", filter=is_new),
        accepted=Count("pk", filter=is_accepted),
        ready=Count("pk", filter=is_accepted & on_the_side),
        away=Count("pk", filter=is_accepted & is_away),
    )
    newest = rows.filter(is_new).order_by("-pk").values_list("pk", flat=True).first()
    return Counts(
        new=found["new"],
        to_prepare=found["accepted"] - found["away"],
        ready=found["ready"],
        newest=newest or 0,
    )


def to_do_by_shop(establishments: Iterable[Establishment]) -> dict[int, int]:
    """Count what waits for the merchant in each of some shops, in one statement, as `counts` does."""
    rows = MerchantOrder.objects.filter(
        establishment__in=[one.pk for one in establishments], state__in=OPEN_STATES
    )
    is_away = Q(state=MerchantOrderState.ACCEPTED, fulfilment__state__in=AWAY_STATES)
    counted = (
        rows.order_by()
        .values("establishment")
        .annotate(all=Count("pk"), away=Count("pk", filter=is_away))
    )
    return {one["establishment"]: one["all"] - one["away"] for one in counted}


def new_orders(establishment: Establishment) -> QuerySet[MerchantOrder]:
    """Return the orders that wait for a yes."""
    return MerchantOrder.objects.filter(
        establishment=establishment, state=MerchantOrderState.PLACED
    )
