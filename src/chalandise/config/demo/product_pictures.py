"""Drawn pictures of products: what is sold, in a scene, beside a thing or two of its trade."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

import typst

from chalandise.config.demo.goods import BESIDE, Drawing
from chalandise.config.demo.pictures import write_sizes
from chalandise.config.demo.shopfronts import icon_svg

SIDE = 720
_GROUNDS = (  # light, deep, wood, accent
    ("#F8E6C8", "#F0D3A5", "#C4935A", "#E2A94F"),
    ("#F4EBDD", "#E7D6BA", "#B58A5B", "#C4744A"),
    ("#E3EDDE", "#CBDDC3", "#A38656", "#7C9B66"),
    ("#F6E0D6", "#ECC6B5", "#B27B57", "#C86B4A"),
    ("#E0EAEE", "#C5D8DF", "#98876F", "#5F8A98"),
    ("#F8E8EA", "#EDCDD3", "#B1866A", "#B96A7C"),
    ("#ECE6F1", "#D8CCE3", "#9F8468", "#84719C"),
    ("#F3F0D9", "#E3DDAF", "#A88A4C", "#9C9A3E"),
)
_PAGE = """
#set page(width: 480pt, height: 480pt, margin: 0pt, fill: color.mix((rgb("{light}"), 62%), (rgb("{deep}"), 38%)))
#let wood = rgb("{wood}")
#let accent = rgb("{accent}")
{scene}
{things}
"""
_SCENES = (
    # A wooden table before a soft light.
    """#place(top, dx: 60pt, dy: 34pt, circle(radius: 180pt, fill: rgb("#FFFFFF66")))
#place(bottom, rect(width: 100%, height: 118pt, fill: wood))
#place(bottom, dy: -112pt, rect(width: 100%, height: 6pt, fill: wood.lighten(24%)))
#place(bottom, dy: -40pt, rect(width: 100%, height: 2pt, fill: wood.darken(8%)))
#place(bottom, dy: -80pt, rect(width: 100%, height: 2pt, fill: wood.darken(6%)))""",
    # A checked cloth.
    """#place(top, dx: 250pt, dy: -90pt, circle(radius: 150pt, fill: rgb("#FFFFFF55")))
#place(bottom, rect(width: 100%, height: 128pt, fill: rgb("#FFFDF7")))
#for i in range(12) {{ place(bottom, dx: i * 40pt, rect(width: 20pt, height: 128pt, fill: accent.transparentize(72%))) }}
#for i in range(4) {{ place(bottom, dy: -i * 40pt, rect(width: 100%, height: 20pt, fill: accent.transparentize(72%))) }}
#place(bottom, dy: -124pt, rect(width: 100%, height: 4pt, fill: accent.transparentize(35%)))""",
    # A niche with an arch.
    """#place(top, dx: 78pt, dy: 40pt, rect(width: 324pt, height: 356pt, radius: (top: 162pt), fill: rgb("#FFFFFF88")))
#place(top, dx: 94pt, dy: 56pt, rect(width: 292pt, height: 340pt, radius: (top: 146pt), fill: accent.transparentize(80%)))
#place(bottom, rect(width: 100%, height: 92pt, fill: wood.lighten(18%)))
#place(bottom, dy: -86pt, rect(width: 100%, height: 6pt, fill: wood.lighten(46%)))""",
    # A round tray seen from above.
    """#place(top, dx: 34pt, dy: 40pt, circle(radius: 206pt, fill: wood.darken(6%).transparentize(55%)))
#place(top, dx: 30pt, dy: 30pt, circle(radius: 206pt, fill: wood.lighten(22%)))
#place(top, dx: 50pt, dy: 50pt, circle(radius: 186pt, fill: rgb("#FFFDF8")))
#place(top, dx: 64pt, dy: 64pt, circle(radius: 172pt, stroke: 2pt + accent.transparentize(55%)))""",
)
_THING = '#place(top, dx: {x}pt, dy: {y}pt, rotate({turn}deg, image(bytes("{svg}"), format: "svg", width: {w}pt)))'
_SHADOW = (
    "#place(top, dx: {x}pt, dy: {y}pt, "
    'ellipse(width: {w}pt, height: {h}pt, fill: rgb("#3A250F2B")))'
)


