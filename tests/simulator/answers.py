"""What the laws were answered stands until a table that they ask has been written.

PostgreSQL counts by itself the rows of each table that were inserted, changed or removed, those of
what was rolled back too. Where no figure has moved the answer is as before, to the row; where one has,
the question is asked again, of every row. So each law holds after each step, and a step that puts
something into a cart does not have the ledger added up again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from tests.simulator.laws import Given, ask

_WRITES = ("inserted", "updated", "deleted")
_COUNTED = " + ".join(  # what is told to all, and what this connection has yet to tell
    f"pg_stat_get_{whose}tuples_{how}(oid)" for whose in ("", "xact_") for how in _WRITES
)
_COUNTS = f"""
    SELECT relname, {_COUNTED}, current_setting('track_counts')::boolean FROM pg_class
    WHERE oid = ANY(%s::regclass[])
    """  # noqa: S608 - names of ours


@dataclass
class Answers:
    """The last answers to some questions, and how much had been written by then.

    Attributes:
        asked: how often PostgreSQL was asked in all.
    """

    asked: int = 0
    _kept: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _tables: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Forget the answers of tables that were written since this was last called."""
        rows = ask(_COUNTS, [sorted(self._tables)])
        assert all(is_counted for *_row, is_counted in rows), "the server does not count writes"
        counts = {table: count for table, count, _is_counted in rows}
        written = {table for table, count in counts.items() if count != self._counts.get(table)}
        self._counts = counts
        for statement in [one for one in self._kept if tables_of(one) & written]:
            del self._kept[statement]

    def ask(self, statement: str, given: Given = None) -> list[tuple[Any, ...]]:
        """Return the answer, which is that of last time where nothing it rests on was written.

        Args:
            statement: the question, the same each time.
            given: from where on it is asked, at most: where nothing was written, nothing is new.
        """
        if statement not in self._kept:
            self.asked += 1
            self._tables |= tables_of(statement)
            self._kept[statement] = ask(statement, given)
        return self._kept[statement]


@cache
def tables_of(statement: str) -> frozenset[str]:
    """Return the tables that a statement names."""
    named = _all_tables() & set(re.findall(r"\w+", statement))
    assert named, statement
    return frozenset(named)


@cache
def _all_tables() -> frozenset[str]:
    return frozenset(connection.introspection.django_table_names(only_existing=True))
