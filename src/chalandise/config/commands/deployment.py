"""`migrate` and `doctor`: bringing a deployment up and checking it."""

from __future__ import annotations

import sys

import click
from django.core.management import call_command
from django.utils import timezone

from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.config.doctor import examine
from chalandise.directory.actions.categories import load_categories
from chalandise.journal.states import Actor


@click.command()
def migrate() -> None:
    """Bring the database to this release."""
    call_command("migrate", interactive=False, verbosity=1)
    loaded = load_categories(by=Actor.system("migrate"), at=timezone.now())
    load_product_categories(by=Actor.system("migrate"), at=timezone.now())
    if loaded.created or loaded.updated:
        click.echo(f"Categories: {len(loaded.created)} new, {len(loaded.updated)} updated.")


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
