"""`portals open|list`: a portal for any French territory in one command."""

from __future__ import annotations

import re

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.accounts.actions import meet_person
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.kernel.sorting import by_name
from chalandise.portals import actions
from chalandise.portals.errors import (
    ColourRefusedError,
    HostRefusedError,
    LowContrastError,
    NameRefusedError,
    ScopeOutsideParentError,
    SlugRefusedError,
)
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address, link_to, territories_of
from chalandise.portals.states import StaffRole
from chalandise.portals.wording import sentence_for
from chalandise.territories.errors import TerritoryNotFound
from chalandise.territories.models import Territory
from chalandise.territories.queries import list_territories, parse_territory_keys
from chalandise.territories.states import Kind

_OPTIONS = {
    NameRefusedError: "--name",
    SlugRefusedError: "--slug",
    HostRefusedError: "--host",
    ColourRefusedError: "--colour",
    LowContrastError: "--colour",
}
_REFUSALS: tuple[type[ChalandiseError], ...] = tuple(_OPTIONS)


@click.group()
def portals() -> None:
    """Open and list portals."""


@portals.command("open")
@click.option(
    "--territory",
    "codes",
    multiple=True,
    help="46, 200023737, 46042, or region-76: a département, an intercommunality, a commune, a "
    "region. Repeat for a list; below --parent, its territory when absent.",
)
@click.option("--name", required=True, help="What visitors read.")
@click.option("--slug", default="", help="Address; made from the name when absent.")
@click.option("--host", default=None, help="Host name the portal answers at.")
@click.option("--parent", "parent_slug", default=None, help="Slug of the portal above.")
@click.option("--colour", default="", help="Brand colour, like #1E5B45.")
@click.option("--sub-portals", is_flag=True, help="Open one for each intercommunality too.")
def open_portal(
    codes: tuple[str, ...],
    name: str,
    slug: str,
    host: str | None,
    parent_slug: str | None,
    colour: str,
    sub_portals: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Open a portal on a territory: all that was asked, or nothing."""
    by, at = Actor.system("command line"), timezone.now()
    parent = _portal(parent_slug) if parent_slug else None
    scope = _scope(codes, parent)
    try:
        with transaction.atomic():
            portal = actions.open_portal(
                name,
                scope=scope,
                by=by,
                at=at,
                parent=parent,
                slug=slug,
                host=host,
                brand_colour=colour,
            )
            below = actions.open_intercommunalities(portal, by=by, at=at) if sub_portals else []
    except ScopeOutsideParentError as error:
        remedy = _("Nothing was opened. Choose a smaller territory or another --parent.")
        raise click.ClickException(f"{sentence_for(error)} {remedy}") from error
    except _REFUSALS as error:
        if isinstance(error, HostRefusedError) and error.reason == "reserved":
            remedy = _("Nothing was opened. Leave --host out and ask again.")
        else:
            remedy = _("Nothing was opened. Correct %(option)s and ask again.") % {
                "option": _OPTIONS[type(error)]
            }
        raise click.ClickException(f"{sentence_for(error)} {remedy}") from error
    click.echo(f"{base_address(portal)}/  {portal.name}")
    click.echo("  " + _("It covers: %(territories)s.") % {"territories": _covered(scope)})
    for namesake in _regions_of_the_same_code(codes):
        click.echo(
            "  "
            + _("The region %(name)s has the same code: it is asked for by --territory %(key)s.")
            % {"name": namesake.name, "key": namesake.key}
        )
    for child in below:
        click.echo(f"  {base_address(child)}/  {child.name}")


@portals.command("appoint")
@click.argument("slug")
@click.argument("email")
@click.option("--name", default="", help="How the person wants to be called.")
@click.option(
    "--role",
    type=click.Choice(StaffRole.values),
    default=str(StaffRole.ADMINISTRATOR),
    show_default=True,
    help="What the person may do, in this portal and below.",
)
def appoint_person(slug: str, email: str, name: str, role: str) -> None:
    """Give somebody a role; they sign in by a code sent to EMAIL."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise click.ClickException(
            _("“%(email)s” is not an e-mail address: nobody was appointed. Write it again.")
            % {"email": email}
        ) from error
    portal, by, at = _portal(slug), Actor.system("command line"), timezone.now()
    person = meet_person(email, at=at, name=name)
    actions.appoint(person, portal, StaffRole(role), by=by, at=at)
    click.echo(
        _("%(email)s: %(role)s, %(portal)s. Sign in at %(address)s")
        % {
            "email": person.email,
            "role": StaffRole(role).label,
            "portal": portal.name,
            "address": link_to(portal, "account_login"),
        }
    )


@portals.command("list")
def list_portals() -> None:
    """List the portals, each below its parent."""
    for portal in by_name(Portal.objects.filter(parent=None)):
        _show(portal, "")


def _show(portal: Portal, indent: str) -> None:
    click.echo(f"{indent}{portal.name}  {portal.slug}  {base_address(portal)}")
    for child in by_name(portal.children.all()):
        _show(child, indent + "  ")


def _scope(codes: tuple[str, ...], parent: Portal | None) -> list[Territory]:
    """Return what is asked for, else what the portal above covers."""
    if codes:
        return _territories(codes)
    if parent is None:
        raise click.ClickException(
            _(
                "A portal needs a territory: nothing was opened. Write --territory 46, or --parent "
                "for that of the portal above."
            )
        )
    return territories_of(parent)


def _territories(codes: tuple[str, ...]) -> list[Territory]:
    try:
        keys = parse_territory_keys(",".join(codes))
    except TerritoryNotFound as error:
        if not Territory.objects.exists():
            raise click.ClickException(
                _(
                    "No territory is known yet, so nothing was opened. Run “chalandise territories "
                    "load”, then ask again."
                )
            ) from error
        raise click.ClickException(
            _(
                "There is no territory “%(code)s”: nothing was opened. Write a département (46), an "
                "intercommunality by its SIREN (200023737), a commune or an arrondissement by its "
                "INSEE code (46042), or a region as region-76."
            )
            % {"code": error.wanted}
        ) from error
    return list(list_territories(keys))


def _covered(scope: list[Territory]) -> str:
    return ", ".join(f"{one.name} ({Kind(one.kind).label.lower()})" for one in scope)


def _regions_of_the_same_code(codes: tuple[str, ...]) -> list[Territory]:
    """Return the regions that a bare département code may have been meant for."""
    bare = {code for text in codes for code in re.findall(r"(?<![\w-])\d\d(?![\w-])", text)}
    return list(Territory.objects.of_kind(Kind.REGION).filter(code__in=bare).sorted())


def _portal(slug: str) -> Portal:
    found = Portal.objects.filter(slug=slug.strip().lower()).first()
    if found is None:
        raise click.ClickException(
            _("There is no portal “%(slug)s”: nothing was changed. See “chalandise portals list”.")
            % {"slug": slug}
        )
    return found
