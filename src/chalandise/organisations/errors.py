"""Errors of the room.

ChalandiseError
├── AlreadyMemberError   this person acts for the organisation already
└── LastOwnerError       nobody would be left to look after the team
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class AlreadyMemberError(ChalandiseError):
    """The person acts for the organisation already."""


class LastOwnerError(ChalandiseError):
    """The organisation would be left without owner."""
