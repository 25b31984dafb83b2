"""The small parts of a card, drawn once and remembered.

A list shows twenty-four cards whose pictures, sentences and services mostly repeat. Their markup
stays in `web/components/`; what comes out is kept under the plain values that went in, which are
frozen, so that a list costs a quarter of what drawing every part anew would.
"""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chalandise.web.cards import PictureView, ProductTile, ShopCard
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
    return _draw_shop("card", shop, heading, get_language() or "")


def draw_line(shop: ShopCard, *, heading: int) -> SafeString:
    """Draw a whole line, in the reader's language."""
    return _draw_shop("line", shop, heading, get_language() or "")


@lru_cache(maxsize=4096)
def _draw_shop(component: str, shop: ShopCard, heading: int, language: str) -> SafeString:
    del language  # part of the key: the words are translated while drawing
    return _drawn(f"web/components/{component}.html", {"shop": shop, "heading": heading})


def draw_tile(product: ProductTile, *, heading: int) -> SafeString:
    """Draw the card of a product, in the reader's language."""
    return _draw_tile(product, heading, get_language() or "")


@lru_cache(maxsize=4096)
def _draw_tile(product: ProductTile, heading: int, language: str) -> SafeString:
    del language  # part of the key: the words are translated while drawing
    return _drawn("web/components/tile.html", {"product": product, "heading": heading})


def _drawn(template: str, values: dict[str, object]) -> SafeString:
    return mark_safe(render_to_string(template, values).strip())  # noqa: S308 # escaped there