def draw(drawing: Drawing, base: Path) -> list[Path]:
    """Draw one picture under names that begin with ``base``."""
    random = Random(f"{drawing.icon} {drawing.trade}")  # noqa: S311 - the same picture each time
    shift = random.randrange(len(_GROUNDS))
    start = random.randrange(len(_SCENES))
    random.seed(f"{drawing}")
    light, deep, wood, accent = _GROUNDS[(shift + 3 * drawing.scene) % len(_GROUNDS)]
    place = (start + drawing.scene) % len(_SCENES)
    props = [one for one in BESIDE[drawing.trade] if one != drawing.icon]
    source = _PAGE.format(
        light=light,
        deep=deep,
        wood=wood,
        accent=accent,
        scene=_SCENES[place].replace("{{", "{").replace("}}", "}"),
        things=_things(drawing.icon, props, lying=place == 3, random=random),
    )
    drawn = typst.compile(source.encode(), format="png", ppi=72 * SIDE / 480)
    return write_sizes(bytes(drawn), base)


def draw_many(icons: Iterable[str], number: int, base: Path) -> list[Path]:
    """Draw a gift basket: what is in it, in a row before a wrapped box; no two on one cloth."""
    light, deep, wood, accent = _GROUNDS[number % len(_GROUNDS)]
    shown = list(dict.fromkeys(icons))[:4]
    spots = [(40, 232, 130), (128, 268, 128), (222, 268, 128), (312, 232, 130)]
    things = [_SHADOW.format(x=50, y=392, w=380, h=26)]
    things.append(_THING.format(x=122, y=98, w=236, turn=0, svg=icon_svg("basket")))
    things += [
        _THING.format(x=x, y=y, w=w, turn=0, svg=icon_svg(icon))
        for (x, y, w), icon in zip(spots, shown, strict=False)
    ]
    things.append(_THING.format(x=206, y=66, w=68, turn=0, svg=icon_svg("ribbon")))
    source = _PAGE.format(
        light=light,
        deep=deep,
        wood=wood,
        accent=accent,
        scene=_SCENES[1].replace("{{", "{").replace("}}", "}"),
        things="\n".join(things),
    )
    drawn = typst.compile(source.encode(), format="png", ppi=72 * SIDE / 480)
    return write_sizes(bytes(drawn), base)


def _things(icon: str, props: list[str], *, lying: bool, random: Random) -> str:
    layout = random.choice((1, 1, 2, 3))
    spots = {
        1: [(128, 132, 224, random.choice((-4, 0, 4)))],
        2: [(64, 178, 172, -8), (212, 140, 212, 5)],
        3: [(48, 214, 140, -10), (292, 208, 144, 9), (138, 126, 206, 0)],
    }[layout]
    out: list[str] = []
    if layout == 1 and props:
        aside = random.choice(((52, 268, 96), (336, 264, 98)))
        out.append(_thing(random.choice(props), *aside, random.choice((-8, 8)), lying=lying))
    elif layout == 2 and props and random.random() < 0.6:
        out.append(_thing(random.choice(props), 356, 92, 78, 10, lying=True))
    out += [_thing(icon, x, y, w, turn, lying=lying) for x, y, w, turn in spots]
    return "\n".join(out)


def _thing(icon: str, x: int, y: int, w: int, turn: int, *, lying: bool) -> str:
    drawn = _THING.format(x=x, y=y, w=w, turn=turn, svg=icon_svg(icon))
    if lying:
        return drawn
    shadow = _SHADOW.format(x=x + w * 0.06, y=y + w * 0.93, w=w * 0.88, h=w * 0.11)
    return f"{shadow}\n{drawn}"
