"""Root of the errors that a person may meet.

ChalandiseError
├── NotFoundError      absent, or not for this actor: never told apart
├── NotAllowedError    the actor is known and may not do this
├── StaleStateError    somebody else moved the object first
└── RateLimitedError   too many attempts; carries when to try again
"""

from __future__ import annotations


class ChalandiseError(Exception):
    """Something went wrong that a person can be told about."""


class NotFoundError(ChalandiseError):
    """The object does not exist for this actor: absent and forbidden read the same."""


class NotAllowedError(ChalandiseError):
    """The actor may see the object and may not do this to it."""


class StaleStateError(ChalandiseError):
    """The object was no longer in a state from which this step starts.

    Attributes:
        label: the object, as the journal names it.
        target: the state that was asked for.
    """

    def __init__(self, label: str, target: str) -> None:
        super().__init__(f"{label} can no longer become {target}")
        self.label = label
        self.target = target


class RateLimitedError(ChalandiseError):
    """Too many attempts in too short a time.

    Attributes:
        retry_after_seconds: how long to wait before trying again.
    """

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds
