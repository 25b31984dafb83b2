"""`territories load`: the official geography, and what stood in communes that have merged since."""

from __future__ import annotations

import time

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.directory.actions.moving import follow_merged_communes
from chalandise.journal.states import Actor
from chalandise.portals.actions import widen_to_merged_communes
from chalandise.territories.actions import load_territories
from chalandise.territories.cli import show_progress, summary
from chalandise.territories.queries import list_successors


@click.group()
def territories() -> None:
    """Regions, départements, intercommunalities and communes."""


@territories.command()
@click.option("--without-contours", is_flag=True, help="Leave the outlines for maps out.")
def load(*, without_contours: bool) -> None:
    """Load the official geography that comes with Chalandise; again changes nothing.

    Shops and scopes of communes that the edition merged into others follow them there.
    """
    started = time.monotonic()
    by, at = Actor.system("territories load"), timezone.now()
    report = load_territories(by=by, at=at, progress=show_progress, contours=not without_contours)
    click.echo(summary(report, time.monotonic() - started))
    successors = list_successors(report.withdrawn)
    widened = widen_to_merged_communes(successors, by=by, at=at)
    for move in follow_merged_communes(successors, by=by, at=at):
        click.echo(
            _("%(old)s is now part of %(new)s: %(count)d shops moved there.")
            % {"old": move.old.name, "new": move.new.name, "count": move.count}
        )
    for portal in widened:
        click.echo(_("The portal “%(name)s” now covers the new commune.") % {"name": portal.name})
