"""The index anew: by command, and every night."""

from click.testing import CliRunner
from tests.cast import Cast

from chalandise.discovery import store
from chalandise.discovery.cli import search
from chalandise.discovery.criteria import Search
from chalandise.discovery.jobs import rebuild_every_night
from chalandise.discovery.queries import index_health
from chalandise.discovery.search import find_establishments


def test_the_command_says_how_many_it_indexed(cast: Cast) -> None:
    done = CliRunner().invoke(search, ["rebuild"])
    assert done.exit_code == 0
    assert done.stdout == "L’index de recherche contient 3 établissements.\n"
    assert index_health() == "ok"


def test_the_command_waits_for_no_other_rebuild(cast: Cast) -> None:
    with store.only_one("rebuild"):
        done = CliRunner().invoke(search, ["rebuild"])
    assert done.exit_code == 1
    assert "en train d’être refait" in done.output


def test_the_night_replaces_the_index(cast: Cast) -> None:
    rebuild_every_night(timestamp=0)
    first = store.live_build()
    rebuild_every_night(timestamp=0)
    assert store.live_build() not in ("", first)
    assert find_establishments(Search.on(cast.lot)).count == 2


def test_two_nights_at_once_are_one(cast: Cast) -> None:
    with store.only_one("rebuild"):
        rebuild_every_night(timestamp=0)
    assert store.live_build() == ""
