"""What many tests begin with is made by its factories once, and from then on from its rows.

The cast takes some forty statements, each of which Django builds anew: a fiftieth of a second before
nearly every test of the suite. Here they are watched the first time and said again as two: fresh keys
from the sequences, and the rows. What was drawn or read from the clock is drawn and read again.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, Field, Model
from django.utils import timezone
from tests.clock import moment
from typing_extensions import override

T = TypeVar("T")
Gap = tuple[str, int] | UUID | datetime  # a table and a key of it, something drawn, a moment

THEN = moment("2001-01-01 00:00")  # what is made the first time believes that it is then
SOON = timedelta(hours=1)
MARK = re.compile("\x01(.*?)\x01")


class Double(Generic[T]):
    """Something that tests begin with, and its copies.

    Args:
        make: makes it, of rows and of what holds them.
        but: whose rows are made the first time only, such as what the journal tells of it.
    """

    def __init__(self, make: Callable[[], T], *, but: type[Model] | None = None) -> None:
        self._make = make
        self._but = but
        self._script: Script | None = None

    def again(self) -> T:
        """Make it; by its factories where its tables hold rows already, those of a country say."""
        self._script = self._script or written_down(self._make, self._but)
        moved = self._script.draw_keys() if self._script else None
        if self._script is None or moved is None:
            return self._make()
        made: T = self._script.play(moved)
        return made


@dataclass(frozen=True)
class Script:
    """How something is made again.

    Attributes:
        asking: tells whether its tables are empty, and draws as many keys for each as there were.
        last_keys: the last key of each table the first time, in the order in which they are drawn.
        writing: the statements that write the rows; every other piece is the name of a gap.
        gaps: what changes each time.
        pickled: what was made, and all the row objects of it.
    """

    asking: str
    last_keys: dict[str, int]
    writing: list[str]
    gaps: dict[str, Gap]
    pickled: bytes

    def draw_keys(self) -> dict[str, int] | None:
        """Draw keys; return by how much those of each table differ, None where it has rows."""
        with connection.cursor() as cursor:
            cursor.execute(self.asking)
            is_empty, *now = cursor.fetchone()
        if not is_empty:
            return None
        last = zip(self.last_keys.items(), now, strict=True)
        return {table: key - was for (table, was), key in last}

    def play(self, moved: Mapping[str, int]) -> Any:
        """Write the rows; return what they make."""
        fresh = self._fresh()
        said = {name: _said(gap, moved, fresh) for name, gap in self.gaps.items()}
        pieces = (said[piece] if place % 2 else piece for place, piece in enumerate(self.writing))
        with connection.cursor() as cursor:
            cursor.execute("".join(pieces))
        made, rows = Reader(self.pickled, fresh).load()
        for row in rows:
            for name, table in keys_of(type(row)).items():
                if row.__dict__.get(name) is not None:
                    row.__dict__[name] += moved[table]
        return made

    def _fresh(self) -> dict[str, UUID | datetime]:
        """Draw again, and read the clock again: what was made first is a little older."""
        now, gaps = timezone.now(), self.gaps.items()
        last = max((gap for _name, gap in gaps if isinstance(gap, datetime)), default=THEN)
        return {name: uuid4() for name, gap in gaps if isinstance(gap, UUID)} | {
            name: now - (last - gap) for name, gap in gaps if isinstance(gap, datetime)
        }


def _said(gap: Gap, moved: Mapping[str, int], fresh: Mapping[str, UUID | datetime]) -> str:
    return str(gap[1] + moved[gap[0]]) if isinstance(gap, tuple) else f"'{fresh[name_of(gap)]}'"


def written_down(make: Callable[[], object], but: type[Model] | None = None) -> Script | None:
    """Make something, take it back, and say how it was; None where it was there or its tables had rows."""
    with transaction.atomic():
        before = _counts()
        with time_machine.travel(THEN):
            pickled = pickled_with_rows(make())
        made = [table for table, count in _counts().items() if count != before[table]]
        made = [table for table in made if tables()[table] is not but]
        notes = Notes()
        for table in made:
            notes.read(table)
        transaction.set_rollback(True)
    if not made or any(before[table] for table in made):
        return None
    writing = MARK.split("".join(notes.statements))
    return Script(notes.asking(made), notes.last_keys, writing, notes.gaps, pickled)


@dataclass
class Notes:
    """Rows, as they are read."""

    statements: list[str] = field(default_factory=list)
    gaps: dict[str, Gap] = field(default_factory=dict)
    first_keys: dict[str, int] = field(default_factory=dict)
    last_keys: dict[str, int] = field(default_factory=dict)

    def read(self, table: str) -> None:
        """Read the rows of a table: what they hold, and how PostgreSQL writes it."""
        model = tables()[table]
        fields = [one for one in model._meta.local_concrete_fields if not one.generated]
        columns = [f'"{one.column}"' for one in fields]
        written = [f"quote_nullable({column}::text)" for column in columns]
        rows = _ask(f"SELECT {', '.join(columns + written)} FROM {table} ORDER BY ctid")  # noqa: S608 - ours
        told = [
            ", ".join(map(self._noted, fields, row[: len(fields)], row[len(fields) :]))
            for row in rows
        ]
        self.statements.append(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({'), ('.join(told)});\n"  # noqa: S608
        )
        if keys_of(model).get(model._meta.pk.attname) == table:
            own = [row[fields.index(model._meta.pk)] for row in rows]
            self.first_keys[table], self.last_keys[table] = min(own), max(own)

    def _noted(self, one: Field[Any, Any], value: object, text: str) -> str:
        table = keys_of(one.model).get(one.attname)
        gap: Gap | None = None
        if table is not None and isinstance(value, int):
            gap = (table, value)
        elif is_fresh(value):
            gap = value  # type: ignore[assignment] # it was drawn, or read from the clock
        if gap is None:
            return text
        self.gaps[name_of(gap)] = gap
        return f"\x01{name_of(gap)}\x01"

    def asking(self, made: list[str]) -> str:
        """Return the statement that tells whether tables are empty, and draws their keys."""
        asked = [f"NOT ({' OR '.join(f'EXISTS (SELECT FROM {table})' for table in made)})"]
        for table, last in self.last_keys.items():
            key = tables()[table]._meta.pk.column
            sequence = f"pg_get_serial_sequence('{table}', '{key}')"
            asked.append(
                f"setval({sequence}, nextval({sequence}) + {last - self.first_keys[table]})"
            )
        return f"SELECT {', '.join(asked)}"


class Writer(pickle.Pickler):
    """Pickles, but for what was drawn or read from the clock, and notes every row object."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.rows: dict[int, Model] = {}

    @override
    def persistent_id(self, thing: Any) -> str | None:
        if isinstance(thing, Model):
            self.rows[id(thing)] = thing
        return name_of(thing) if is_fresh(thing) else None


