"""The command line: `chalandise <command>`; long work shows progress, errors name the remedy."""

from __future__ import annotations

import gc
import os
import sys
import warnings

from chalandise.config.processes import follow_parent

follow_parent()  # before anything that takes time
gc.set_threshold(50_000, 20, 20)  # what is loaded to start stays: little of it is ever garbage
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
if sys.argv[1:2] == ["demo"]:
    os.environ.setdefault("CHALANDISE_DEMO", "1")  # children inherit it
# A message for developers of a library is noise on an operator's screen.
warnings.simplefilter("ignore", DeprecationWarning)

import click  # noqa: E402 - the environment comes first
import django  # noqa: E402

django.setup()  # rooms' commands import models

from chalandise.config.commands import (  # noqa: E402
    demo,
    deployment,
    photos,
    portals,
    running,
    territories,
)
from chalandise.discovery.cli import search  # noqa: E402
from chalandise.federation.cli import directory  # noqa: E402
from chalandise.kernel.errors import ChalandiseError  # noqa: E402
from chalandise.settlements.cli import settlements  # noqa: E402


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chalandise")
def main() -> None:
    """Chalandise: a territory's own place to find and buy from the shops nearby."""


main.add_command(running.serve)
main.add_command(running.worker)
main.add_command(demo.demo)
main.add_command(deployment.migrate)
main.add_command(deployment.doctor)
main.add_command(portals.portals)
main.add_command(photos.photos)
main.add_command(territories.territories)
main.add_command(search)
main.add_command(directory)
main.add_command(settlements)


def run() -> None:
    """Run the command line; an error a person can mend is one sentence and exit code 1."""
    try:
        main(standalone_mode=True)
    except ChalandiseError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
