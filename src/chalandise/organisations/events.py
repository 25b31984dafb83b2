"""Facts that organisations announce."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("organisations.colleague_invited")
@dataclass(frozen=True)
class ColleagueInvited:
    """A member asks somebody to join; the link leaves by e-mail, in the portal's name."""

    invitation_id: int
    portal_slug: str
