"""What a law of the market is: a statement that should find nothing, asked with its plan kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection

Given = Sequence[object] | Mapping[str, object] | None


@dataclass(frozen=True)
class Law:
    """What must never be found: pairs of a sentence and a statement that finds breaches of it."""

    breaches: tuple[tuple[str, str], ...]

    def __call__(self, given: Given = None) -> list[str]:
        """Return one sentence a breach."""
        return found(self.statement, given)

    def __add__(self, other: Law) -> Law:
        return Law(self.breaches + other.breaches)

    @cached_property
    def statement(self) -> str:
        """All the statements as one, so that one plan and one answer do for all."""
        return "\nUNION ALL\n".join(
            f"SELECT '{what}: ' || found::text FROM ({statement}) AS found"  # noqa: S608 - ours
            for what, statement in self.breaches
        )


def law(what: str, statement: str) -> Law:
    return Law(((what, statement),))


def found(statement: str, given: Given = None) -> list[str]:
    """Return the answers, one text a row."""
    return [str(row[0]) for row in ask(statement, given)]


def ask(statement: str, given: Given = None) -> list[tuple[Any, ...]]:
    """Ask with the plan kept: to plan these statements costs more than to find nothing."""
    connection.ensure_connection()
    held = connection.connection
    was, held.prepare_threshold = held.prepare_threshold, 0
    try:
        with psycopg.Cursor(held) as cursor:
            return cursor.execute(statement, given, prepare=True).fetchall()
    finally:
        held.prepare_threshold = was
