"""The command line: `chalandise <command>`; long work shows progress, errors name the remedy."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from pathlib import Path

from chalandise.config.processes import follow_parent

follow_parent()  # before anything that takes time
gc.set_threshold(50_000, 20, 20)  # what is loaded to start stays: little of it is ever garbage
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
if sys.argv[1:2] == ["demo"]:
    os.environ.setdefault("CHALANDISE_DEMO", "1")  # children inherit it
if sys.argv[1:2] == ["serve"]:
    os.environ.setdefault("CHALANDISE_STATEMENT_SECONDS", "30")  # commands and jobs take their time
_asked = sys.argv[1:] or ["--help"]
if Path(sys.argv[0]).name == "chalandise" and {"-h", "--help", "--version"}.intersection(_asked):
    os.environ["DATABASE_URL"] = "postgresql://"  # words need no server: none is started for them
# A message for developers of a library is noise on an operator's screen.
warnings.simplefilter("ignore", DeprecationWarning)

import click  # noqa: E402 - the environment comes first
import django  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from chalandise.config.embedded import EmbeddedPostgresError  # noqa: E402
from chalandise.config.env import SettingError  # noqa: E402

try:
    django.setup()  # rooms' commands import models
except (SettingError, EmbeddedPostgresError) as error:
    click.secho(str(error), fg="red", err=True)
    sys.exit(1)

from typing_extensions import override  # noqa: E402

from chalandise.config.click_words import translate_click, translate_help  # noqa: E402
from chalandise.config.mishaps import said_of  # noqa: E402

logger = logging.getLogger(__name__)

COMMANDS = {
    "serve": "chalandise.config.commands.running.serve",
    "worker": "chalandise.config.commands.running.worker",
    "demo": "chalandise.config.commands.demo.demo",
    "migrate": "chalandise.config.commands.deployment.migrate",
    "doctor": "chalandise.config.commands.deployment.doctor",
    "portals": "chalandise.config.commands.portals.portals",
    "events": "chalandise.config.commands.events.events",
    "photos": "chalandise.config.commands.photos.photos",
    "territories": "chalandise.config.commands.territories.territories",
    "search": "chalandise.discovery.cli.search",
    "directory": "chalandise.federation.cli.directory",
    "settlements": "chalandise.settlements.cli.settlements",
}


class Commands(click.Group):
    """Brings the command that was asked for and none of the others: a server carries no demo."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, as help shows them."""
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or none of that name."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        command: click.Command = import_string(where)
        translate_help(command)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chalandise")
def main() -> None:
    """Chalandise: a territory's own place to find and buy from the shops nearby."""


def run() -> None:
    """Run the command line; an error a person can mend is one sentence and exit code 1."""
    translate_click()
    translate_help(main)
    try:
        main(standalone_mode=True)
    except Exception as error:
        said = said_of(error)
        if said is None:
            raise
        logger.debug("the whole error", exc_info=error)
        click.secho(said, fg="red", err=True)
        sys.exit(1)
