"""The hashes of the journal of sales. Pure: from the fields of a row to its seal."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalandise.settlements.models import SalesClosure, SalesRecord


def hash_of_record(record: SalesRecord) -> str:
    """Return the hash of all that a record says and of the record before it."""
    return _hash(parts_of_record(record))


def hash_of_closure(closure: SalesClosure) -> str:
    """Return the hash of all that a closure says and of the closure before it."""
    return _hash(parts_of_closure(closure))


def parts_of_record(record: SalesRecord) -> list[object]:
    """Return what a record says, in the order in which it is hashed."""
    return [
        "record-1",
        record.organisation_id,
        record.number,
        record.kind,
        record.source,
        record.reference,
        record.paid_by,
        _instant(record.happened_at),
        record.happened_on.isoformat(),
        _instant(record.recorded_at),
        record.recorded_on.isoformat(),
        record.gross_cents,
        record.commission_cents,
        record.commission_bp,
        record.taxes,
        # Sales to consumers are hashed as they always were: seals of earlier releases still hold.
        *(["to_business"] if record.is_to_business else []),
        record.previous_hash,
    ]


def parts_of_closure(closure: SalesClosure) -> list[object]:
    """Return what a closure says, in the order in which it is hashed."""
    return [
        "closure-1",
        closure.organisation_id,
        closure.number,
        closure.period,
        closure.starts_on.isoformat(),
        closure.ends_on.isoformat(),
        closure.first_number,
        closure.last_number,
        closure.last_hash,
        closure.gross_cents,
        closure.perpetual_cents,
        closure.taxes,
        _instant(closure.closed_at),
        closure.previous_hash,
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _hash(parts: list[object]) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
