"""Facts that the directory announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("directory.establishments_changed")
@dataclass(frozen=True)
class EstablishmentsChanged:
    """Some establishments were made, changed, hidden or closed; the index reads them again."""

    establishment_ids: list[int]


@event("directory.owner_changed")
@dataclass(frozen=True)
class OwnerChanged:
    """A shop belongs to another organisation than before."""

    establishment_id: int


@event("directory.claim_requested")
@dataclass(frozen=True)
class ClaimRequested:
    """Somebody asked to look after a sheet; for the e-mail channel the code leaves at once."""

    claim_id: int
    portal_slug: str = ""


@event("directory.claim_accepted")
@dataclass(frozen=True)
class ClaimAccepted:
    """A person now looks after a sheet."""

    claim_id: int
    portal_slug: str = ""


@event("directory.stand_in_opened")
@dataclass(frozen=True)
class StandInOpened:
    """An agent sits down at a merchant's counter; the merchant is told at once."""

    stand_in_id: int


@event("directory.error_reported")
@dataclass(frozen=True)
class ErrorReported:
    """A visitor said that something is wrong."""

    report_id: int


@event("directory.reminder_due")
@dataclass(frozen=True)
class ReminderDue:
    """Nobody confirmed the hours of a sheet for a while: its people are asked."""

    establishment_id: int


@event("directory.error_report_handled")
@dataclass(frozen=True)
class ErrorReportHandled:
    """The operator corrected what was wrong, or found nothing wrong; who asked is answered."""

    report_id: int
    portal_slug: str


@event("directory.decision_taken")
@dataclass(frozen=True)
class DecisionTaken:
    """An operator decided about a sheet or a notice, and wrote down why."""

    decision_id: int


@event("directory.complaint_answered")
@dataclass(frozen=True)
class ComplaintAnswered:
    """Somebody who contested a decision has an answer."""

    decision_id: int
