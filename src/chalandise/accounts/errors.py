"""Errors of the room.

ChalandiseError
└── AddressTakenError   another person already signs in with this address
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class AddressTakenError(ChalandiseError):
    """Another person already signs in with this address."""
