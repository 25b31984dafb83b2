"""Errors of the room.

ChalandiseError
├── ProviderError                  something happened between us and whoever takes the money
│   ├── RetryableProviderError     worth asking again, with the same key
│   │   ├── ProviderSilentError    no answer in time: the outcome is not known
│   │   ├── ProviderDownError      it says that it cannot now, or cannot be reached
│   │   ├── MarketBusyError        our own goods or slots are held by others for too long
│   │   └── ProviderGarbledError   its answer cannot be read: the outcome is not known
│   ├── FinalProviderError         asking again changes nothing; carries a code
│   │   ├── LowBalanceError        the merchant's balance does not cover a refund
│   │   └── ChargeDisputedError    the cardholder's bank holds the money
│   └── ProviderMissingError       who took the money is not configured here (any more)
├── EventNotGenuineError           an event without a good signature, too old or too early
├── KeyReusedError                 an idempotency key came back with another request
├── NoOnlinePaymentError           nobody takes money online here, or not for this merchant
├── NothingToPayError              every merchant order is paid, or can no longer be
├── SignInNotFreshError            the person must prove again who they are
├── RefundTooLargeError            more than is left of what was captured
├── CannotPutRightError            the remedy chosen does not fit what the provider says
└── CashAboveLimitError            more cash than the law allows
"""

from __future__ import annotations

from chalandise.kernel.errors import ChalandiseError, NotFoundError


class ProviderError(ChalandiseError):
    """Something happened between us and whoever takes the money."""


class RetryableProviderError(ProviderError):
    """Worth asking again, with the same key."""


class ProviderSilentError(RetryableProviderError):
    """No answer came in time: whether the thing was done is not known."""


class ProviderDownError(RetryableProviderError):
    """The provider says that it cannot now, or cannot be reached."""


class ProviderGarbledError(RetryableProviderError):
    """The answer cannot be read: whether the thing was done is not known."""


class MarketBusyError(RetryableProviderError):
    """Our own goods or slots are held by others for too long: nothing was settled, ask again."""


class FinalProviderError(ProviderError):
    """Asking again changes nothing.

    Attributes:
        code: the provider's word for it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LowBalanceError(FinalProviderError):
    """The merchant's balance at the provider does not cover a refund."""


class ChargeDisputedError(FinalProviderError):
    """The cardholder's bank holds this money: nothing of it is given back before it has decided."""


class ProviderMissingError(ProviderError, NotFoundError):
    """Who takes, or took, this money is not configured here: a person must set it, or decide."""


class EventNotGenuineError(ChalandiseError):
    """An event without a good signature, too old, too early or of the wrong world.

    Attributes:
        reason: ``signature``, ``age``, ``mode`` or ``shape``; for figures, never for the sender.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyReusedError(ChalandiseError):
    """An idempotency key came back with another request."""


class NoOnlinePaymentError(ChalandiseError):
    """Nobody takes money online here, or not for this merchant."""


class NothingToPayError(ChalandiseError):
    """Every merchant order is paid already, or can no longer be."""


class SignInNotFreshError(ChalandiseError):
    """The person must prove again who they are before touching where money goes."""


class RefundTooLargeError(ChalandiseError):
    """More than is left of what was captured.

    Attributes:
        asked_cents: what was asked.
        left_cents: what may still be given back.
    """

    def __init__(self, asked_cents: int, left_cents: int) -> None:
        super().__init__(f"{asked_cents} of {left_cents}")
        self.asked_cents = asked_cents
        self.left_cents = left_cents


class CannotPutRightError(ChalandiseError):
    """The remedy chosen does not fit what the provider says now."""


class CashAboveLimitError(ChalandiseError):
    """More cash than the law allows (Code monétaire et financier, art. D112-3: 1 000 €).

    Attributes:
        limit_cents: the most that may be paid in cash.
    """

    def __init__(self, limit_cents: int) -> None:
        super().__init__(str(limit_cents))
        self.limit_cents = limit_cents
