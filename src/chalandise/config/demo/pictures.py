"""Pictures of the demonstration: drawn in a second thread, written once, hung many times.

A fictional merchant has no camera: each picture is laid out by Typst and written under its name
once; photographs then are hard links to it, so that each has files of its own, which an erased
product takes along. Typst and Pillow let go of the interpreter, so that the pictures are drawn while
the database is filled.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from PIL import Image

from chalandise.directory.photo_decoder import PARTS, WRITTEN
from chalandise.directory.photos import public_folder
from chalandise.kernel.tokens import new_link_token

Key = TypeVar("Key")
_QUICKLY: dict[str, dict[str, Any]] = {
    "avif": {"speed": 10},
    "webp": {"method": 0},
    "jpg": {"optimize": False, "progressive": False},
}
"""Flat colours gain little from an encoder's patience, and a visitor waits."""


class Workshop(Generic[Key]):
    """Where pictures are drawn, each once, beside what else goes on."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        self._folder = folder
        self._pool = pool
        self._begun: dict[Key, Future[list[Path]]] = {}

    def begin(self, key: Key, draw: Callable[[Path], list[Path]]) -> None:
        """Have a picture drawn under names that begin with the path given; once for each key."""
        if key not in self._begun:
            base = self._folder / f"{len(self._begun)}"
            self._begun[key] = self._pool.submit(draw, base)

    def __getitem__(self, key: Key) -> list[Path]:
        """Return the files of a picture, in the order of the decoder's parts, once they are there."""
        return self._begun[key].result()


@contextmanager
def workshop() -> Iterator[Workshop[Any]]:
    """Open a workshop beside the photographs, where hard links can reach."""
    public_folder().mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(dir=public_folder(), prefix=".drawn-") as folder,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        try:
            yield Workshop(Path(folder), pool)
        finally:
            pool.shutdown(cancel_futures=True)


def hang(files: list[Path]) -> str:
    """Give a drawn picture to one more product or shop; return the name of its photograph."""
    name = new_link_token()
    for path, (side, kind) in zip(files, PARTS, strict=True):
        os.link(path, public_folder() / f"{name}-{side}.{kind}")
    return name


def write_sizes(content: bytes, base: Path) -> list[Path]:
    """Write a drawn picture in all sizes; one larger than it is stays as it is."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    paths = []
    for side, kind in PARTS:
        path = base.with_name(f"{base.name}-{side}.{kind}")
        written_as, options = WRITTEN[kind]
        sized = _within(picture, side)
        sized.save(path, written_as, **{**options, **_QUICKLY.get(kind, {})})
        paths.append(path)
    return paths


def _within(picture: Image.Image, side: int) -> Image.Image:
    longest = max(picture.size)
    if longest <= side:
        return picture
    width, height = (round(one * side / longest) for one in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)
