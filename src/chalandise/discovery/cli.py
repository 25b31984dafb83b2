"""`search rebuild`: the index anew, beside the live one, then in its place."""

from __future__ import annotations

import click

from chalandise.discovery import store
from chalandise.discovery.rebuild import rebuild


@click.group()
def search() -> None:
    """Look after the search index."""


@search.command("rebuild")
def rebuild_index() -> None:
    """Build the index anew while the live one keeps answering."""

    def show(count: int) -> None:
        click.echo(f"\r{count} establishments", nl=False, err=True)

    try:
        count = rebuild(show)
    except store.BusyError as error:
        raise click.ClickException(
            "A rebuild is already under way: wait for it to end, then ask again if need be."
        ) from error
    click.echo("", err=True)
    click.echo(f"The search index holds {count} establishments.")
