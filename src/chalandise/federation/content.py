"""What a source record keeps: its facts and its row, as JSON, with a digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from chalandise.federation.readers.records import Facts, RawRecord

_NAMES = {one.name for one in fields(Facts)}
_TUPLES = ("other_phones", "services", "labels")


def pack(record: RawRecord) -> dict[str, Any]:
    """Return what is kept of a record: enough to make its establishment later."""
    facts = {
        name: value for name, value in asdict(record.facts).items() if value not in ("", None, ())
    }
    if record.facts.dated_on:
        facts["dated_on"] = record.facts.dated_on.isoformat()
    return {"facts": facts, "raw": dict(record.raw)}


def digest_of(content: dict[str, Any]) -> str:
    """Name a content by its facts; a row that differs only in columns nobody reads is the same."""
    facts = {name: value for name, value in content["facts"].items() if name != "dated_on"}
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def unpack(content: dict[str, Any]) -> Facts:
    """Return the facts of a kept content, whatever release kept them."""
    kept = {name: value for name, value in content.get("facts", {}).items() if name in _NAMES}
    for name in _TUPLES:
        kept[name] = tuple(kept.get(name, ()))
    kept["hours"] = tuple((purpose, text) for purpose, text in kept.get("hours", ()))
    if kept.get("dated_on"):
        kept["dated_on"] = date.fromisoformat(str(kept["dated_on"]))
    return Facts(**kept)
