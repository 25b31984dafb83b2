"""A portal's colours as a style sheet: one brand colour in, its tints and their contrasts out.

Pages carry no inline style (the Content-Security-Policy forbids it), so the colours travel in
`/theme/<slug>-<fingerprint>.css`, an address that changes with the colours and is kept for a year.
"""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from hashlib import blake2b

from django.template.loader import render_to_string

WHITE = "#FFFFFF"
INK = "#22302A"
PAPER = "#FBF7F0"
ENOUGH = 4.5  # WCAG 2.2, success criterion 1.4.3


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """Return ``first`` mixed with a ``share`` (0 to 1) of ``second``."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02X}" for a, b in pairs)


def pale(colour: str, lightness: float) -> str:
    """Return a pale relative of a colour: same hue, fresh rather than grey."""
    hue, _light, saturation = rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    soft = min(0.42, saturation * 0.55)
    return "#" + "".join(f"{round(c * 255):02X}" for c in hls_to_rgb(hue, lightness, soft))


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    Worked example: the default brand `#1E5B45` on white is 8.0.
    """
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Palette:
    """The colours derived from one brand colour."""

    brand: str
    deep: str
    tint: str
    line: str
    on_brand: str
    on_brand_soft: str

    @classmethod
    def of(cls, brand: str) -> Palette:
        """Derive the palette; a colour too pale for text is deepened until it can be read."""
        brand = brand.upper()
        readable = brand
        for step in range(1, 20):
            # Links sit on the tint as well, which is a little darker than paper.
            if contrast(readable, pale(readable, 0.915)) >= ENOUGH:
                break
            readable = mix(brand, "#000000", step * 0.05)
        deep = mix(readable, "#000000", 0.35)
        return cls(
            brand=readable,
            deep=deep,
            tint=pale(readable, 0.915),
            line=pale(readable, 0.78),
            on_brand=WHITE,
            on_brand_soft=mix(deep, WHITE, 0.84),
        )

    @property
    def fingerprint(self) -> str:
        """A short name of these exact colours, for an address that may be kept for ever."""
        return blake2b(f"2{self}".encode(), digest_size=5).hexdigest()


def theme_css(brand: str) -> str:
    """Return the style sheet of a portal whose colour is ``brand``."""
    return render_to_string("web/theme.css", {"palette": Palette.of(brand)})


def theme_path(slug: str, brand: str) -> str:
    """Return the path of the style sheet, without prefix: `theme/lot-1a2b3c4d5e.css`."""
    return f"theme/{slug}-{Palette.of(brand).fingerprint}.css"
