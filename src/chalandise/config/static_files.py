"""Gathers style sheets, scripts and pictures where the server reads them, when they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from typing_extensions import override
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class LeanStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Compresses what pages ask for: files under hashed names, and scripts, which name each other."""

    @override
    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress some files; yield the name of each, and that of what was made of it."""
        asked_for = set(self.hashed_files.values())
        wanted = [one for one in paths if one in asked_for or one.endswith(".js")]
        yield from super().compress_files(wanted)


class QuickStorage(LeanStorage):
    """Compresses for one machine: gzip alone, in a second; brotli would keep a visitor waiting."""

    @override
    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Return what compresses each file."""
        return Compressor(**{**kwargs, "use_brotli": False})


def gather(tell: Callable[[], object] = lambda: None) -> None:
    """Gather static files when the built ones are newer than the gathered ones."""
    stamp = settings.STATIC_ROOT / ".gathered"
    sources = list(settings.PACKAGE_DIR.glob("*/static"))
    newest = max((path.stat().st_mtime for one in sources for path in one.rglob("*")), default=0.0)
    if stamp.exists() and stamp.stat().st_mtime >= newest:
        return
    tell()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.touch()
