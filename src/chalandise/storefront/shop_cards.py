"""From an establishment to the plain values that its card, line or sheet shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chalandise.directory.models import Establishment, Photo
from chalandise.discovery.queries import list_cards
from chalandise.storefront.opening import status_of
from chalandise.territories.shapes import distance_metres
from chalandise.web.cards import PictureView, ShopCard
from chalandise.web.memory import Recent
from chalandise.web.pictures import illustration, photograph

Point = tuple[float, float]
NOWHERE: Mapping[int, float] = {}
_CardKey = tuple[int, dt.datetime, str | None, str]


@dataclass(frozen=True)
class _Kept:
    card: ShopCard
    position: Point | None


_kept: Recent[_CardKey, _Kept] = Recent(4096)


def cards_of(
    shops: Iterable[Establishment], *, at: dt.datetime, origin: Point | None = None
) -> list[ShopCard]:
    """Return the cards of shops fetched `with_card`; no query.

    Args:
        shops: in the order to show.
        at: the moment whose open or closed is said.
        origin: latitude and longitude from which distances are told; none are without it.
    """
    return [card_of(shop, at=at, origin=origin) for shop in shops]


def find_cards(
    ids: Sequence[int],
    *,
    at: dt.datetime,
    origin: Point | None = None,
    metres: Mapping[int, float] = NOWHERE,
) -> list[ShopCard]:
    """Return the cards of the published shops of ``ids``, in that order.

    Cards are kept for the minute that ``at`` names, so that a shop shown on many pages is read once.

    Args:
        ids: primary keys, in the order to show.
        at: the moment whose open or closed is said.
        origin: latitude and longitude from which distances are told; none are without it.
        metres: distances known already, by primary key.
    """
    said = (at, get_language(), get_script_prefix())

    def load(missing: list[_CardKey]) -> dict[_CardKey, _Kept]:
        shops = list_cards([pk for pk, *_rest in missing])
        return {(shop.pk, *said): _Kept(card_of(shop, at=at), _position(shop)) for shop in shops}

    keys = [(pk, *said) for pk in ids]
    kept = _kept.get_many(keys, load)
    return [_measured(kept[key], origin, metres.get(key[0])) for key in keys if key in kept]


def _measured(kept: _Kept, origin: Point | None, metres: float | None) -> ShopCard:
    if metres is None and origin is not None and kept.position is not None:
        metres = distance_metres(*origin, *kept.position)
    return kept.card if metres is None else replace(kept.card, metres=float(metres))


def card_of(shop: Establishment, *, at: dt.datetime, origin: Point | None = None) -> ShopCard:
    """Return one card."""
    return ShopCard(
        name=shop.name,
        url=reverse("storefront:shop", args=[shop.slug]),
        category=shop.category.name,
        place=shop.commune.name,
        picture=picture_of(shop),
        status=status_of(shop, at),
        metres=metres_from(origin, shop),
        services=tuple(shop.services),
        public_id=str(shop.public_id),
    )


def metres_from(origin: Point | None, shop: Establishment) -> float | None:
    """Return the distance to a shop whose own position is known."""
    position = _position(shop)
    return None if origin is None or position is None else distance_metres(*origin, *position)


def _position(shop: Establishment) -> Point | None:
    if shop.latitude is None or shop.longitude is None or shop.is_located_by_commune:
        return None
    return (shop.latitude, shop.longitude)


def picture_of(shop: Establishment) -> PictureView:
    """Return the first photograph, or the illustration of the category."""
    photo = next(iter(shop.photos.all()), None)
    return photo_view(photo, shop) if photo else illustration(shop.category)


def photo_view(photo: Photo, shop: Establishment) -> PictureView:
    """Return a photograph, described even where nobody described it."""
    view = photograph(photo)
    return (
        view if view.alt else replace(view, alt=_("Photograph of %(shop)s") % {"shop": shop.name})
    )


def photo_url(photo: Photo, version: str) -> str:
    """Return the address of one version of a photograph."""
    return f"{settings.MEDIA_URL}photos/{photo.name}-{version}"
