"""What click says, help and mistakes, in the language of all the rest.

Help is written where a command is, in English, as the docstring of the command and the ``help`` of its
options; it is looked up when a command is brought, which no command that is not asked for pays.
"""

from __future__ import annotations

from inspect import cleandoc
from types import ModuleType

import click
from django.utils.translation import gettext, ngettext

SPEAKING: tuple[ModuleType, ...] = (
    click.core,
    click.decorators,
    click.exceptions,
    click.parser,
    click.types,
)


def translate_click() -> None:
    """Have click look its sentences up where ours are: it asks the system's catalogues, which lack."""
    for module in SPEAKING:
        for name, words in (("_", gettext), ("ngettext", ngettext)):
            if hasattr(module, name):
                setattr(module, name, words)


def translate_help(command: click.Command) -> None:
    """Put the help of a command, of its options and of the commands below it into our language."""
    if command.help:
        command.help = gettext(cleandoc(command.help))
    for one in command.params:
        if isinstance(one, click.Option) and one.help:
            one.help = gettext(cleandoc(one.help))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            translate_help(below)
