"""Erasing a demonstration: what it wrote goes by name, and nothing else of the folder.

Only the standard library is imported, as a database of another release must be erasable too.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from chalandise.config.embedded import stop_server

DATABASE = ("postgres", ".postgres.*")  # with what an interrupted start of it left
WRITTEN = (*DATABASE, "imports", "index", "media", "private", "static")


def holds_other_data(folder: Path) -> bool:
    """Whether there is something to erase in a folder where no demonstration ever ran."""
    return not (folder / "demo.lock").exists() and any(_named(folder, WRITTEN))


def erase(folder: Path, names: Sequence[str] = WRITTEN) -> None:
    """Stop the folder's database and remove what the demonstration wrote; the caller has the turn."""
    stop_server(folder / "postgres")
    for path in _named(folder, names):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _named(folder: Path, names: Sequence[str]) -> list[Path]:
    return [path for name in names for path in folder.glob(name)]
