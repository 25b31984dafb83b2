"""Facts that settlements announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("settlements.diligence_moved")
@dataclass(frozen=True)
class DiligenceMoved:
    """A seller was asked for data, reminded, held, or has given them."""

    organisation_id: int
    state: str


@event("settlements.year_told")
@dataclass(frozen=True)
class YearTold:
    """A seller's year is about to be declared to the tax office, and may be read by the seller."""

    organisation_id: int
    year: int


@event("settlements.threshold_neared")
@dataclass(frozen=True)
class ThresholdNeared:
    """A seller without VAT comes near to a threshold, or has passed it."""

    notice_id: int


@event("settlements.document_issued")
@dataclass(frozen=True)
class DocumentIssued:
    """An invoice or a credit note was numbered; ``kind`` says which."""

    invoice_id: int
    kind: str


@event("settlements.commission_announced")
@dataclass(frozen=True)
class CommissionAnnounced:
    """A higher commission will hold from a day on; merchants are told before."""

    change_id: int


@event("settlements.commission_withdrawn")
@dataclass(frozen=True)
class CommissionWithdrawn:
    """A higher commission that was announced will not hold."""

    change_id: int
