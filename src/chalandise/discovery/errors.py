"""Errors of finding.

ChalandiseError
└── SearchError            the question cannot be answered as it was asked
    ├── OutOfBoundsError   a value lies outside what is accepted; carries which
    ├── TooDeepError       the list was followed further than it goes; refine the question
    └── BadCursorError     the cursor is not one of ours, or belongs to another question
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class SearchError(ChalandiseError):
    """The question cannot be answered as it was asked."""


class OutOfBoundsError(SearchError):
    """A value lies outside what is accepted.

    Attributes:
        field: the criterion, as `Search` names it.
        accepted: what would have been accepted, for developers.
    """

    def __init__(self, field: str, accepted: str) -> None:
        super().__init__(f"{field}: {accepted}")
        self.field = field
        self.accepted = accepted


class TooDeepError(SearchError):
    """The list was followed further than it goes.

    Attributes:
        most: how many results may be read one after the other.
    """

    def __init__(self, most: int) -> None:
        super().__init__(f"only the first {most} results can be read")
        self.most = most


class BadCursorError(SearchError):
    """The cursor is not one of ours, or belongs to another question."""
