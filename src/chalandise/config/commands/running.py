"""`serve` and `worker`: the two processes of a deployment."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection

import click
from django.conf import settings
from django.core.checks import run_checks
from django.utils.translation import gettext as _
from granian.constants import Interfaces
from granian.server import Server

from chalandise.config.ports import require_free
from chalandise.config.serving import load_application, load_in_worker
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
    require_free(host, port)
    gather(lambda: click.echo("· " + _("Gathering style sheets, scripts and pictures…"), err=True))
    load_application()
    Server(
        "chalandise.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        log_access=False,
    ).serve(target_loader=load_in_worker, wrap_loader=False)


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
    if lines := _problems():
        raise click.ClickException("\n".join([_("The settings cannot be used:"), *lines]))


def _problems() -> list[str]:
    """Look in a child, which forgets what it had to load: Django checks pages nobody may ask for."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_tell_problems, args=(sender,))
    child.start()
    sender.close()
    try:
        return list(receiver.recv())
    except EOFError:  # it has said what happened
        child.join()
        return [_("their check ended with exit code %(code)s.") % {"code": child.exitcode}]
    finally:
        child.join()


def _tell_problems(sender: Connection) -> None:
    problems = [one for one in run_checks() if one.is_serious()]
    sender.send([f"{one.msg} {one.hint or ''}".strip() for one in problems])
