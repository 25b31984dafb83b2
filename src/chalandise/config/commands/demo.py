"""`demo`: a living portal on one machine, from nothing to an address in one command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from chalandise.config.demo.seed import AGENT, CUSTOMER, MERCHANT, DemoPortal, open_demo
from chalandise.config.embedded import stop_server
from chalandise.config.static_files import gather
from chalandise.discovery.queries import index_health
from chalandise.portals.queries import base_address, list_children

STOP_SECONDS = 10


@click.command()
@click.option("--port", default=settings.PORT, show_default=True, help="Port to listen on.")
@click.option("--prepare-only", is_flag=True, help="Prepare the data and leave.")
def demo(*, port: int, prepare_only: bool) -> None:
    """Open the demonstration: a fictional Lot on http://localhost:8000."""
    started = time.monotonic()
    _answer_at(port)
    _migrate()
    opened = open_demo(at=timezone.now(), tell=lambda text: click.echo(f"· {text}"))
    if opened.is_new or index_health() != "ok":
        click.echo("· Index de recherche…")
        _run("search", "rebuild")
    gather(lambda: click.echo("· Feuilles de style et images…"))
    _announce(opened, port, time.monotonic() - started)
    if not prepare_only:
        _serve(port)


def _answer_at(port: int) -> None:
    """Have every address that is printed, sent or drawn name the port that listens."""
    os.environ["PORT"] = str(port)  # for the worker and the server, which are started from here
    if "CHALANDISE_PUBLIC_URL" not in os.environ:
        settings.PUBLIC_URL = f"http://localhost:{port}"


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        click.echo("· Base de données…")
        call_command("migrate", interactive=False, verbosity=0)


def _announce(opened: DemoPortal, port: int, seconds: float) -> None:
    base = base_address(opened.portal)
    click.echo(
        f"""
  {opened.portal.name} : {opened.shop_count} commerces fictifs, prêts en {seconds:.0f} s

  Accueil             {base}/
  Carte               {base}/carte/
  Comptoir            {base}/comptoir/
  Console             {base}/console/
  API                 {base}/api/v1/establishments
  Courriels envoyés   {base}/demo/courriels/
  Se connecter        {base}/demo/   (un geste, sans mot de passe)

  Cliente             {CUSTOMER}
  Boulangère          {MERCHANT}
  Agente              {AGENT}
"""
    )
    click.echo("  Sous-portails")
    for child in list_children(opened.portal):
        click.echo(f"    {base_address(child)}/   {child.name}")
    click.echo(
        f"\n  Ctrl-C arrête tout ; « make demo » reprend avec les mêmes données (port {port}).\n"
    )


def _serve(port: int) -> None:
    """Run worker and server until interrupted or until one of them ends."""
    processes = [_start("worker"), _start("serve", "--port", str(port))]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, stop)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    finally:
        for impatience in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C leaves nothing behind
            signal.signal(impatience, signal.SIG_IGN)
        ended = [process.returncode for process in processes if process.poll() is not None]
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        connection.close()
        stop_server(settings.VAR_DIR / "postgres")
    sys.exit(next((code for code in ended if code), 0))


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([_program(), *arguments])  # noqa: S603 - our own program


def _run(*arguments: str) -> None:
    subprocess.run([_program(), *arguments], check=True)  # noqa: S603 - our own program


def _program() -> str:
    return str(Path(sys.executable).with_name("chalandise"))
