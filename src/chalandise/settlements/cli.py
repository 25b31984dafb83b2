"""`chalandise settlements …`: what an operator does to the books from the command line."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.organisations.models import Organisation
from chalandise.portals.models import Portal
from chalandise.portals.queries import identity_of
from chalandise.settlements.exports.archive import archive_of
from chalandise.settlements.queries.comparing import compare_with_payments
from chalandise.settlements.queries.dac7 import organisations_that_sold, seller_of
from chalandise.settlements.queries.facts import party_of_seller
from chalandise.settlements.queries.verifying import verify
from chalandise.settlements.tax.dac7 import dac7_xml

ON_ITS_WAY = timedelta(minutes=15)  # through the outbox
ROWS = {
    "record": gettext_lazy("Record"),
    "chain": gettext_lazy("Journal of sales"),
    "closure": gettext_lazy("Closure"),
    "series": gettext_lazy("Series"),
    "journal": gettext_lazy("Ledger entry"),
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Refund"),
    "payout": gettext_lazy("Payout"),
    "dispute": gettext_lazy("Dispute"),
    "order": gettext_lazy("Order"),
}
MISSING = {
    "name": gettext_lazy("the name"),
    "first_name": gettext_lazy("the first name of who sells"),
    "last_name": gettext_lazy("the last name of who sells"),
    "born_on": gettext_lazy("the date of birth of who sells"),
    "siren": gettext_lazy("a SIREN that can be true"),
    "postal_code": gettext_lazy("the postal code"),
    "town": gettext_lazy("the town"),
}


@click.group()
def settlements() -> None:
    """Ledger, invoices, the journal of sales."""


@settlements.command("verify")
@click.option("--organisation", type=int, default=None, help="Only this merchant.")
def verify_books(organisation: int | None) -> None:
    """Read the books again: hashes, numbers, closures, balances, and beside them the payments."""
    verdict = verify(organisation)
    faults = [*verdict.faults]
    if organisation is None:
        faults += compare_with_payments(until=timezone.now() - ON_ITS_WAY)
    for fault in faults:
        what, _space, which = fault.where.partition(" ")
        sentence = _("%(what)s %(which)s: %(why)s") % {
            "what": ROWS.get(what, what),
            "which": which,
            "why": fault.why,
        }
        click.secho(sentence, fg="red", err=True)
    click.echo(
        _(
            "Read: %(records)d records, %(closures)d closures, %(invoices)d invoices. "
            "Faults: %(faults)d."
        )
        % {
            "records": verdict.records_count,
            "closures": verdict.closures_count,
            "invoices": verdict.invoices_count,
            "faults": len(faults),
        }
    )
    if faults:
        click.echo(
            _(
                "Nothing was changed. Keep the database as it is, with its last backup, before anybody "
                "corrects: docs/rooms/settlements.md says what each check reads."
            ),
            err=True,
        )
        sys.exit(1)


@settlements.command("archive")
@click.argument("organisation", type=int)
@click.argument("year", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_archive(organisation: int, year: int, file: Path) -> None:
    """Write a year of a merchant's journal of sales to a ZIP that anybody can verify."""
    file.write_bytes(archive_of(organisation, date(year, 1, 1), date(year, 12, 31)))
    click.echo(_("Written: %(file)s") % {"file": file})


@settlements.command("dac7")
@click.argument("portal")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--siren", default="", help="SIREN of the operator; else the one of the portal.")
def write_dac7(portal: str, year: int, file: Path, siren: str) -> None:
    """Write the yearly file for the tax office (due on 31 January), and say who lacks what."""
    site = Portal.objects.filter(slug=portal).first()
    if site is None:
        raise click.ClickException(
            _("There is no portal “%(slug)s”: nothing was written. See “chalandise portals list”.")
            % {"slug": portal}
        )
    identity = identity_of(site)
    if not (number := siren or identity.operator_siren):
        raise click.ClickException(
            _(
                "Nobody is known to declare: nothing was written. Give --siren, or write the operator’s "
                "SIREN in the portal’s settings."
            )
        )
    known = {"address": identity.operator_address, "email": identity.operator_email}
    operator = party_of_seller(known, fallback=identity.operator_name or site.name)
    operator = replace(operator, siren=number, vat_number=identity.operator_vat_number)
    organisations = Organisation.objects.in_bulk(organisations_that_sold(year=year))
    sellers = [
        seller_of(organisation, year=year) for _pk, organisation in sorted(organisations.items())
    ]
    for seller in sellers:
        if seller.is_declared and seller.missing:
            missing = ", ".join(str(MISSING.get(one, one)) for one in seller.missing)
            sentence = _("%(seller)s: still lacking: %(missing)s") % {
                "seller": seller.party.name,
                "missing": missing,
            }
            click.secho(sentence, fg="yellow", err=True)
    xml = dac7_xml(operator, sellers, year=year, platform=site.name, at=timezone.now())
    file.write_bytes(xml)
    declared = sum(seller.is_declared for seller in sellers)
    click.echo(
        _("Written: %(file)s. Sellers declared: %(declared)d of %(all)d.")
        % {"file": file, "declared": declared, "all": len(sellers)}
    )
