"""Whether the port we are to listen on is free, asked before anything long begins."""

from __future__ import annotations

import errno
import socket

import click
from django.utils.translation import gettext as _


def require_free(host: str, port: int) -> None:
    """Stop with a sentence when somebody listens there already.

    Raises:
        ClickException: which port it is, and how to take another.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # a server that just left is no obstacle
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return  # what else may be wrong is said by the server itself
            raise click.ClickException(
                _(
                    "Another program listens on port %(port)d already. Stop it, or take another port: "
                    "“--port 8080”, or PORT=8080 in front of the command."
                )
                % {"port": port}
            ) from error
