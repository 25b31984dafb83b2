"""`migrate` and `doctor`: bringing a deployment up and checking it."""

from __future__ import annotations

import sys

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.config.doctor import examine
from chalandise.config.migrating import migrate as bring_up
from chalandise.directory.actions.categories import load_categories
from chalandise.journal.restoring import follow_restoring
from chalandise.journal.states import Actor


@click.command()
def migrate() -> None:
    """Bring the database to this release."""
    bring_up(lambda: click.echo("· " + _("The database is being brought to this release…")))
    if follow_restoring():
        click.echo(
            _("The database comes from a backup: readers of events go on where they had stopped.")
        )
    loaded = load_categories(by=Actor.system("migrate"), at=timezone.now())
    load_product_categories(by=Actor.system("migrate"), at=timezone.now())
    if loaded.created or loaded.updated:
        counts = {"new": len(loaded.created), "updated": len(loaded.updated)}
        click.echo(_("Categories: %(new)d new, %(updated)d updated.") % counts)
    click.echo(_("The database is up to date"))


@click.command()
def doctor() -> None:
    """Check a deployment and say what to do."""
    findings = examine()
    for finding in findings:
        mark = click.style("✓", fg="green") if finding.is_fine else click.style("✗", fg="red")
        click.echo(f"{mark} {finding.what}")
        if finding.remedy:
            click.echo(f"    {finding.remedy}")
    sys.exit(0 if all(finding.is_fine for finding in findings) else 1)
