"""What may have gone back although no book of ours says so: looked into before more is promised or asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalandise.payments.errors import ChargeDisputedError, FinalProviderError, LowBalanceError
from chalandise.payments.models import ProviderCall, Refund
from chalandise.payments.ports import ProviderRefund, RefundFound

KEYS_HELD = timedelta(hours=23)  # Stripe forgets a key after a day, and then does the thing again
_REFUSALS = (FinalProviderError, LowBalanceError, ChargeDisputedError)
_REFUSED = tuple(f"{one.__name__}:" for one in _REFUSALS)


def call_key(refund: Refund) -> str:
    """Return the key under which the provider is asked: the same until it has refused for a while.

    A refusal for lack of balance is an answer that the provider keeps: the next attempt is another
    operation, numbered in the row, and so outlives a crash.
    """
    return f"refund:{refund.public_id}:{refund.attempts}"


def may_be_forgotten(refund: Refund, *, at: datetime) -> bool:
    """Tell whether the provider was asked so long ago, unheard, that it may no longer know the key."""
    asked = ProviderCall.objects.filter(pk=call_key(refund), answer__isnull=True)
    return asked.filter(stored_at__lte=at - KEYS_HELD).exists()


def made_of(refund: Refund, listed: Iterable[ProviderRefund]) -> list[ProviderRefund]:
    """Return what the provider made of a refund, by our number of it; what failed gave nothing back."""
    mark = str(refund.public_id)
    return [one for one in listed if one.mark == mark and one.state is not RefundFound.REFUSED]


def is_any_under_way(refunds: Iterable[Refund]) -> bool:
    """Tell whether a provider may have given back one of these already: it was asked, and has not refused."""
    calls = ProviderCall.objects.filter(pk__in=[call_key(one) for one in refunds])
    return not all(_is_refused(one) for one in calls)


def _is_refused(call: ProviderCall) -> bool:
    if call.answer is not None:
        return bool(call.answer["state"] == RefundFound.REFUSED.value)
    return call.problem.startswith(_REFUSED)
