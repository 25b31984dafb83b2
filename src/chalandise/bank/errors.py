"""Errors of the bank, at its own counter.

ChalandiseError
├── SessionClosedError    the session was paid, left or has expired
├── CardNotReadableError  the number is no card number, or the card has expired
└── BankRefusalError      the bank's answer to a request it will never fulfil; carries a code
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError


class SessionClosedError(ChalandiseError):
    """The session was paid, left or has expired."""


class CardNotReadableError(ChalandiseError):
    """The number is no card number, or the card has expired.

    Attributes:
        field: ``number``, ``expiry`` or ``code``.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class BankRefusalError(ChalandiseError):
    """The bank will never do what was asked.

    Attributes:
        code: a stable word such as ``no_such_charge`` or ``insufficient_balance``.
        status: the HTTP status that goes with it.
    """

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
