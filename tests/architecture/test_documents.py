"""What the documentation promises to cover, it covers."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.db import models
from tests.architecture.building import DOCS, PACKAGE, modules, room_of, rooms, shown

from chalandise.journal import events
from chalandise.kernel.transitions import Transitions

READERS = {"text", "flag", "number", "words", "folder"}


def settings_read() -> dict[str, str]:
    """Every environment variable that our code reads, and where."""
    found: dict[str, str] = {}
    for path in modules():
        for name in _variables(ast.parse(path.read_text())):
            found.setdefault(name, shown(path))
    return found


def _variables(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            reads = owner == "env" and node.func.attr in READERS
            reads |= owner == "os.environ" and node.func.attr in {"get", "setdefault"}
            reads |= owner == "os" and node.func.attr == "getenv"
            first = node.args[0] if reads and node.args else None
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            first = node.slice
        else:
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def state_rooms() -> list[str]:
    return [room for room in rooms() if (PACKAGE / room / "states.py").exists()]


def registered_events() -> list[str]:
    """The names of all events, once every room has registered its own."""
    for room in rooms():
        if (PACKAGE / room / "events.py").exists() or (PACKAGE / room / "events").is_dir():
            import_module(f"chalandise.{room}.events")
    return events.names()


def test_settings_are_found() -> None:
    assert {"DATABASE_URL", "PORT"} <= set(settings_read())


@pytest.mark.parametrize("room", rooms())
def test_every_room_has_a_page(room: str) -> None:
    page = DOCS / "rooms" / f"{room}.md"
    assert page.exists(), f"write docs/rooms/{room}.md: what the room does, its words, its rules"
    assert len(page.read_text().split()) >= 40, f"docs/rooms/{room}.md says too little"


def test_every_page_has_a_room() -> None:
    assert {path.stem for path in (DOCS / "rooms").glob("*.md")} <= set(rooms())


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (DOCS / "settings.md").read_text()))
    ours = {name: path for name, path in settings_read().items() if name not in {"PATH", "HOME"}}
    unexplained = {name: path for name, path in ours.items() if name not in explained}
    assert not unexplained, f"add to docs/settings.md: {unexplained}"


def test_no_explained_setting_is_gone() -> None:
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE)
    assert rows
    assert not set(rows) - set(settings_read())


def test_every_event_is_explained_in_its_room() -> None:
    missing = []
    names = registered_events()
    for name in names:
        room = room_of(events.class_of(name).__module__)
        page = DOCS / "rooms" / f"{room}.md"
        if not page.exists() or f"`{name}`" not in page.read_text():
            missing.append(f"`{name}` in docs/rooms/{room}.md")
    assert names
    assert not missing, missing


def test_every_subscriber_hears_an_event_that_exists() -> None:
    assert not set(events._subscribers) - set(registered_events())


@pytest.mark.parametrize("room", state_rooms())
def test_every_transition_table_has_every_state(room: str) -> None:
    things = list(vars(import_module(f"chalandise.{room}.states")).values())
    tables = [thing for thing in things if isinstance(thing, Transitions)]
    choices = [
        frozenset(thing.values)
        for thing in things
        if isinstance(thing, type) and issubclass(thing, models.TextChoices) and thing.__members__
    ]
    for table in tables:
        states = frozenset(str(state) for state in table)
        assert states in choices, f"{room}: a table covers {sorted(states)}, which no choices are"


def test_every_field_named_state_moves_by_a_table() -> None:
    """A state that no table governs would be written by hand somewhere."""
    lawless = []
    for model in apps.get_models():
        room = room_of(model.__module__)
        if room is None:
            continue
        things = vars(import_module(f"chalandise.{room}.states")) if room in state_rooms() else {}
        known = [frozenset(map(str, t)) for t in things.values() if isinstance(t, Transitions)]
        for field in model._meta.get_fields():
            if getattr(field, "name", "") not in {"state", "status"} or not field.concrete:
                continue
            values = frozenset(str(value) for value, _label in field.choices or [])
            if values not in known:
                lawless.append(f"{room}.{model.__name__}.{field.name}: {sorted(values)}")
    assert not lawless, lawless
