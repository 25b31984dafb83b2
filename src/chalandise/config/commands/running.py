"""`serve` and `worker`: the two processes of a deployment."""

from __future__ import annotations

import click
from django.conf import settings
from django.core.checks import run_checks
from granian.constants import Interfaces
from granian.server import Server

from chalandise.config.static_files import gather
from chalandise.config.worker import run_worker


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=settings.PORT, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--threads", default=2, show_default=True, help="Threads in each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages."""
    require_fit()
    gather(lambda: click.echo("· Gathering style sheets, scripts and pictures…", err=True))
    Server(
        "chalandise.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


@click.command()
def worker() -> None:
    """Deliver events, feed the search index and run jobs until interrupted."""
    require_fit()
    run_worker()


def require_fit() -> None:
    """Stop before the first request when the settings are wrong.

    Raises:
        ClickException: what is wrong, and what to do.
    """
    problems = [one for one in run_checks() if one.is_serious()]
    if problems:
        lines = [f"{one.msg} {one.hint or ''}".strip() for one in problems]
        raise click.ClickException("\n".join(["The settings cannot be used:", *lines]))
