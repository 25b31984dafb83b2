"""`events list|retry`: what subscribers could not take, and another try for it."""

from __future__ import annotations

import click
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chalandise.journal.outbox import revive_letters, waiting_letters
from chalandise.journal.states import Actor

_SHOWN = 50


@click.group()
def events() -> None:
    """Events between the rooms, and those that nobody could take."""


@events.command("list")
def list_letters() -> None:
    """List the events that wait for a person, with what went wrong."""
    letters = waiting_letters().select_related("event")
    for letter in letters.order_by("failed_at", "pk")[:_SHOWN]:
        moment = date_format(timezone.localtime(letter.failed_at), "j F Y, H:i")
        click.echo(f"{moment}  {letter.event}  {letter.subscriber}")
        click.echo(f"    {letter.error}")
    click.echo(_("Events that wait for a person: %(count)d.") % {"count": letters.count()})


@events.command()
def retry() -> None:
    """Have the worker try them again, as soon as it can."""
    by, at = Actor.system("command line"), timezone.now()
    count = revive_letters(waiting_letters(), by=by, at=at)
    click.echo(_("The worker tries again: %(count)d.") % {"count": count})
