"""`demo`: a living portal on one machine, from nothing to an address in one command."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chalandise.config import processes
from chalandise.config.demo.erasing import DATABASE, erase
from chalandise.config.demo.hall import KEEPER
from chalandise.config.demo.marks import Found, find_out
from chalandise.config.demo.seed import AGENT, CUSTOMER, MERCHANT, DemoPortal, open_demo
from chalandise.config.demo.turn import DemoRunsAlreadyError, Turn, take_turn
from chalandise.config.embedded import ensure_server, stop_server
from chalandise.config.migrating import migrate
from chalandise.config.ports import require_free
from chalandise.config.static_files import gather
from chalandise.discovery.queries import index_health
from chalandise.portals.queries import base_address, list_children

LABEL_WIDTH = 20


@click.command()
@click.option("--port", default=settings.PORT, show_default=True, help="Port to listen on.")
@click.option("--prepare-only", is_flag=True, help="Prepare the data and leave.")
def demo(*, port: int, prepare_only: bool) -> None:
    """Open the demonstration: a fictional Lot on http://localhost:8000."""
    started = time.monotonic()
    _answer_at(port)
    _refuse_data_of_others()
    try:
        with (
            processes.interruptible(),
            take_turn(settings.VAR_DIR, port, tell=_wait_for_the_other) as turn,
        ):
            if not prepare_only:
                require_free("127.0.0.1", port)
            _require_database()
            is_left_ready = False
            try:
                opened = _prepare(turn)
                _announce(opened, port, time.monotonic() - started)
                is_left_ready = prepare_only
                code = 0 if prepare_only else _serve(port, turn)
            finally:
                if not is_left_ready:
                    turn.is_ending()
                    connection.close()
                    stop_server(settings.VAR_DIR / "postgres")
    except DemoRunsAlreadyError as error:
        raise click.ClickException(_say(error)) from error
    sys.exit(code)


def _wait_for_the_other() -> None:
    click.echo("· " + _("The demo that ran here is stopping: one moment…"))


def _say(error: DemoRunsAlreadyError) -> str:
    return _(
        "Another demo of this folder runs already (process %(pid)d), on http://localhost:%(port)d. "
        "Use that one, or stop it first with Ctrl-C where it was started."
    ) % {"pid": error.pid, "port": error.port}


def _require_database() -> None:
    """Start the embedded database again if the demo we waited for has just stopped it."""
    if not os.environ.get("DATABASE_URL"):
        connection.close()
        ensure_server(settings.VAR_DIR / "postgres")


def _refuse_data_of_others() -> None:
    """Leave before anything is written, even the lock, where an operator's own portal lives."""
    try:
        found = find_out()
    except OperationalError:  # a demo that is stopping takes its database along
        return
    if found is Found.SOMETHING_ELSE:
        raise click.ClickException(
            _(
                "This database holds something else than a demonstration (a portal, territories or "
                "registers): nothing was written to it; for a demonstration apart, type: %(command)s"
            )
            % {"command": _apart()}
        )


def _apart() -> str:
    """Return the command that opens a demonstration away from what this terminal names."""
    names = [name for name in ("CHALANDISE_VAR", "DATABASE_URL") if os.environ.get(name)]
    if names:
        return f"env {' '.join(f'-u {name}' for name in names)} make demo"
    return f"CHALANDISE_VAR={settings.VAR_DIR / 'demo'} make demo"


def _begin_anew() -> None:
    """Forget half a demonstration that an interruption left; its pictures are drawn over again."""
    if os.environ.get("DATABASE_URL"):
        raise click.ClickException(
            _(
                "The opening of the demonstration was interrupted, and half of it is in the database "
                "of DATABASE_URL, which nothing was changed in: empty that database, or type: "
                "%(command)s"
            )
            % {"command": _apart()}
        )
    click.echo("· " + _("The last opening was interrupted: it begins anew…"))
    connection.close()
    erase(settings.VAR_DIR, DATABASE)
    ensure_server(settings.VAR_DIR / "postgres")


def _prepare(turn: Turn) -> DemoPortal:
    """Bring database, shops, index and static files up to date."""
    if find_out() is Found.HALF:
        _begin_anew()
    migrate(lambda: click.echo("· " + _("Database…")))
    opened = open_demo(at=timezone.now(), tell=lambda text: click.echo(f"· {text}"))
    if opened.is_new or index_health() != "ok":
        click.echo("· " + _("Search index…"))
        processes.run(_program(), "search", "rebuild", keep=[turn.descriptor])
    gather(lambda: click.echo("· " + _("Style sheets and pictures…")))
    return opened


def _answer_at(port: int) -> None:
    """Have every address that is printed, sent or drawn name the port that listens."""
    os.environ["PORT"] = str(port)  # for the worker and the server, which are started from here
    if "CHALANDISE_PUBLIC_URL" not in os.environ:
        settings.PUBLIC_URL = f"http://localhost:{port}"


def _announce(opened: DemoPortal, port: int, seconds: float) -> None:
    base = base_address(opened.portal)
    ready = _("%(portal)s: %(count)d fictional shops, ready in %(seconds).0f s") % {
        "portal": opened.portal.name,
        "count": opened.shop_count,
        "seconds": seconds,
    }
    click.echo(f"\n  {ready}\n")
    _list(
        (pgettext("demo", "Home"), f"{base}/"),
        (pgettext("demo", "Map"), f"{base}/carte/"),
        (pgettext("demo", "Counter"), f"{base}/comptoir/"),
        (pgettext("demo", "Console"), f"{base}/console/"),
        (pgettext("demo", "API"), f"{base}/api/v1/establishments"),
        (pgettext("demo", "E-mails sent"), f"{base}/demo/courriels/"),
        (pgettext("demo", "Sign in"), f"{base}/demo/   {_('(one press, no password)')}"),
    )
    _list(
        (pgettext("demo", "Customer"), CUSTOMER),
        (pgettext("demo", "Baker"), MERCHANT),
        (pgettext("demo", "Agent"), AGENT),
        (pgettext("demo", "Pickup point"), KEEPER),
    )
    click.echo("  " + pgettext("demo", "Sub-portals"))
    for child in list_children(opened.portal):
        click.echo(f"    {base_address(child)}/   {child.name}")
    end = _("Ctrl-C stops everything; “make demo” goes on with the same data (port %(port)d).")
    click.echo(f"\n  {end % {'port': port}}\n")


def _list(*lines: tuple[str, str]) -> None:
    for what, where in lines:
        click.echo(f"  {what:<{LABEL_WIDTH}}{where}")
    click.echo()


def _serve(port: int, turn: Turn) -> int:
    """Run worker and server until interrupted or until one of them ends; return its exit code."""
    children: list[processes.Child] = []
    keep = [turn.descriptor]
    try:
        children.append(processes.start(_program(), "worker", keep=keep))
        children.append(processes.start(_program(), "serve", "--port", str(port), keep=keep))
        return processes.watch(children)
    except KeyboardInterrupt:  # the way to end it
        return 0
    finally:
        turn.is_ending()
        processes.stop(children)


def _program() -> str:
    return str(Path(sys.executable).with_name("chalandise"))
