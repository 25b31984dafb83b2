"""Reading settings from the environment, with an error that names the variable and the remedy."""

from __future__ import annotations

import os
from pathlib import Path

from chalandise.config.early import gettext as _

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class SettingError(Exception):
    """A setting cannot be read; the message names it and says what to write."""


def text(name: str, default: str) -> str:
    """Return the variable ``name``, or ``default`` when it is absent or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes or no."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise SettingError(_("%(name)s is “%(value)s”: write 1 or 0.") % {"name": name, "value": value})


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise SettingError(
            _("%(name)s is “%(value)s”: write a whole number.") % {"name": name, "value": value}
        ) from None


def words(name: str, default: str = "") -> list[str]:
    """Return a list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """Return a folder, made when it is absent."""
    path = Path(text(name, str(default))).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path
