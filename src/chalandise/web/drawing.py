"""The parts of pages, drawn once and remembered.

A list shows twenty-four cards whose pictures, sentences and services mostly repeat. Their markup
stays in `web/components/`; what comes out is kept under the plain values that went in, which are
frozen, so that a list costs a quarter of what drawing every part anew would. What holds names and
prices, which do not repeat, comes out of a mould (`web.moulds`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Protocol

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chalandise.directory.rich_text import clean_html
from chalandise.discovery.memory import Memory
from chalandise.web.cards import PictureView, ProductTile, ShopCard
from chalandise.web.formatting import counted, metres
from chalandise.web.light_middleware import has_messages
from chalandise.web.moulds import Mould, fill_in
from chalandise.web.openness import StatusSentence

_parts: Memory[SafeString] = Memory(4096)


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
def draw_status(said: StatusSentence, size: str = "") -> SafeString:
    """Draw the sentence of the open status."""
    return _drawn("web/components/status.html", {"said": said, "size": size})


def draw_ways(services: tuple[str, ...]) -> SafeString:
    """Draw how to get things, in the reader's language."""
    return _draw_ways(services, get_language() or "")


@lru_cache(maxsize=512)
def _draw_ways(services: tuple[str, ...], language: str) -> SafeString:
    del language  # part of the key: the words are translated while drawing
    return _drawn("web/components/ways.html", {"services": services})


def draw_card(shop: ShopCard, *, heading: int) -> SafeString:
    """Draw a whole card, in the reader's language."""
    return _mould("card", heading, _shape(shop), get_language()).fill(_values_of(shop))


def draw_line(shop: ShopCard, *, heading: int) -> SafeString:
    """Draw a whole line, in the reader's language."""
    return _mould("line", heading, _shape(shop), get_language()).fill(_values_of(shop))


def _values_of(shop: ShopCard) -> dict[str, str]:
    """Return what a card shows, escaped like any variable of a template."""
    return {
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
    named = {text: name for name, text in _values_of(shop).items() if text}
    return Mould.cut(
        _drawn(f"web/components/{component}.html", {"shop": shop, "heading": heading}), named
    )


def draw_tile(product: ProductTile, *, heading: int) -> SafeString:
    """Draw the card of a product, in the reader's language."""
    seen = product.metres
    return fill_in(
        "web/components/tile.html",
        same={
            "heading": heading,
            "is_from": product.is_from,
            "is_made_here": product.is_made_here,
            "is_orderable": product.is_orderable,
        },
        own={
            "name": product.name,
            "url": product.url,
            "shop": product.shop,
            "place": product.place,
            "picture": draw_picture(product.picture, is_eager=False, is_square=False),
            "far": metres(seen) if seen is not None else "",
            "price": product.price,
            "crossed_out": product.crossed_out,
            "unit_price": product.unit_price,
        },
    )


class ChoiceLike(Protocol):
    """A value that narrows a list: a link that puts it on or takes it off."""

    @property
    def label(self) -> str:
        """What it narrows to."""

    @property
    def url(self) -> str:
        """Where the list is that it leads to."""

    @property
    def is_on(self) -> bool:
        """Whether it narrows the list that is shown."""

    @property
    def count(self) -> int | None:
        """How many results it leaves."""


def draw_facet(title: str, choices: Sequence[ChoiceLike], *, is_open: bool) -> SafeString:
    """Draw values that narrow a list, under a title that folds them away."""
    are_on = tuple([one.is_on for one in choices])
    return fill_in(
        "web/components/facet.html",
        same={"title": title, "is_open": is_open, "are_on": are_on},
        own={"choices": [(one.url, one.label, counted(one.count or 0)) for one in choices]},
        made=_rows_of_facet,
    )


def _rows_of_facet(seen: Mapping[str, Any]) -> Mapping[str, object]:
    rows = zip(seen["choices"], seen["are_on"], strict=True)
    return {"rows": [(*choice, is_on) for choice, is_on in rows]}


@lru_cache(maxsize=2048)
def draw_lead_picture(picture: PictureView, sizes: str) -> SafeString:
    """Draw the picture that a page opens with, ``sizes`` saying how wide it stands."""
    return _drawn("web/components/lead_picture.html", {"picture": picture, "sizes": sizes})


@lru_cache(maxsize=512)
def draw_rich_text(text: str) -> SafeString:
    """Draw text that people formatted, cleaned once more on its way out."""
    return mark_safe(clean_html(text))  # noqa: S308 # cleaned


def draw_notices(request: HttpRequest) -> SafeString | str:
    """Draw what the last page had to say to this visitor; mostly nothing."""
    messages = get_messages(request) if has_messages(request) else ()
    return _drawn("web/components/messages.html", {"messages": messages}) if messages else ""


def draw_part(template: str, **values: Hashable) -> SafeString:
    """Draw a part of a page that shows nothing but ``values``, remembered for the same values."""
    key = (template, get_language(), get_script_prefix(), tuple(values.items()))
    return _parts.get(key, lambda: _drawn(template, values))


def _drawn(template: str, values: Mapping[str, object]) -> SafeString:
    return mark_safe(render_to_string(template, dict(values)).strip())  # noqa: S308 # escaped there
