"""What Stripe’s library raises, said in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from chalandise.payments.errors import (
    ChargeDisputedError,
    FinalProviderError,
    LowBalanceError,
    ProviderDownError,
    ProviderError,
    ProviderGarbledError,
    ProviderSilentError,
)

LOW_BALANCE = {"balance_insufficient", "insufficient_funds"}
REFUSALS = dict.fromkeys(LOW_BALANCE, LowBalanceError) | {"charge_disputed": ChargeDisputedError}
IN_USE = {"idempotency_key_in_use", "lock_timeout"}


@contextmanager
def told() -> Iterator[None]:
    """Say in our words what the library raises."""
    try:
        yield
    except stripe.StripeError as error:
        raise _translated(error) from error
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise ProviderGarbledError(type(error).__name__) from error


def _translated(error: stripe.StripeError) -> ProviderError:
    code = str(error.code or "")
    match error:
        case stripe.APIConnectionError():
            # The library does not tell a refused connection from an answer that never came: only
            # the second may have done something, and assuming it costs no more than a look.
            return ProviderSilentError(type(error).__name__)
        case stripe.IdempotencyError():
            return FinalProviderError("key_used_for_something_else")
        case stripe.AuthenticationError() | stripe.PermissionError():
            return FinalProviderError("not_permitted")
        case stripe.RateLimitError():
            return ProviderDownError("rate")
        case stripe.APIError() if (error.http_status or 0) < 500:
            return ProviderGarbledError(str(error.http_status))
        case _ if (error.http_status or 0) >= 500:
            return ProviderDownError(str(error.http_status))
    if error.http_status == 409 or code in IN_USE:
        return ProviderDownError(code)
    return REFUSALS.get(code, FinalProviderError)(code or type(error).__name__)
