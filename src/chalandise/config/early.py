"""French before Django: the settings are read, and the database started, ahead of its translations."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

LANGUAGE = "fr"  # what `LANGUAGE_CODE` of the settings says, which are not there yet


def gettext(message: str) -> str:
    """Return a sentence of this room in French, from the catalogue that Django reads later."""
    return _catalogue().gettext(message)


@cache
def _catalogue() -> NullTranslations:
    folder = Path(__file__).parent / "locale"
    return translation("django", folder, [LANGUAGE], fallback=True)
