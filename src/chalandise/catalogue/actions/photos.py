"""Photographs of a product: added, described, put first, taken down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from chalandise.catalogue.actions.announcing import announce
from chalandise.catalogue.models import Product, ProductPhoto
from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.photos import forget_picture, store_picture
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError

MOST_PHOTOS = 8
LONGEST_ALT = 200


def add_photo(
    product: Product, content: bytes, *, alt: str, by: Actor, at: datetime
) -> ProductPhoto:
    """Decode and show a photograph.

    Raises:
        PictureRefusedError: the file cannot be shown; nothing is changed.
        NotAllowedError: there are enough photographs already.
    """
    if product.photos.count() >= MOST_PHOTOS:
        raise NotAllowedError
    stored = store_picture(content)
    with transaction.atomic():
        last = product.photos.aggregate(last=Max("position"))["last"]
        photo = ProductPhoto.objects.create(
            product=product,
            name=stored.name,
            alt=plain_text(alt).value[:LONGEST_ALT],
            width=stored.width,
            height=stored.height,
            position=0 if last is None else last + 1,
            added_at=at,
        )
        record(product, "photo_added", by=by, at=at, detail={"photo": photo.pk})
        announce(product, at=at)
    return photo


@transaction.atomic
def describe_photo(photo: ProductPhoto, alt: str, *, by: Actor, at: datetime) -> None:
    """Say what a photograph shows, for those who cannot see it."""
    photo.alt = plain_text(alt).value[:LONGEST_ALT]
    photo.save(update_fields=["alt"])
    record(photo.product, "photo_described", by=by, at=at, detail={"photo": photo.pk})
    announce(photo.product, at=at)


@transaction.atomic
def put_photo_first(photo: ProductPhoto, *, by: Actor, at: datetime) -> None:
    """Show a photograph before the others."""
    photo.product.photos.exclude(pk=photo.pk).update(position=F("position") + 1)
    photo.position = 0
    photo.save(update_fields=["position"])
    record(photo.product, "photo_put_first", by=by, at=at, detail={"photo": photo.pk})
    announce(photo.product, at=at)


@transaction.atomic
def remove_photo(photo: ProductPhoto, *, by: Actor, at: datetime) -> None:
    """Take a photograph down; its files go once the transaction has committed."""
    product, name = photo.product, photo.name
    detail = {"photo": photo.pk}
    photo.delete()
    record(product, "photo_removed", by=by, at=at, detail=detail)
    announce(product, at=at)
    transaction.on_commit(lambda: forget_picture(name))
