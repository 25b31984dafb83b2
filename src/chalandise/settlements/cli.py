"""`chalandise settlements …`: what an operator does to the books from the command line."""

from __future__ import annotations

import sys

import click

from chalandise.settlements.queries.verifying import verify


@click.group()
def settlements() -> None:
    """Ledger, invoices, the journal of sales."""


@settlements.command("verify")
@click.option("--organisation", type=int, default=None, help="Only this merchant.")
def verify_books(organisation: int | None) -> None:
    """Read the whole journal of sales again: hashes, numbers, closures, balances."""
    verdict = verify(organisation)
    for fault in verdict.faults:
        click.secho(f"{fault.where}: {fault.why}", fg="red", err=True)
    click.echo(
        f"{verdict.records_count} records, {verdict.closures_count} closures, "
        f"{verdict.invoices_count} invoices read; {len(verdict.faults)} faults."
    )
    if verdict.faults:
        sys.exit(1)
