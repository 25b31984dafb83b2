"""Errors of the room.

ChalandiseError
└── OutsidePortalError   an establishment that the portal does not show
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class OutsidePortalError(ChalandiseError):
    """The establishment does not stand in the portal of the selection."""
