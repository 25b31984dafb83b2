"""Where the demonstration may open, and what it may erase: its own, never an operator's portal."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from tests.architecture.building import ROOT
from tests.cast import Cast
from tests.factories import territories

from chalandise.config.commands import demo as command
from chalandise.config.demo import marks, seed
from chalandise.config.demo.marks import Found, NoPlaceForDemoError, find_out
from chalandise.config.demo.turn import take_turn
from chalandise.journal.actions import record
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.portals.actions import open_portal
from chalandise.portals.models import Portal

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _portal(slug: str, *, by: Actor) -> Portal:
    return open_portal("Achat Lot", slug=slug, scope=[territories.lot()], by=by, at=NOW)


def _open_half(**_: object) -> seed.DemoPortal:
    """Open the demonstration up to somewhere, and be interrupted."""
    _portal("lot", by=marks.BY)
    raise KeyboardInterrupt


def _open_whole(**_: object) -> seed.DemoPortal:
    return seed.DemoPortal(_portal("lot", by=marks.BY), 0, is_new=True)


def _open() -> seed.DemoPortal:
    return seed.open_demo(at=NOW, tell=lambda text: None)


# -- in whose database --------------------------------------------------------------------------


def test_nothing_is_written_beside_the_portal_of_an_operator(cast: Cast) -> None:
    entries, portals = Entry.objects.count(), Portal.objects.count()
    assert find_out() is Found.SOMETHING_ELSE
    with pytest.raises(NoPlaceForDemoError) as caught:
        _open()
    assert caught.value.found is Found.SOMETHING_ELSE
    assert (Entry.objects.count(), Portal.objects.count()) == (entries, portals)


def test_an_operators_own_portal_called_lot_is_no_demonstration() -> None:
    _portal("lot", by=Actor.system("portals open"))
    with pytest.raises(NoPlaceForDemoError):
        _open()


def test_an_operator_who_has_only_loaded_territories_is_left_alone_too() -> None:
    record("territories", "loaded", by=Actor.system("territories load"), at=NOW)
    with pytest.raises(NoPlaceForDemoError):
        _open()


@pytest.fixture
def place(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the command, in a terminal where the operator's database is named."""
    settings.VAR_DIR = tmp_path
    for name in ("CHALANDISE_VAR", "DATABASE_URL", "PORT", "CHALANDISE_PUBLIC_URL"):
        monkeypatch.setenv(name, os.environ.get(name, "8000"))

    def touched(*_: object) -> None:
        raise AssertionError("a database was stopped or erased")

    monkeypatch.setattr(command, "stop_server", touched)
    monkeypatch.setattr(command, "erase", touched)
    return tmp_path


def test_the_command_says_what_happened_what_is_safe_and_what_to_do(
    cast: Cast, place: Path
) -> None:
    said = CliRunner().invoke(command.demo, ["--prepare-only"])
    assert said.exit_code == 1
    assert "autre chose que la démonstration" in said.output
    assert "rien n’y a été écrit" in said.output
    assert "env -u CHALANDISE_VAR -u DATABASE_URL make demo" in said.output
    assert list(place.iterdir()) == []  # not even the lock, which lets `demo-reset` erase


# -- interrupted --------------------------------------------------------------------------------


def test_an_interrupted_opening_is_not_taken_for_a_whole_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert find_out() is Found.NOTHING
    monkeypatch.setattr(seed, "_open_all", _open_half)
    with pytest.raises(KeyboardInterrupt):
        _open()
    assert Portal.objects.filter(slug="lot").exists()
    assert find_out() is Found.HALF
    with pytest.raises(NoPlaceForDemoError):
        _open()


def test_a_whole_demonstration_goes_on_whatever_was_done_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seed, "_open_all", _open_whole)
    first = _open()
    assert find_out() is Found.WHOLE
    Portal.objects.filter(pk=first.portal.pk).update(slug="le-lot-a-moi")
    _portal("a-moi", by=Actor.system("portals open"))
    again = _open()
    assert (again.portal, again.is_new) == (first.portal, False)


def test_half_a_demonstration_that_an_operator_built_upon_is_not_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seed, "_open_all", _open_half)
    with pytest.raises(KeyboardInterrupt):
        _open()
    _portal("a-moi", by=Actor.system("portals open"))
    assert find_out() is Found.SOMETHING_ELSE


def test_beginning_anew_forgets_the_database_and_keeps_the_pictures(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    _fill(tmp_path, "postgres/base", ".postgres.0a1b2c3d/base", "media/mine.jpg", "demo.lock")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(command.connection, "close", lambda: None)
    started: list[Path] = []
    monkeypatch.setattr(command, "ensure_server", started.append)
    command._begin_anew()
    assert _left(tmp_path) == {"media/mine.jpg", "demo.lock"}
    assert started == [tmp_path / "postgres"]


def test_a_database_that_somebody_named_is_theirs_to_empty(place: Path) -> None:
    with pytest.raises(click.ClickException, match="videz cette base"):
        command._begin_anew()


# -- erased -------------------------------------------------------------------------------------

DEMO = (
    "postgres/base",
    "index/segment",
    "media/photo.jpg",
    "private/invoices/1.pdf",
    "imports/list.csv",
    "static/web.css",
)
OTHERS = (
    "mine/postgres/base",
    "mine/media/photo.jpg",
    "postgres-test/base",
    "tests/x",
    "notes.txt",
)


def _fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def _left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {
        ".postgres.lock"
    }


def _erase(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if k not in {"CHALANDISE_VAR", "DATABASE_URL"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "erase_demo.py"), str(folder)],
        env=own | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_reset_erases_what_the_demo_wrote_and_nothing_else(tmp_path: Path) -> None:
    _fill(tmp_path, *DEMO, *OTHERS, "demo.lock")
    (tmp_path / "elsewhere").mkdir()
    done = _erase(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert _left(tmp_path) == {*OTHERS, "demo.lock"}


@pytest.mark.parametrize("name", ["CHALANDISE_VAR", "DATABASE_URL"])
def test_a_reset_in_the_operators_terminal_erases_nothing(tmp_path: Path, name: str) -> None:
    _fill(tmp_path, *DEMO, "demo.lock")
    refused = _erase(tmp_path, **{name: str(tmp_path / "mine")})
    assert refused.returncode == 1
    assert f"Nothing was erased. {name} is set" in refused.stderr
    assert _left(tmp_path) == {*DEMO, "demo.lock"}


def test_a_reset_where_no_demo_ever_ran_erases_nothing(tmp_path: Path) -> None:
    _fill(tmp_path, *DEMO)
    refused = _erase(tmp_path)
    assert (refused.returncode, _left(tmp_path)) == (1, set(DEMO))


def test_a_running_demo_is_not_erased(tmp_path: Path) -> None:
    _fill(tmp_path, *DEMO)
    with take_turn(tmp_path, 8123):
        refused = _erase(tmp_path)
    assert f"(process {os.getpid()})" in refused.stderr
    assert (refused.returncode, _left(tmp_path)) == (1, {*DEMO, "demo.lock"})


def test_make_demo_reset_erases_by_that_script_alone() -> None:
    typed = subprocess.run(
        ["make", "-n", "-o", "install", "demo-reset"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "scripts/erase_demo.py var\n" in typed
    assert "rm " not in typed
