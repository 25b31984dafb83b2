"""Errors of the room.

ChalandiseError
└── UnknownTemplateError   no e-mail is written under this name
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class UnknownTemplateError(ChalandiseError):
    """No e-mail is written under this name."""
