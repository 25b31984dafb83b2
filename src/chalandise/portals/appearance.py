"""The colour of a portal: readable, or refused when it is chosen."""

from __future__ import annotations

import re

from chalandise.portals.errors import ColourRefusedError, LowContrastError

PAPER = "#FBF7F0"
WHITE = "#FFFFFF"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA
_COLOUR = re.compile(r"#[0-9A-F]{6}")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def read_colour(text: str) -> str:
    """Return a colour in its only form, ``#RRGGBB``; a blank one is inherited.

    The hash may be left out. Paper is the darker of the two grounds, so what reads on it reads on
    white too, and white reads on it.

    Raises:
        ColourRefusedError: it is not written like a colour.
        LowContrastError: its contrast as text on paper is below 4.5.
    """
    bare = text.strip().removeprefix("#").upper()
    if not bare:
        return ""
    colour = f"#{bare}"
    if not _COLOUR.fullmatch(colour):
        raise ColourRefusedError(text.strip())
    if (ratio := contrast(colour, PAPER)) < LEAST_CONTRAST:
        raise LowContrastError(colour, ratio)
    return colour


def mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with ``share`` (0 to 1) of ``other`` in it, as ``#rrggbb``."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
