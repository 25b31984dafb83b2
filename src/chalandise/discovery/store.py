"""Where the index lies: one folder for each build, and a pointer to the one that is live.

``INDEX_DIR/current`` names the live build; it is replaced in one step when a rebuild is complete,
so that readers see the old index or the new one and never a half. ``INDEX_DIR/suspect`` is left by
a reader that could not read the live build; ``INDEX_DIR/rebuilding`` is touched while one is made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from time import time

from django.conf import settings

from chalandise.discovery.schema import SCHEMA_VERSION

HEARTBEAT_SECONDS = 60
_PREFIX = f"v{SCHEMA_VERSION}-"


class BusyError(Exception):
    """Another process holds the lock."""


def root() -> Path:
    """Return the folder of the index, made if need be."""
    folder = Path(settings.INDEX_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def new_build() -> str:
    """Return the name of a build to make: its schema's version, the moment, and some chance."""
    return f"{_PREFIX}{datetime.now(UTC):%Y%m%d%H%M%S}-{token_hex(3)}"


def folder_of(build: str) -> Path:
    """Return the folder of a build."""
    return Path(settings.INDEX_DIR) / build


def products_of(build: str) -> Path:
    """Return the folder of the products of a build, inside it: both go live and leave together."""
    return folder_of(build) / "products"


def last_written(build: str) -> datetime:
    """Return when something of the products was last written."""
    written = (products_of(build) / "meta.json").stat().st_mtime
    return datetime.fromtimestamp(written, UTC)


def live_build() -> str:
    """Return the name of the live build, blank when there is none this release can read."""
    try:
        name = (Path(settings.INDEX_DIR) / "current").read_text().strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return name if name.startswith(_PREFIX) and Path(name).name == name else ""


def go_live(build: str) -> list[str]:
    """Point at ``build`` and remove the builds nobody needs; return the names of those removed."""
    folder, before = root(), live_build()
    draft = folder / "current.draft"
    draft.write_text(build)
    draft.replace(folder / "current")
    (folder / "suspect").unlink(missing_ok=True)
    # The build before stays for the second in which other processes still open it.
    stale = [one for one in builds() if one not in (build, before)]
    for one in stale:
        shutil.rmtree(folder / one, ignore_errors=True)
    return [*stale, before] if before else stale


def builds() -> list[str]:
    """Return the names of every build that has a folder."""
    return sorted(one.name for one in root().iterdir() if one.is_dir())


def suspect(build: str) -> None:
    """Ask the worker to look at a build that could not be read."""
    (root() / "suspect").write_text(build)


def is_suspect(build: str) -> bool:
    """Tell whether a reader could not read ``build``."""
    try:
        return (Path(settings.INDEX_DIR) / "suspect").read_text() == build
    except FileNotFoundError:
        return False


def beat() -> None:
    """Say that a rebuild is under way."""
    (root() / "rebuilding").touch()


def is_rebuilding() -> bool:
    """Tell whether a rebuild showed life lately."""
    try:
        return time() - (Path(settings.INDEX_DIR) / "rebuilding").stat().st_mtime < (
            HEARTBEAT_SECONDS
        )
    except FileNotFoundError:
        return False


def end_beat() -> None:
    """Say that no rebuild is under way any more."""
    (root() / "rebuilding").unlink(missing_ok=True)


@contextmanager
def only_one(purpose: str) -> Iterator[None]:
    """Hold the lock ``purpose`` for all processes of this machine.

    Raises:
        BusyError: another process holds it.
    """
    handle = os.open(root() / f".{purpose}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(purpose) from error
        yield
    finally:
        os.close(handle)
