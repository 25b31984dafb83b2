"""What PostgreSQL writes as JSON is read as the library reads it."""

from __future__ import annotations

import json

import pytest
from psycopg.adapt import Transformer
from psycopg.postgres import types

from chalandise.config.postgres.values import KnownJsonLoader


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"a": [1, 2.5, null, true, {"b": "é « » 😀 \\u00e9"}]}',
        ' {"a": 1}',
        '{"a": 1}\n',
        '"words"',
        "12",
        "-0.5",
        "null",
        "true",
    ],
)
def test_json_is_read_as_the_library_reads_it(text: str) -> None:
    loader = KnownJsonLoader(types["json"].oid, Transformer())
    assert loader.load(text.encode()) == json.loads(text)
    assert loader.load(memoryview(text.encode())) == json.loads(text)


@pytest.mark.parametrize("text", ['{"a": 1} x', "[1, 2", "{", "word", ""])
def test_what_is_no_json_is_refused(text: str) -> None:
    loader = KnownJsonLoader(types["json"].oid, Transformer())
    with pytest.raises(json.JSONDecodeError):
        loader.load(text.encode())
