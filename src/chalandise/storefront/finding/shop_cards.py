"""From an establishment to the plain values that its card, line or sheet shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from chalandise.directory.models import Establishment, Photo
from chalandise.directory.naming import is_read_in_english
from chalandise.directory.queries import Card, list_cards
from chalandise.storefront.addresses import path_of
from chalandise.storefront.finding.opening import say_opening
from chalandise.territories.shapes import distance_metres
from chalandise.web.cards import PictureView, ShopCard
from chalandise.web.memory import Recent
from chalandise.web.pictures import photograph, shop_illustration

Point = tuple[float, float]
NOWHERE: Mapping[int, float] = {}

_read: Recent[int, Card] = Recent(4096)


def cards_of(
    shops: Iterable[Establishment], *, at: dt.datetime, origin: Point | None = None
) -> list[ShopCard]:
    """Return the cards of published shops, of which only the primary key is looked at.

    See `find_cards`.
    """
    return find_cards([shop.pk for shop in shops], at=at, origin=origin)


def find_cards(
    ids: Sequence[int],
    *,
    at: dt.datetime,
    origin: Point | None = None,
    metres: Mapping[int, float] = NOWHERE,
) -> list[ShopCard]:
    """Return the cards of the published shops of ``ids``, in that order; see `cards_by_id`."""
    found = cards_by_id(ids, at=at, origin=origin, metres=metres)
    return [found[pk] for pk in ids if pk in found]


def cards_by_id(
    ids: Sequence[int],
    *,
    at: dt.datetime,
    origin: Point | None = None,
    metres: Mapping[int, float] = NOWHERE,
) -> dict[int, ShopCard]:
    """Return the cards of the published shops of ``ids``.

    One query for those that were not read since the last change.

    Args:
        ids: primary keys.
        at: the moment whose open or closed is said.
        origin: latitude and longitude from which distances are told; none are without it.
        metres: distances known already, by primary key.
    """
    read = _read.get_many(ids, lambda missing: {one.pk: one for one in list_cards(missing)})
    base, is_english = path_of("storefront:directory"), is_read_in_english()
    return {
        pk: _view(card, base, at, _far(card, origin, metres.get(pk)), is_english=is_english)
        for pk, card in read.items()
    }


def _far(card: Card, origin: Point | None, metres: float | None) -> float | None:
    if metres is None and origin is not None and card.position is not None:
        return distance_metres(*origin, *card.position)
    return None if metres is None else float(metres)


def _view(
    card: Card, base: str, at: dt.datetime, metres: float | None, *, is_english: bool
) -> ShopCard:
    return ShopCard(
        name=card.name,
        url=f"{base}{card.slug}/",
        category=(card.category_en if is_english else "") or card.category,
        place=card.place,
        picture=_picture(card),
        status=say_opening(card.opening, at),
        metres=metres,
        services=card.services,
        public_id=str(card.public_id),
    )


def _picture(card: Card) -> PictureView:
    if card.photo:
        return _described(photograph(card.photo), card.name)
    return shop_illustration(card.icon, card.pk)


def picture_of(shop: Establishment) -> PictureView:
    """Return the first photograph, or an illustration of its trade."""
    photo = next(iter(shop.photos.all()), None)
    return photo_view(photo, shop) if photo else shop_illustration(shop.category, shop.pk)


def photo_view(photo: Photo, shop: Establishment) -> PictureView:
    """Return a photograph, described even where nobody described it."""
    return _described(photograph(photo), shop.name)


def _described(view: PictureView, name: str) -> PictureView:
    return view if view.alt else replace(view, alt=_("Photograph of %(shop)s") % {"shop": name})
