"""Photographs of an establishment: added, described, put first, taken down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from chalandise.directory.actions.touching import announce
from chalandise.directory.cleaning.text import plain_text
from chalandise.directory.models import Establishment, Photo
from chalandise.directory.photos import forget_picture, store_picture
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotAllowedError

MOST_PHOTOS = 12


def add_photo(
    establishment: Establishment, content: bytes, *, alternative_text: str, by: Actor, at: datetime
) -> Photo:
    """Decode and show a photograph.

    Raises:
        PictureRefusedError: the file cannot be shown; nothing is changed.
        NotAllowedError: there are enough photographs already.
    """
    if establishment.photos.count() >= MOST_PHOTOS:
        raise NotAllowedError
    stored = store_picture(content)
    with transaction.atomic():
        last = establishment.photos.aggregate(last=Max("position"))["last"]
        photo = Photo.objects.create(
            establishment=establishment,
            name=stored.name,
            alternative_text=plain_text(alternative_text).value[:200],
            width=stored.width,
            height=stored.height,
            position=0 if last is None else last + 1,
            added_at=at,
        )
        record(establishment, "photo_added", by=by, at=at, detail={"photo": photo.pk})
        announce(establishment, at=at)
    return photo


@transaction.atomic
def describe_photo(photo: Photo, text: str, *, by: Actor, at: datetime) -> None:
    """Say what a photograph shows, for those who cannot see it."""
    photo.alternative_text = plain_text(text).value[:200]
    photo.save(update_fields=["alternative_text"])
    record(photo.establishment, "photo_described", by=by, at=at, detail={"photo": photo.pk})
    announce(photo.establishment, at=at)


@transaction.atomic
def put_photo_first(photo: Photo, *, by: Actor, at: datetime) -> None:
    """Show a photograph before the others."""
    photo.establishment.photos.exclude(pk=photo.pk).update(position=F("position") + 1)
    photo.position = 0
    photo.save(update_fields=["position"])
    record(photo.establishment, "photo_put_first", by=by, at=at, detail={"photo": photo.pk})
    announce(photo.establishment, at=at)


@transaction.atomic
def remove_photo(photo: Photo, *, by: Actor, at: datetime) -> None:
    """Take a photograph down; its files go once the transaction has committed."""
    establishment, name = photo.establishment, photo.name
    detail = {"photo": photo.pk}
    photo.delete()
    record(establishment, "photo_removed", by=by, at=at, detail=detail)
    announce(establishment, at=at)
    transaction.on_commit(lambda: forget_picture(name))
