"""Reactions to events of lower rooms, and the wire of the simulated bank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from chalandise.bank.wire import plug_in
from chalandise.journal.events import subscribes
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.actions.withdrawing import note_refunded
from chalandise.ordering.events import RefundDue
from chalandise.payments.actions.inbox import receive_event
from chalandise.payments.actions.refunding import Cause, refund_merchant_order
from chalandise.payments.causes import cause_of, key_again
from chalandise.payments.errors import EventNotGenuineError, RetryableProviderError
from chalandise.payments.events import RefundDone
from chalandise.payments.models import Refund
from chalandise.payments.providers.simulated import SimulatedBank
from chalandise.payments.states import RefundState


@subscribes("ordering.refund_due")
def give_back(event: RefundDue) -> None:
    """Give back what ordering says is due, once for each cause."""
    refund_merchant_order(
        event.merchant_order_id,
        amount_cents=event.amount_cents,
        cause=Cause(event.key, event.reason, event.lines),
        by=Actor.system("ordering"),
        at=timezone.now(),
    )


@subscribes("payments.refund_done")
def close_cause(event: RefundDone) -> None:
    """Tell ordering that a withdrawal is paid back, once every payment gave its part.

    What was refused and promised again is paid back by the second.
    """
    key = Refund.objects.filter(pk=event.refund_id).values_list("key", flat=True).first() or ""
    cause = cause_of(key)
    refunds = list(Refund.objects.filter(Q(key=cause) | Q(key__startswith=f"{cause}:")))
    keys = {one.key for one in refunds}
    missing = [one for one in refunds if one.state != RefundState.DONE]
    if all(one.state == RefundState.REFUSED and key_again(one) in keys for one in missing):
        note_refunded(cause, at=timezone.now())


def hear_bank(headers: Mapping[str, str], body: bytes, at: datetime) -> int:
    """Take an event of the simulated bank as the page for events would; return an HTTP status."""
    try:
        receive_event(SimulatedBank.key, headers, body, at=at)
    except EventNotGenuineError:
        return 400
    except NotFoundError:
        return 404
    except RetryableProviderError:
        return 503
    return 200


plug_in(hear_bank)
