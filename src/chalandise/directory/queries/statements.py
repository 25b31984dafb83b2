"""Statements that the ORM writes once, for the reads that pages make most.

For a short query the ORM takes longer to write the SQL, and to build objects with every column of
every table it joins, than PostgreSQL takes to answer; and PostgreSQL takes longer to read and to
plan it than to run it. A statement keeps the SQL, gives tuples, and is prepared: each connection
reads and plans it once. `CHALANDISE_DATABASE_PREPARE` turns that off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

ANY_ID = -1
"""Stands for the ids in rows filtered by ``pk__in=[ANY_ID]``."""
ANY_TEXT = "\x1a"
"""Stands for the text in rows filtered by a column equal to it."""

_ONE_OF = '"id" IN (%s)'


@dataclass(frozen=True)
class Statement:
    """SQL with a place for what is asked."""

    sql: str
    parameters: tuple[Any, ...]
    place: object

    @classmethod
    def by_ids(cls, rows: QuerySet[Any, Any]) -> Statement:
        """Take the statement of ``rows``, which name the ids as `ANY_ID`."""
        sql, parameters = rows.query.sql_with_params()
        before, found, after = sql.partition(_ONE_OF)
        if not found or parameters.count(ANY_ID) != 1:
            raise ValueError(f"the place of the ids cannot be told: {sql}")
        return cls(f'{before}"id" = ANY(%s){after}', parameters, ANY_ID)

    @classmethod
    def by_text(cls, rows: QuerySet[Any, Any]) -> Statement:
        """Take the statement of ``rows``, which name the text as `ANY_TEXT`."""
        sql, parameters = rows.query.sql_with_params()
        if parameters.count(ANY_TEXT) != 1:
            raise ValueError(f"the place of the text cannot be told: {sql}")
        return cls(sql, parameters, ANY_TEXT)

    @cached_property
    def _numbered(self) -> str:
        """The statement as PostgreSQL reads it, its places numbered from $1."""
        pieces = self.sql.replace("%%", "\0").split("%s")
        ranks = range(1, len(pieces))
        places = [f"${rank}{piece}" for rank, piece in zip(ranks, pieces[1:], strict=True)]
        return "".join((pieces[0], *places)).replace("\0", "%")

    def rows(self, asked: Iterable[int] | str) -> list[tuple[Any, ...]]:
        """Return the rows of some ids, or of a text; one query."""
        value = asked if isinstance(asked, str) else list(asked)
        return ask(self._numbered, [value if one == self.place else one for one in self.parameters])


def ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement whose places are numbered from ``$1``, kept ready."""
    # Only our own backend knows them: `config.postgres`.
    with connection.numbered_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
