"""What is printed: the sheet of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from chalandise.directory.models import Establishment
from chalandise.fulfilment.queries.boards import OPEN_STATES
from chalandise.fulfilment.queries.cards import Card, card_of, orders_to_show
from chalandise.kernel.sorting import french_sort_key


@dataclass(frozen=True)
class Tally:
    """How many of one thing the day asks for."""

    name: str
    quantity: int


@dataclass(frozen=True)
class DaySheet:
    """Everything wanted on one day.

    Attributes:
        on: the day, by the shop's calendar.
        cards: the orders, by the time they are wanted.
        tallies: what to make or take from the shelf, all orders together.
    """

    on: date
    cards: tuple[Card, ...]
    tallies: tuple[Tally, ...]


def day_sheet(establishment: Establishment, on: date, *, at: datetime) -> DaySheet:
    """Return what is wanted on a day, and what was not given the days before: four statements."""
    zone = ZoneInfo(establishment.timezone)
    begins = datetime.combine(on, time(), zone)
    ends = datetime.combine(on + timedelta(days=1), time(), zone)
    wanted = Q(starts_at__gte=begins, starts_at__lt=ends) | Q(starts_at=None, promised_on=on)
    rows = (
        orders_to_show()
        .filter(wanted, establishment=establishment, state__in=OPEN_STATES)
        .order_by(F("starts_at").asc(nulls_last=True), "pk")
    )
    cards = tuple(card_of(one, at=at) for one in rows)
    tally: Counter[str] = Counter()
    for card in cards:
        for one in card.lines:
            for given in one.given:
                tally[given.name] += given.quantity
    return DaySheet(
        on=on,
        cards=cards,
        tallies=tuple(
            Tally(name, count)
            for name, count in sorted(tally.items(), key=lambda pair: french_sort_key(pair[0]))
        ),
    )
