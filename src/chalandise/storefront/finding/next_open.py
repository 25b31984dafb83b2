"""Who opens next, for the hours when nearly everybody is closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chalandise.discovery.criteria import Search, Sort
from chalandise.discovery.search import count_establishments, find_establishments
from chalandise.storefront.finding.shop_cards import find_cards
from chalandise.web.cards import ShopCard

ONE_IN = 20
"""Little is open when fewer than one shop in so many is."""
STEP = dt.timedelta(minutes=30)
LOOKED_AHEAD = 48
"""So many half hours: from Sunday noon to Monday noon."""
LOOKED_AT = 40
SHOWN = 8


@dataclass(frozen=True)
class OpeningNext:
    """The shops that open first, and by when they have."""

    at: dt.datetime
    shops: list[ShopCard]


def opening_next(
    search: Search, *, at: dt.datetime, count: int, open_count: int
) -> OpeningNext | None:
    """Return who opens next where little is open, nearest first; None in the middle of the day.

    Args:
        search: the question without any moment; its ``near`` says from where.
        at: now.
        count: how many shops there are.
        open_count: how many of them are open now.
    """
    if open_count * ONE_IN >= count:
        return None
    wanted = max(1, min(SHOWN, count // ONE_IN))
    moment = at.replace(minute=0, second=0, microsecond=0)
    for _half_hour in range(LOOKED_AHEAD):
        moment += STEP
        if moment <= at:
            continue
        if count_establishments(search.but(open_at=moment)) - open_count >= wanted:
            shops = _first(search, moment, at)
            return OpeningNext(moment, shops) if shops else None
    return None


def _first(search: Search, moment: dt.datetime, at: dt.datetime) -> list[ShopCard]:
    """Return the nearest shops that are open then and not now."""
    near = search.near
    asked = search.but(open_at=moment, sort=Sort.NEAREST if near else Sort.BEST, limit=LOOKED_AT)
    results = find_establishments(asked)
    origin = (near.latitude, near.longitude) if near else None
    cards = find_cards(results.ids, at=at, origin=origin)
    return [one for one in cards if one.status is None or one.status.tone == "closed"][:SHOWN]
