"""Values on their way to PostgreSQL and back, written and read quicker than by psycopg's own means.

Statements of a checkout carry a dozen lists of keys and bring back as many moments: psycopg asks each
item of a list for its type, and takes a moment apart with a regular expression. Each row brings small
pieces of JSON along, whose encoding `json.loads` finds out anew; PostgreSQL's is known.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.array import BaseListDumper, ListDumper
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.json import JsonLoader
from typing_extensions import override

_OIDS = {int: 1016, UUID: 2951}
"""The arrays, ``bigint[]`` and ``uuid[]``, that lists of one kind become."""


class FlatListDumper(ListDumper):
    """Writes lists of numbers and of UUIDs in one go; others are left to psycopg.

    Numbers are ``bigint[]`` whatever their size, so that a statement is prepared once.
    """

    @override
    def get_key(self, obj: list[Any], format: Any) -> Any:
        if self.oid:
            return self.cls
        kind = _kind_of(obj)
        return (self.cls, kind) if kind in _OIDS else super().get_key(obj, format)

    @override
    def upgrade(self, obj: list[Any], format: Any) -> BaseListDumper:
        kind = _kind_of(obj)
        if self.oid or kind not in _OIDS:
            return super().upgrade(obj, format)
        flat = _Flat(self.cls, self._tx)
        flat.oid = _OIDS[kind]
        return flat


class _Flat(ListDumper):
    @override
    def dump(self, obj: list[Any]) -> bytes:
        return f"{{{','.join(map(str, obj))}}}".encode()


def _kind_of(items: list[Any]) -> type | None:
    """Return the one type of all items, none where there are several or no items."""
    kinds = set(map(type, items))
    return kinds.pop() if len(kinds) == 1 else None


class UTCLoader(TimestamptzLoader):
    """Reads moments of a connection whose clock is UTC, as Django wants them."""

    @override
    def load(self, data: Any) -> datetime:
        text = bytes(data).decode()
        if not text.endswith("+00"):
            return super().load(data)
        try:
            return datetime.fromisoformat(text)
        except ValueError:  # before or after what Python can tell: psycopg says so
            return super().load(data)


_OPENINGS = {"{", "[", '"'}
_read = json.JSONDecoder().raw_decode


class KnownJsonLoader(JsonLoader):
    """Reads JSON in the encoding of all our connections, UTF-8."""

    @override
    def load(self, data: Any) -> Any:
        text = str(data, "utf-8")
        found, end = _read(text) if text[:1] in _OPENINGS else (None, -1)
        # Space before or after, numbers and words by themselves: rare, and the library's to read.
        return found if end == len(text) else json.loads(text)
