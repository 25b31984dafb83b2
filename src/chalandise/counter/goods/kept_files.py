"""A file that a merchant sent, kept in private between the steps of an import."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.tokens import new_link_token

KEPT_FOR = timedelta(hours=24)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def keep_file(shop: Establishment, content: bytes, *, at: datetime) -> str:
    """Keep a file for a day, and return the word that finds it again."""
    folder = _folder(shop)
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder, at=at)
    token = new_link_token()
    (folder / token).write_bytes(content)
    return token


def read_kept(shop: Establishment, token: str) -> bytes:
    """Return a file that was kept for this very shop.

    Raises:
        NotFoundError: no such file, or it was forgotten meanwhile.
    """
    path = _folder(shop) / token
    if not _TOKEN.fullmatch(token) or not path.is_file():
        raise NotFoundError
    return path.read_bytes()


def forget_file(shop: Establishment, token: str) -> None:
    """Forget a file once it has been read for good."""
    if _TOKEN.fullmatch(token):
        (_folder(shop) / token).unlink(missing_ok=True)


def _folder(shop: Establishment) -> Path:
    return Path(settings.VAR_DIR) / "private" / "imports" / str(shop.pk)


def _forget_old(folder: Path, *, at: datetime) -> None:
    oldest = (at - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
