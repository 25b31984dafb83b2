"""Illustrations of categories, composed at build time by `frontend/build.mjs`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static

from chalandise.web.cards import PictureView

DIST = Path(__file__).resolve().parent / "static" / "web" / "dist"
FALLBACK = "shopping-bags"


class HasIcon(Protocol):
    """Anything with the name of an icon: a category."""

    icon: str


@lru_cache(maxsize=1)
def known_pictures() -> dict[str, int]:
    """Return how many pictures the build made of each icon; empty before the first build."""
    index = DIST / "pictures.json"
    return json.loads(index.read_text("utf-8")) if index.exists() else {}


def illustration(category: HasIcon | str | None) -> PictureView:
    """Return the illustration of a category; shopping bags where it has none."""
    return _illustration(category if isinstance(category, str) else getattr(category, "icon", ""))


def shop_illustration(category: HasIcon | str | None, number: int) -> PictureView:
    """Return the illustration of a shop: one of those of its category, always the same.

    Args:
        category: the category, or its icon.
        number: the shop's own, so that neighbours of a list rarely look alike.
    """
    icon = _drawn(category if isinstance(category, str) else getattr(category, "icon", ""))
    count = known_pictures().get(icon, 1)
    return _scene(icon, number % count) if number % count else _illustration(icon)


@lru_cache(maxsize=256)
def _illustration(icon: str) -> PictureView:
    icon = _drawn(icon)
    return PictureView(
        src=static(f"web/dist/pictures/{icon}.svg"),
        square=static(f"web/dist/pictures/{icon}-square.svg"),
    )


@lru_cache(maxsize=4096)
def _scene(icon: str, number: int) -> PictureView:
    """What matters of it stands in the middle, so that it may be cut to a square."""
    return PictureView(src=static(f"web/dist/pictures/{icon}-{number}.svg"))


def _drawn(icon: str) -> str:
    return icon if icon in known_pictures() else FALLBACK


def photo_address(name: str, version: str = "480.webp") -> str:
    """Return the address of one version of a stored photograph: `{{ name|photo_address }}`."""
    return f"{settings.MEDIA_URL}photos/{name}-{version}"


def photo_link(name: str, version: str, *, base: str) -> str:
    """Return the same for those who are elsewhere.

    Args:
        name: the base of its files.
        version: which of them.
        base: where the portal answers, without final slash; pictures may have a host of their own.
    """
    return urljoin(f"{base}/", photo_address(name, version))


class Photographed(Protocol):
    """Anything with the files of a photograph: a `Photo`, or what was read of one."""

    @property
    def name(self) -> str:
        """The base of its files."""

    @property
    def alternative_text(self) -> str:
        """What it shows, in the words of who sent it; may be blank."""

    @property
    def width(self) -> int:
        """How wide it is."""

    @property
    def height(self) -> int:
        """How high it is."""


def photograph(photo: Photographed) -> PictureView:
    """Return a photograph in the two widths that cards and sheets choose from."""
    base = f"{settings.MEDIA_URL}photos/{photo.name}"
    width = min(960, photo.width)
    return PictureView(
        src=f"{base}-960.webp",
        alt=photo.alternative_text,
        width=width,
        height=max(1, round(width * photo.height / photo.width)),
        srcset=f"{base}-480.webp 480w, {base}-960.webp 960w",
        is_illustration=False,
    )


class HasPicture(Protocol):
    """Anything stored by `directory.photos`: a product's photograph, or what was read of one."""

    @property
    def name(self) -> str:
        """The base of its files."""

    @property
    def alt(self) -> str:
        """What it shows; may be blank."""

    @property
    def width(self) -> int:
        """How wide it is."""

    @property
    def height(self) -> int:
        """How high it is."""


def product_photograph(photo: HasPicture, product: str) -> PictureView:
    """Return a product's photograph, described by the product where nobody described it."""
    base = f"{settings.MEDIA_URL}photos/{photo.name}"
    width = min(960, photo.width)
    return PictureView(
        src=f"{base}-960.webp",
        square=f"{base}-480.webp",
        alt=photo.alt or product,
        width=width,
        height=max(1, round(width * photo.height / photo.width)),
        srcset=f"{base}-480.webp 480w, {base}-960.webp 960w",
        is_illustration=False,
    )
