"""Moulds: markup drawn once by its template, with places where each page's own values go.

A template is walked once for each *shape*: language, sub-portal, the few values it asks questions
about, and which of its other values are blank. What comes out is cut at these other values; from
then on a page of that shape is the pieces joined, with its own values between them, escaped like
any variable of a template. Nothing that a page says is kept, only the markup around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from secrets import token_hex
from typing import TypeAlias

from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from typing_extensions import override

from chalandise.discovery.memory import Memory

Own: TypeAlias = "str | Sequence[Own]"
"""A value of a page, or a list of such: text is escaped unless it is markup already."""

Made: TypeAlias = Callable[[Mapping[str, object]], Mapping[str, object]]
"""Makes what else a template needs, such as a form, out of the values or what stands for them."""

MOST = 1024
_TOKEN = token_hex(6)  # nobody can write a mark into what a shop is called

Cast: TypeAlias = "tuple[tuple[str, ...], tuple[int, ...]]"
"""The pieces of a mould, and which of a page's texts goes into each gap between two of them."""

_moulds: Memory[Cast] = Memory(MOST)


@dataclass(frozen=True)
class Mould:
    """Markup cut where values go.

    Attributes:
        pieces: markup, and between two pieces of it the name of a value.
    """

    pieces: tuple[str, ...]

    @classmethod
    def cut(cls, text: str, names: Mapping[str, str]) -> Mould:
        """Cut ``text`` at the texts that are the keys of ``names``; each stands for its value."""
        if not names:
            return cls((text,))
        pieces = re.split(f"({'|'.join(re.escape(one) for one in names)})", text)
        return cls(tuple(names[one] if rank % 2 else one for rank, one in enumerate(pieces)))

    def fill(self, values: Mapping[str, str]) -> SafeString:
        """Join the pieces with ``values`` between them, each escaped or drawn already."""
        parts = list(self.pieces)
        parts[1::2] = [values[name] for name in parts[1::2]]
        return mark_safe("".join(parts))  # noqa: S308 # each value is escaped or drawn


class OwnValueReadError(Exception):
    """A template reads a value that it may only show: what it makes of it is a value of its own."""


class Place:
    """Stands for a value while its mould is drawn: it can be shown, and is not blank."""

    def __init__(self, rank: int) -> None:
        self.mark = f"mould-{rank}-{_TOKEN}"

    @override
    def __str__(self) -> str:
        return self.mark

    def __bool__(self) -> bool:
        """Tell that the value is not blank."""
        return True

    def __len__(self) -> int:
        """Refuse: each page has its own length."""
        raise OwnValueReadError(self.mark)

    def __getitem__(self, asked: object) -> object:
        """Refuse: each page has its own letters."""
        raise OwnValueReadError(self.mark)


def fill_in(
    template: str,
    *,
    same: Mapping[str, Hashable],
    own: Mapping[str, Own],
    made: Made | None = None,
) -> SafeString:
    """Draw a template from its mould.

    Args:
        template: its name; it sees ``same`` and ``own`` and nothing else.
        same: what many pages have in common: each combination of values has a mould of its own.
        own: what each page has for itself: the template may ask whether it is blank, go through
            its lists and show it, no more.
        made: what the template sees besides, made of ``same`` and ``own`` when a mould is drawn.

    Raises:
        OwnValueReadError: the template does more with an own value than it may.
    """
    texts: list[str] = []
    key = (
        template,
        get_language(),
        get_script_prefix(),
        tuple(same.items()),
        tuple(own),
        _shape(own.values(), texts),
    )
    pieces, ranks = _moulds.get(key, lambda: _cast(template, same, own, texts, made))
    parts = list(pieces)
    parts[1::2] = [_escaped(texts[rank]) for rank in ranks]
    return mark_safe("".join(parts))  # noqa: S308 # each text is escaped or drawn


def _escaped(text: str) -> str:
    """Escape like a template; Django's own function asks first whether the text is lazy."""
    return text if isinstance(text, SafeString) else escape(text)


def _cast(
    template: str,
    same: Mapping[str, Hashable],
    own: Mapping[str, Own],
    texts: Sequence[str],
    made: Made | None,
) -> Cast:
    places = dict(zip(own, _places(own.values(), count()), strict=True))
    marks = {str(Place(rank)): str(rank) for rank, text in enumerate(texts) if text}
    seen = {**same, **places}
    mould = Mould.cut(
        render_to_string(template, {**seen, **(made(seen) if made else {})}).strip(), marks
    )
    if any(_TOKEN in piece.lower() for piece in mould.pieces[::2]):
        raise OwnValueReadError(template)
    return mould.pieces, tuple(int(rank) for rank in mould.pieces[1::2])


def _shape(values: Iterable[Own], texts: list[str]) -> tuple[Hashable, ...]:
    """Return which values are blank, and how long lists are; note all texts on the way."""
    found: list[Hashable] = []
    for one in values:
        if isinstance(one, str):
            texts.append(one)
            found.append(bool(one))
        else:
            found.append(_shape(one, texts))
    return tuple(found)


def _places(values: Iterable[Own], ranks: Iterator[int]) -> list[object]:
    """Put a place where each text stands, numbered as `_shape` notes them."""
    found: list[object] = []
    for one in values:
        if isinstance(one, str):
            rank = next(ranks)
            found.append(Place(rank) if one else "")
        else:
            found.append(_places(one, ranks))
    return found
