"""What a shop's card and line need to know: plain values, ready to be shown."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chalandise.web.openness import StatusSentence

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


_WIDTH = re.compile(r"-\d+\.webp$")


@dataclass(frozen=True)
class PictureView:
    """A photograph, or the illustration of a category.

    Attributes:
        src: the address of the 16:10 picture.
        square: the address of the square one, shown in compact rows; ``src`` serves when blank.
        alt: what it shows; blank for an illustration, which only decorates.
        srcset: widths for the browser to choose from, when there are several.
    """

    src: str
    square: str = ""
    alt: str = ""
    width: int = 640
    height: int = 400
    srcset: str = ""
    is_illustration: bool = True

    @property
    def avif(self) -> str:
        """The same widths as AVIF, half the weight; blank for an illustration."""
        return "" if self.is_illustration else _as_avif(self.srcset or self.src)

    @property
    def square_avif(self) -> str:
        """The square one as AVIF; blank for an illustration."""
        return "" if self.is_illustration else _as_avif(self.square or self.src)

    @property
    def plain(self) -> str:
        """What a browser shows that reads neither AVIF nor WebP."""
        return self.src if self.is_illustration else _WIDTH.sub("-1600.jpg", self.src)


def _as_avif(addresses: str) -> str:
    return addresses.replace(".webp", ".avif")


@dataclass(frozen=True)
class ShopCard:
    """An establishment on a card or a line."""

    name: str
    url: str
    category: str
    place: str
    picture: PictureView
    status: StatusSentence | None = None
    metres: float | None = None
    services: tuple[str, ...] = ()
    public_id: str = ""


@dataclass(frozen=True)
class ProductTile:
    """A product on a card.

    Attributes:
        shop: who sells it, and `place`, where.
        price: « 4,50 € », as charged now; ``is_from`` says that other variants cost more.
        crossed_out: the price before the reduction, blank without one.
        unit_price: « 12,80 €/kg », where the law wants it.
        is_made_here: made by its seller, as the published rule says.
        is_orderable: whether it can be put in the cart.
    """

    name: str
    url: str
    shop: str
    place: str
    picture: PictureView
    price: str
    crossed_out: str = ""
    unit_price: str = ""
    is_from: bool = False
    is_made_here: bool = False
    is_orderable: bool = True
    metres: float | None = None


@dataclass(frozen=True)
class DayRow:
    """One day of the hours table, or several that are said alike.

    Attributes:
        day: the day, the first one of several.
        slots: pairs of times, the second one `24:00` (as text) when the day ends at midnight.
        note: a few words, such as an exceptional closing.
        until: the last day of several.
    """

    day: dt.date
    slots: tuple[tuple[dt.time | str, dt.time | str], ...] = ()
    note: str = ""
    until: dt.date | None = None

    @property
    def is_all_day(self) -> bool:
        """Whether it never closes that day."""
        return self.slots == (("00:00", "24:00"),)


@dataclass(frozen=True)
class ServiceView:
    """A way of being served: its icon and its few words."""

    key: str
    icon: str
    label: str | _StrPromise
    short: str | _StrPromise


SERVICES: dict[str, ServiceView] = {
    "pickup": ServiceView("pickup", "shopping-bag", _("Pickup"), _("Pickup")),
    "delivery": ServiceView("delivery", "bike", _("Delivery"), _("Delivery")),
    "reservation": ServiceView(
        "reservation", "set-aside", _("Put it aside for me"), pgettext_lazy("chip", "Put aside")
    ),
    "phone_order": ServiceView("phone_order", "phone", _("Order by phone"), _("By phone")),
    "online_order": ServiceView("online_order", "laptop", _("Order online"), _("Online")),
    "takeaway": ServiceView("takeaway", "takeaway", _("Takeaway"), _("Takeaway")),
    "dine_in": ServiceView("dine_in", "utensils", _("Dine in"), _("Dine in")),
    "home_visit": ServiceView("home_visit", "house", _("Comes to your home"), _("At your home")),
    "wheelchair": ServiceView(
        "wheelchair", "accessibility", _("Wheelchair access"), _("Accessible")
    ),
}

CHIPS = ("reservation", "online_order", "pickup", "delivery", "takeaway", "home_visit")
"""Services worth a chip on a card, the most helpful first; a card shows three at most."""
