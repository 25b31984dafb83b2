"""Every photograph is offered as AVIF too, in a fixed size, wherever it stands."""

from __future__ import annotations

import re
from pathlib import Path

from chalandise.directory.photo_decoder import PARTS

ROOT = Path(__file__).resolve().parents[2] / "src" / "chalandise"
IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"((?:\{[{%].*?[%}]\}|[^\"])*)\"", re.DOTALL)
FIXED = re.compile(r"\d+\.(?:webp|avif|jpg)\b")
MADE = {f"{width}.{kind}" for width, kind in PARTS}
DRAWN = {
    "{{ shown.square }}": "an illustration: SVG, as sharp at any size",
    "{{ bags.square }}": "an illustration",
    "{{ shown.src }}": "an illustration",
    "{{ picture.square }}": "the illustrations of the style guide",
    "{{ picture.src }}": "the illustration of an error page",
    "{{ identity.notice.url }}": "the official notice: nothing of it may be changed",
    "{{ identity.logo_url }}": "a logo as the operator gave it",
    "{{ totp_svg_data_uri }}": "a QR code",
    "{{ picture }}": "a QR code in `orders/_part.html`; a photograph anywhere else",
    "{% url 'counter:picture' shop.slug one.pk %}": "a customer's own, seen by the shop alone",
}


def images() -> list[tuple[str, str, str]]:
    """Each image of a template that no `<picture>` offers as AVIF: where, its address, what is before."""
    found = []
    for path in sorted(ROOT.rglob("templates/**/*.html")):
        text = path.read_text("utf-8")
        for one in IMAGE.finditer(text):
            before = text[: one.start()]
            opened = before.rfind("<picture>")
            inside = before[opened:] if opened > before.rfind("</picture>") else ""
            if "image/avif" not in inside:
                found.append((path.relative_to(ROOT).as_posix(), one[1], inside))
    return found


def test_every_photograph_is_offered_as_avif() -> None:
    plain = [(where, address) for where, address, _inside in images() if address not in DRAWN]
    assert plain == []
    qr = {where for where, address, _inside in images() if address == "{{ picture }}"}
    assert qr <= {"storefront/templates/storefront/orders/_part.html"}


def test_the_sizes_that_pages_name_are_made() -> None:
    for path in sorted(ROOT.rglob("templates/**/*.html")):
        for size in FIXED.findall(path.read_text("utf-8")):
            assert size in MADE, f"{path.name}: {size}"
