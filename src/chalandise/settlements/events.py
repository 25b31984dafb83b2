"""Facts that settlements announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("settlements.document_issued")
@dataclass(frozen=True)
class DocumentIssued:
    """An invoice or a credit note was numbered; ``kind`` says which."""

    invoice_id: int
    kind: str
