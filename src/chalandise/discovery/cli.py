"""`search rebuild`: the index anew, beside the live one, then in its place."""

from __future__ import annotations

import sys

import click
from django.utils.translation import gettext as _

from chalandise.discovery import store
from chalandise.discovery.rebuild import rebuild


@click.group()
def search() -> None:
    """Look after the search index."""


@search.command("rebuild")
def rebuild_index() -> None:
    """Build the index anew while the live one keeps answering."""
    is_moving = sys.stderr.isatty()  # one line that moves on a terminal, none elsewhere

    def show(count: int) -> None:
        if is_moving:
            line = _("%(count)s establishments") % {"count": _number(count)}
            click.echo("\r" + line, nl=False, err=True)

    try:
        count = rebuild(show)
    except store.BusyError as error:
        raise click.ClickException(
            _("A rebuild is already under way: wait for it to end, then ask again if need be.")
        ) from error
    if is_moving:
        click.echo("", err=True)
    click.echo(_("The search index holds %(count)s establishments.") % {"count": _number(count)})


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
