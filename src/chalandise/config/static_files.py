"""Gathers style sheets, scripts and pictures where the server reads them, when they changed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command


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