class Reader(pickle.Unpickler):
    """Puts what is fresh where something else was drawn or read from the clock."""

    def __init__(self, pickled: bytes, fresh: Mapping[str, UUID | datetime]) -> None:
        super().__init__(io.BytesIO(pickled))
        self.fresh = fresh

    @override
    def persistent_load(self, name: str) -> UUID | datetime:
        return self.fresh[name]


def pickled_with_rows(made: object) -> bytes:
    """Pickle something together with the list of all row objects that hang on it."""
    looking = Writer(io.BytesIO())
    looking.dump(made)
    file = io.BytesIO()
    Writer(file).dump((made, list(looking.rows.values())))
    return file.getvalue()


def is_fresh(thing: object) -> bool:
    """Tell whether something was drawn, or read from the clock, the first time."""
    if isinstance(thing, datetime):
        return thing.tzinfo is not None and THEN <= thing < THEN + SOON
    return isinstance(thing, UUID)


def name_of(gap: Gap) -> str:
    """Return what a gap is called in a script."""
    return f"{gap[0]} {gap[1]}" if isinstance(gap, tuple) else str(gap)


@cache
def tables() -> dict[str, type[Model]]:
    """Return the model of every table."""
    models = apps.get_models(include_auto_created=True)
    return {f'"{one._meta.db_table}"': one for one in models if not one._meta.proxy}


@cache
def keys_of(model: type[Model]) -> dict[str, str]:
    """Return the fields that hold a key drawn from a sequence, and the table whose key it is."""
    found = {}
    for one in model._meta.local_concrete_fields:
        drawn = one
        while drawn.remote_field is not None:
            drawn = drawn.target_field
        if isinstance(drawn, AutoField):
            found[one.attname] = f'"{drawn.model._meta.db_table}"'
    return found


def _counts() -> dict[str, int]:
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables())  # noqa: S608
    return dict(_ask(counts))


def _ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
