"""Drawn shop fronts: the photographs that fictional merchants would have taken.

Typst lays out an awning, a sign and a window of pictures from the icon set that npm brings.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import typst
from django.conf import settings

from chalandise.config.demo.pictures import write_sizes

_ICONS = settings.ROOT_DIR / "node_modules" / "@iconify-json" / "fluent-emoji-flat" / "icons.json"
_AWNINGS = ("#1E5B45", "#B5482A", "#2C4C7C", "#7A2E4D", "#8A5A14", "#3B6B6E")
FRONT_WIDTH, FRONT_HEIGHT = 1280, 800

_PAGE = """
#set page(width: 640pt, height: 400pt, margin: 0pt, fill: gradient.linear(rgb("#DCEBF0"), rgb("#F7F0E2"), angle: 90deg))
#set text(font: "Libertinus Serif", weight: "bold")
#let wall = rgb("{wall}")
#let awning = rgb("{awning}")
#place(bottom, rect(width: 100%, height: 44pt, fill: rgb("#CFC4B2")))
#place(bottom, dy: -44pt, rect(width: 100%, height: 6pt, fill: rgb("#B9AC96")))
#place(top, dx: 46pt, dy: 26pt, rect(width: 548pt, height: 330pt, radius: (top: 10pt), fill: wall))
#place(top, dx: 46pt, dy: 26pt, rect(width: 548pt, height: 10pt, radius: (top: 10pt), fill: wall.darken(14%)))
#place(top, dx: 84pt, dy: 50pt, box(width: 472pt, height: 62pt, radius: 8pt, fill: awning.darken(18%), inset: 8pt, align(center + horizon, text(fill: rgb("#FFF6E4"), size: {size}pt)[{name}])))
{shade}
#place(top, dx: 62pt, dy: 124pt, rect(width: 516pt, height: 5pt, fill: awning.darken(25%)))
#let pane = {pane}
#place(top, dx: pane, dy: 196pt, rect(width: 330pt, height: 130pt, radius: {corner}, fill: rgb("#FDFAF2"), stroke: 6pt + awning.darken(18%)))
#place(top, dx: pane + 34pt, dy: 200pt, polygon(fill: rgb("#FFFFFF88"), (0pt, 0pt), (90pt, 0pt), (20pt, 122pt), (0pt, 122pt)))
#place(top, dx: pane, dy: 308pt, rect(width: 330pt, height: 20pt, fill: rgb("#C79B62")))
{window}
#let door = {door}
#place(top, dx: door, dy: 190pt, rect(width: 104pt, height: 166pt, radius: (top: {arch}), fill: awning.darken(8%), stroke: 4pt + awning.darken(30%)))
#place(top, dx: door + 16pt, dy: 206pt, rect(width: 72pt, height: 92pt, radius: (top: calc.max({arch} - 14pt, 4pt), bottom: 4pt), fill: rgb("#EAF3F2")))
#place(top, dx: door + 88pt, dy: 300pt, circle(radius: 4pt, fill: rgb("#E8B23A")))
#place(top, dx: door + 27pt, dy: 240pt, rect(width: 50pt, height: 22pt, radius: 4pt, fill: rgb("#FFFDF8"), align(center + horizon, text(size: 9.5pt, fill: awning.darken(30%))[Bienvenue])))
#place(top, dx: door - 42pt, dy: 318pt, image(bytes("{plant}"), format: "svg", width: 48pt))
#place(top, dx: door + 104pt, dy: 318pt, image(bytes("{plant}"), format: "svg", width: 48pt))
"""
_SCALLOPS = """
#for i in range(12) {
  let colour = if calc.even(i) { awning } else { rgb("#FFFDF8") }
  place(top, dx: 62pt + i * 43pt, dy: 124pt, rect(width: 43.3pt, height: 40pt, fill: colour))
  place(top, dx: 62pt + i * 43pt, dy: 142pt, circle(radius: 21.6pt, fill: colour))
}"""
_BUNTING = """
#place(top, dx: 62pt, dy: 124pt, rect(width: 516pt, height: 26pt, fill: awning))
#for i in range(12) {
  let colour = if calc.even(i) { awning } else { awning.lighten(55%) }
  place(top, dx: 62pt + i * 43pt, dy: 149pt, polygon(fill: colour, (0pt, 0pt), (43pt, 0pt), (21.5pt, 34pt)))
}"""
_CANVAS = """
#for i in range(24) {
  let colour = if calc.even(i) { awning } else { rgb("#FFFDF8") }
  place(top, dx: 62pt + i * 21.5pt, dy: 124pt, polygon(fill: colour, (0pt, 0pt), (21.7pt, 0pt), (21.7pt + (i - 11) * 0.9pt, 46pt), ((i - 12) * 0.9pt, 46pt)))
}
#place(top, dx: 51pt, dy: 168pt, rect(width: 538pt, height: 9pt, fill: awning.darken(12%)))"""
_SHADES = (_SCALLOPS, _BUNTING, _CANVAS)
_SIDES = ((84, 446), (226, 92))
"""Where the window and the door stand: the door to the right or to the left."""
_ITEM = '#place(top, dx: {x}pt, dy: {y}pt, image(bytes("{svg}"), format: "svg", width: {w}pt))'


def is_drawable() -> bool:
    """Tell whether the icon set is there, as it is in a clone after `make`."""
    return Path(_ICONS).is_file()


def draw_shopfront(name: str, category: str, base: Path) -> list[Path]:
    """Draw the front of a shop, the same each time.

    Args:
        name: what its sign says, which also decides its colours and how it is built.
        category: key of its category, which fills the window.
        base: what the names of the files begin with.
    """
    random = Random(name)  # noqa: S311 - repeatable on purpose
    recipes = _recipes()
    pane, door = random.choice(_SIDES)
    items = list(recipes["windows"].get(category, recipes["windows"]["other"]))
    random.shuffle(items)
    window = "\n".join(
        _ITEM.format(
            x=pane + 16 + 62 * n, y=246 - 12 * (n % 2), w=56 + 6 * (n % 2), svg=icon_svg(item)
        )
        for n, item in enumerate(items)
    )
    source = _PAGE.format(
        wall=random.choice(recipes["walls"]["colours"]),
        awning=random.choice(_AWNINGS),
        name=_typst_text(name),
        size=34 if len(name) < 22 else 26 if len(name) < 30 else 20,
        shade=random.choice(_SHADES),
        pane=f"{pane}pt",
        door=f"{door}pt",
        corner=random.choice(("6pt", "(top: 46pt, bottom: 6pt)")),
        arch=random.choice(("8pt", "8pt", "50pt")),
        window=window,
        plant=icon_svg(random.choice(("potted-plant", "tulip", "sunflower", "herb"))),
    )
    picture = typst.compile(source.encode(), format="png", ppi=72 * FRONT_WIDTH / 640)
    return write_sizes(bytes(picture), base)


@cache
def _recipes() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("shopfronts.toml").read_text("utf-8"))


@cache
def _icons() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(_ICONS).read_text("utf-8"))
    return loaded


def icon_svg(name: str) -> str:
    """Return an icon as SVG text inside a Typst string."""
    icons = _icons()
    icon = icons["icons"].get(name) or icons["icons"]["shopping-bags"]
    width, height = icon.get("width", icons["width"]), icon.get("height", icons["height"])
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"{icon['body']}</svg>"
    )
    return svg.replace("\\", "\\\\").replace('"', '\\"')


def _typst_text(text: str) -> str:
    """Return text that Typst sets as it is."""
    return "".join(f"\\{letter}" if letter in "\\#*_$[]@<>`~" else letter for letter in text)
