"""From an establishment to the plain values that its card, line or sheet shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from chalandise.directory.models import Establishment, Photo
from chalandise.storefront.opening import status_of
from chalandise.territories.shapes import distance_metres
from chalandise.web.cards import PictureView, ShopCard
from chalandise.web.pictures import illustration, photograph

Point = tuple[float, float]


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
    if origin is None or shop.latitude is None or shop.longitude is None:
        return None
    if shop.is_located_by_commune:
        return None
    return distance_metres(*origin, shop.latitude, shop.longitude)


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
