"""`photos rebuild`: the versions that photographs of earlier releases lack."""

from __future__ import annotations

from itertools import chain

import click

from chalandise.catalogue.models import ProductPhoto
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Photo
from chalandise.directory.photos import complete_picture


@click.group()
def photos() -> None:
    """Photographs of shops and of products."""


@photos.command()
def rebuild() -> None:
    """Make what is missing (AVIF, since this release); run again, it goes on where it stopped."""
    made = refused = 0
    rows = (Photo.objects.order_by("pk"), ProductPhoto.objects.order_by("pk"))
    for name in chain.from_iterable(one.values_list("name", flat=True).iterator() for one in rows):
        try:
            made += complete_picture(name)
        except PictureRefusedError as error:
            refused += 1
            click.secho(f"{name}: {error.reason}", fg="yellow", err=True)
    click.echo(f"{made} photographs completed, {refused} left as they are.")
