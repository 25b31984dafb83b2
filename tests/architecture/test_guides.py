"""What the guides say can be typed, opened and believed."""

import re
import shlex
from importlib import util
from pathlib import Path
from types import ModuleType

import click
import pytest
from tests.architecture.building import DOCS, PACKAGE, ROOT, rooms

from chalandise.config import cli

GUIDES = [
    ROOT / "README.md",
    ROOT / "LISEZMOI.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *sorted(DOCS.rglob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"^\s*\.venv/bin/chalandise ((?:.*\\\n)*.*)$", re.MULTILINE)


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("guide", GUIDES, ids=_named)
def test_links_lead_somewhere(guide: Path) -> None:
    dead = [link for link in LINK.findall(guide.read_text()) if not (guide.parent / link).exists()]
    assert not dead, f"{_named(guide)}: {dead}"


@pytest.mark.parametrize("guide", GUIDES, ids=_named)
def test_files_of_the_house_are_where_the_guides_say(guide: Path) -> None:
    rooms_of_it = [PACKAGE / guide.stem] if guide.parent.name == "rooms" else []
    places = [ROOT, PACKAGE.parent, PACKAGE, *rooms_of_it]
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", guide.read_text())
    lost = [name for name in named if not any((place / name).exists() for place in places)]
    assert not lost, f"{_named(guide)}: {lost}"


def test_the_changelog_says_each_thing_once() -> None:
    told = re.findall(r"^- (.{30})", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert [one for one in sorted(set(told)) if told.count(one) > 1] == []


def commands() -> list[str]:
    found = []
    for guide in GUIDES:
        for text in COMMAND.findall(guide.read_text()):
            whole = text.replace("\\\n", " ").partition(" #")[0].partition("&&")[0].strip()
            found.append(whole)
    return sorted(set(found))


def test_commands_are_found() -> None:
    assert len(commands()) > 8


@pytest.mark.parametrize("line", commands())
def test_commands_of_the_guides_exist(line: str) -> None:
    """Each is parsed by the program itself, down to its last option, and not run."""
    command: click.Command = cli.main
    words = shlex.split(line)
    while isinstance(command, click.Group):
        name = words.pop(0)
        inner = command.get_command(click.Context(command), name)
        assert inner is not None, f"{line}: no command {name!r}"
        command = inner
    for parameter in command.params:  # a guide may name files that the reader brings
        if isinstance(parameter.type, click.Path):
            parameter.type.exists, kept = False, parameter.type.exists
            try:
                command.make_context(command.name, list(words))
            finally:
                parameter.type.exists = kept
            return
    command.make_context(command.name, words)


@pytest.mark.parametrize("guide", ["README.md", "LISEZMOI.md"])
def test_make_targets_of_the_guides_exist(guide: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / guide).read_text(), re.MULTILINE))
    assert {"demo", "test", "check", "bench"} <= named
    assert named <= targets


def test_both_readmes_give_the_same_commands() -> None:
    def blocks(name: str) -> list[str]:
        text = (ROOT / name).read_text()
        lines = "\n".join(re.findall(r"```\n(.*?)```", text, re.DOTALL)).splitlines()
        return [line.partition("#")[0].strip() for line in lines]

    assert blocks("README.md") == blocks("LISEZMOI.md")


@pytest.mark.parametrize("guide", ["README.md", "LISEZMOI.md"])
def test_the_guides_keep_an_operators_portal_away_from_the_demos_folder(guide: str) -> None:
    folders = re.findall(r"CHALANDISE_VAR=\$PWD/(\S+)", (ROOT / guide).read_text())
    assert folders
    assert not [one for one in folders if one.split("/")[0] == "var"]  # `make clean` empties it
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {f"/{one}/" for one in folders} <= set(ignored)


def _script(name: str) -> ModuleType:
    spec = util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_floors_is_fresh() -> None:
    assert (DOCS / "floors.md").read_text() == _script("floors").write(), (
        "run .venv/bin/python scripts/floors.py"
    )


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text()
    pages = [path for path in DOCS.rglob("*.md") if path != DOCS / "README.md"]
    missing = [_named(path) for path in pages if f"({path.relative_to(DOCS)})" not in index]
    assert not missing
    assert all(f"(rooms/{room}.md)" in index for room in rooms())


def test_help_names_every_command_and_brings_it() -> None:
    outer = click.Context(cli.main)
    names = cli.main.list_commands(outer)
    assert {"serve", "worker", "demo", "migrate", "doctor"} <= set(names)
    for name in names:
        command = cli.main.get_command(outer, name)
        assert command is not None
        assert command.name == name
    assert cli.main.get_command(outer, "nonsense") is None
