"""Drawn pictures of products, one for each kind of thing, in the sizes that photographs have.

A fictional merchant has no camera: each picture is laid out by Typst on a warm ground and written
under its name once; products then point to hard links of it, so that every photograph has files of
its own, which an erased product takes along.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import typst
from PIL import Image

from chalandise.config.demo.shopfronts import icon_svg
from chalandise.directory.photo_decoder import PARTS, WRITTEN
from chalandise.directory.photos import public_folder
from chalandise.kernel.tokens import new_link_token

SIDE = 960
_GROUNDS = (
    ("#F7E3C4", "#EFD2A6", "#C99A5B"),
    ("#F3E9D8", "#E6D5B8", "#B98F5E"),
    ("#E4ECDD", "#D0DEC5", "#A78B5C"),
    ("#F4DFD6", "#E9C6B8", "#B5805A"),
    ("#E1E9EC", "#CBD9DE", "#9C8A72"),
    ("#F6E7E9", "#EACFD4", "#B48A6A"),
)
_PAGE = """
#set page(width: 480pt, height: 480pt, margin: 0pt, fill: gradient.linear(rgb("{light}"), rgb("{deep}"), angle: 90deg))
#place(top, dx: 60pt, dy: 34pt, circle(radius: 180pt, fill: rgb("#FFFFFF66")))
#place(bottom, rect(width: 100%, height: 118pt, fill: rgb("{wood}")))
#place(bottom, dy: -112pt, rect(width: 100%, height: 6pt, fill: rgb("{wood}").lighten(24%)))
#place(bottom, dy: -40pt, rect(width: 100%, height: 2pt, fill: rgb("{wood}").darken(8%)))
#place(bottom, dy: -80pt, rect(width: 100%, height: 2pt, fill: rgb("{wood}").darken(6%)))
#place(top, dx: {shadow_x}pt, dy: 358pt, ellipse(width: {shadow_w}pt, height: 30pt, fill: rgb("#3A250F33")))
{things}
"""
_THING = '#place(top, dx: {x}pt, dy: {y}pt, rotate({turn}deg, image(bytes("{svg}"), format: "svg", width: {w}pt)))'


def draw_pictures(icons: Iterable[str], folder: Path) -> dict[str, list[Path]]:
    """Draw each picture in all sizes; return its files, in the order of the decoder's parts."""
    with ThreadPoolExecutor(max_workers=2) as pool:  # Typst and Pillow let go of the interpreter
        return dict(pool.map(lambda icon: (icon, _draw(icon, folder)), icons))


def hang(files: list[Path]) -> str:
    """Give a drawn picture to one more product; return the name of its photograph."""
    name = new_link_token()
    for path, (side, kind) in zip(files, PARTS, strict=True):
        os.link(path, public_folder() / f"{name}-{side}.{kind}")
    return name


def _draw(icon: str, folder: Path) -> list[Path]:
    random = Random(icon)  # noqa: S311 - the same picture each time
    light, deep, wood = random.choice(_GROUNDS)
    svg = icon_svg(icon)
    layout = random.choice((1, 2, 3))
    places = {
        1: [(130, 140, 220, random.choice((-4, 0, 4)))],
        2: [(70, 190, 165, -8), (215, 150, 205, 5)],
        3: [(52, 218, 135, -10), (295, 212, 140, 9), (145, 140, 195, 0)],
    }[layout]
    things = "\n".join(_THING.format(x=x, y=y, w=w, turn=turn, svg=svg) for x, y, w, turn in places)
    source = _PAGE.format(
        light=light,
        deep=deep,
        wood=wood,
        things=things,
        shadow_x=110 if layout == 1 else 60,
        shadow_w=260 if layout == 1 else 360,
    )
    drawn = typst.compile(source.encode(), format="png", ppi=72 * SIDE / 480)
    return _write(bytes(drawn), icon, folder)


def _write(content: bytes, icon: str, folder: Path) -> list[Path]:
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    paths = []
    for side, kind in PARTS:
        path = folder / f"{icon}-{side}.{kind}"
        sized = picture if side >= SIDE else picture.resize((side, side), Image.Resampling.LANCZOS)
        written_as, options = WRITTEN[kind]
        sized.save(path, written_as, **options)
        paths.append(path)
    return paths


def workshop() -> TemporaryDirectory[str]:
    """Return a folder beside the photographs, where hard links can reach."""
    public_folder().mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=public_folder(), prefix=".drawn-")
