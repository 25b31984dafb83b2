"""What click says of a command that was mistyped, in the language of all the rest."""

from __future__ import annotations

from types import ModuleType

import click
from django.utils.translation import gettext, ngettext

SPEAKING: tuple[ModuleType, ...] = (click.core, click.exceptions, click.parser, click.types)


def translate_click() -> None:
    """Have click look its sentences up where ours are: it asks the system's catalogues, which lack.

    Help stays as it is written: names of options and what they take.
    """
    for module in SPEAKING:
        for name, words in (("_", gettext), ("ngettext", ngettext)):
            if hasattr(module, name):
                setattr(module, name, words)
