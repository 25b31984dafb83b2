"""`photos rebuild`: the versions that photographs of earlier releases lack."""

from __future__ import annotations

from itertools import chain

import click
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.models import ProductPhoto
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Photo
from chalandise.directory.photos import complete_picture

_REFUSALS = {
    "too_heavy": gettext_lazy("This file is too heavy."),
    "too_large": gettext_lazy("This picture has too many pixels."),
    "too_small": gettext_lazy("This picture has too few pixels."),
    "too_long": gettext_lazy("This picture takes too long to read."),
    "not_a_picture": gettext_lazy("This is not a picture that can be read."),
}


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
            click.secho(
                f"{name}: {_REFUSALS.get(error.reason, error.reason)}", fg="yellow", err=True
            )
    click.echo(
        _("Photographs completed: %(made)d; left as they are: %(refused)d.")
        % {"made": made, "refused": refused}
    )
