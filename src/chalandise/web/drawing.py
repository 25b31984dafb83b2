"""The small parts of a card, drawn once and remembered.

A list shows twenty-four cards whose pictures, sentences and services mostly repeat. Their markup
stays in `web/components/`; what comes out is kept under the plain values that went in, which are
frozen, so that a list costs a quarter of what drawing every part anew would. A whole card is drawn
once for a made-up shop, and what comes out is the mould of all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chalandise.web.cards import PictureView, ProductTile, ShopCard
from chalandise.web.formatting import metres
from chalandise.web.openness import StatusSentence


@lru_cache(maxsize=512)
def draw_icon(name: str, size: str, label: str) -> SafeString:
    """Draw an icon of the sprite."""
    css = f"icon icon--{size}" if size else "icon"
    sprite = static("web/dist/icons.svg")
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            css,
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        css,
        sprite,
        name,
    )


@lru_cache(maxsize=4096)
def draw_picture(picture: PictureView, *, is_eager: bool, is_square: bool) -> SafeString:
    """Draw a photograph or an illustration."""
    values = {"picture": picture, "eager": is_eager, "square": is_square}
    return _drawn("web/components/picture.html", values)


@lru_cache(maxsize=2048)
def draw_status(said: StatusSentence) -> SafeString:
    """Draw the sentence of the open status."""
    return _drawn("web/components/status.html", {"said": said})


def draw_ways(services: tuple[str, ...]) -> SafeString:
    """Draw how to get things, in the reader's language."""
    return _draw_ways(services, get_language() or "")


@lru_cache(maxsize=512)
def _draw_ways(services: tuple[str, ...], language: str) -> SafeString:
    del language  # part of the key: the words are translated while drawing
    return _drawn("web/components/ways.html", {"services": services})


def draw_card(shop: ShopCard, *, heading: int) -> SafeString:
    """Draw a whole card, in the reader's language."""
    return _mould("card", heading, _shape(shop), get_language()).draw(shop)


def draw_line(shop: ShopCard, *, heading: int) -> SafeString:
    """Draw a whole line, in the reader's language."""
    return _mould("line", heading, _shape(shop), get_language()).draw(shop)


@dataclass(frozen=True)
class Mould:
    """A component drawn once, with places where each shop's own values go.

    Attributes:
        pieces: markup, and between two pieces of it the name of a value.
    """

    pieces: tuple[str, ...]

    def draw(self, shop: ShopCard) -> SafeString:
        """Fill in the values of a shop, escaped like any variable of a template."""
        values = {
            "name": escape(shop.name),
            "url": escape(shop.url),
            "category": escape(shop.category),
            "place": escape(shop.place),
            "public_id": escape(shop.public_id),
            "far": escape(metres(shop.metres)) if shop.metres is not None else "",
            "wide": draw_picture(shop.picture, is_eager=False, is_square=False),
            "square": draw_picture(shop.picture, is_eager=False, is_square=True),
            "status": draw_status(shop.status) if shop.status else "",
            "ways": draw_ways(shop.services),
        }
        parts = [values[piece] if rank % 2 else piece for rank, piece in enumerate(self.pieces)]
        return mark_safe("".join(parts))  # noqa: S308 # each value is escaped or drawn


def _shape(shop: ShopCard) -> tuple[bool, bool, bool]:
    """Return what decides which parts a component has."""
    return (bool(shop.public_id), shop.metres is not None, shop.status is not None)


@lru_cache(maxsize=128)
def _mould(
    component: str, heading: int, shape: tuple[bool, bool, bool], language: str | None
) -> Mould:
    """Draw a component for a shop whose values can be told from the markup around them."""
    del language  # part of the key: the words are translated while drawing
    has_id, has_metres, has_status = shape
    marks = {name: f"mould-{name}-3b1d9c" for name in ("name", "url", "category", "place")}
    shop = ShopCard(
        **marks,
        picture=PictureView("mould-picture-3b1d9c", "mould-square-3b1d9c"),
        status=StatusSentence("mould", "mould-status-3b1d9c") if has_status else None,
        metres=123_000.0 if has_metres else None,
        services=("pickup",),
        public_id="mould-id-3b1d9c" if has_id else "",
    )
    drawn = {
        **marks,
        "public_id": shop.public_id,
        "far": metres(123_000.0) if has_metres else "",
        "wide": draw_picture(shop.picture, is_eager=False, is_square=False),
        "square": draw_picture(shop.picture, is_eager=False, is_square=True),
        "status": draw_status(shop.status) if shop.status else "",
        "ways": draw_ways(shop.services),
    }
    named = {text: name for name, text in drawn.items() if text}
    text = _drawn(f"web/components/{component}.html", {"shop": shop, "heading": heading})
    pieces = re.split(f"({'|'.join(re.escape(one) for one in named)})", text)
    return Mould(tuple(named[one] if rank % 2 else one for rank, one in enumerate(pieces)))


def draw_tile(product: ProductTile, *, heading: int) -> SafeString:
    """Draw the card of a product, in the reader's language."""
    return _draw_tile(product, heading, get_language() or "")


@lru_cache(maxsize=4096)
def _draw_tile(product: ProductTile, heading: int, language: str) -> SafeString:
    del language  # part of the key: the words are translated while drawing
    return _drawn("web/components/tile.html", {"product": product, "heading": heading})


def _drawn(template: str, values: dict[str, object]) -> SafeString:
    return mark_safe(render_to_string(template, values).strip())  # noqa: S308 # escaped there
