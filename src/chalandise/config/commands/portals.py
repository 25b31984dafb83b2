"""`portals open|list`: a portal for any French territory in one command."""

from __future__ import annotations

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.accounts.actions import meet_person
from chalandise.journal.states import Actor
from chalandise.portals import actions
from chalandise.portals.errors import LowContrastError, ScopeOutsideParentError
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address, link_to
from chalandise.portals.states import StaffRole
from chalandise.territories.models import Territory


@click.group()
def portals() -> None:
    """Open and list portals."""


@portals.command("open")
@click.option(
    "--territory",
    "codes",
    multiple=True,
    required=True,
    help="46, 200023737, 46042, or region-76: a département, an intercommunality, a commune, a "
    "region. Repeat for a list.",
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
    """Open a portal on a territory."""
    by, at = Actor.system("command line"), timezone.now()
    scope = [_territory(code) for code in codes]
    parent = _portal(parent_slug) if parent_slug else None
    try:
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
    except ScopeOutsideParentError as error:
        raise click.ClickException(
            f"{len(error.outside)} commune(s) lie outside the portal above: "
            f"{', '.join(error.outside[:5])}. Choose a smaller territory or another parent."
        ) from error
    except LowContrastError as error:
        raise click.ClickException(
            f"{error.colour} reads badly on paper (contrast {error.ratio:.1f}, at least 4.5 is "
            "needed). Choose a darker colour."
        ) from error
    click.echo(f"{base_address(portal)}/  {portal.name}")
    if sub_portals:
        for child in actions.open_intercommunalities(portal, by=by, at=at):
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
        raise click.BadParameter(f"{email!r} is not an e-mail address.") from error
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
    for portal in Portal.objects.filter(parent=None).order_by("name"):
        _show(portal, "")


def _show(portal: Portal, indent: str) -> None:
    click.echo(f"{indent}{portal.name}  {portal.slug}  {base_address(portal)}")
    for child in portal.children.order_by("name"):
        _show(child, indent + "  ")


def _territory(code: str) -> Territory:
    if "-" in code:
        found = Territory.objects.filter(key=code).first()
    else:
        kind = "epci" if len(code) == 9 else "commune" if len(code) == 5 else "departement"
        found = Territory.objects.filter(key=f"{kind}-{code}").first()
    if found is None:
        raise click.ClickException(
            f"No territory {code!r}. Write a département (46), an intercommunality by its SIREN, a "
            "commune by its INSEE code, or region-76; load territories first with “chalandise "
            "territories load”."
        )
    return found


def _portal(slug: str) -> Portal:
    found = Portal.objects.filter(slug=slug).first()
    if found is None:
        raise click.ClickException(f"No portal {slug!r}: see “chalandise portals list”.")
    return found
