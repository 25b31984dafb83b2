"""Money taken at the counter, noted at hand-over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.locking import lock_part
from chalandise.payments.actions.settling import place_paid_at_counter
from chalandise.payments.errors import CashAboveLimitError, NothingToPayError
from chalandise.payments.models import Payment
from chalandise.payments.providers.register import ON_COLLECTION
from chalandise.payments.queries import CASH_LIMIT_CENTS, due_cents, paid_cents
from chalandise.payments.states import Means, PaymentState


@transaction.atomic
def note_paid_at_counter(
    merchant_order: MerchantOrder,
    *,
    means: Means,
    by: Actor,
    at: datetime,
    lives_abroad: bool = False,
) -> Payment:
    """Note that the customer paid at the counter what the merchant order still costs.

    Noted twice, the first payment is returned: a tap that is sent again takes no money.

    Args:
        merchant_order: what was paid.
        means: cash or card.
        by: who took the money.
        at: when.
        lives_abroad: the customer is not tax resident in France, so the limit on cash is higher.

    Raises:
        CashAboveLimitError: too much for cash (CMF, art. D112-3).
        NothingToPayError: nothing is left to pay.
        StaleStateError: the merchant order was cancelled or declined meanwhile.
    """
    part = lock_part(merchant_order.pk)
    noted = part.payments.filter(provider=ON_COLLECTION).order_by("-pk").first()
    left = due_cents(part) - paid_cents(part)
    if left <= 0:
        if noted is not None:
            return noted
        raise NothingToPayError
    limit = CASH_LIMIT_CENTS * (10 if lives_abroad else 1)
    if means == Means.CASH and left > limit:
        raise CashAboveLimitError(limit)
    payment = Payment.objects.create(
        merchant_order=part,
        provider=ON_COLLECTION,
        means=means,
        amount_cents=left,
        captured_cents=left,
        state=PaymentState.CAPTURED,
        created_at=at,
        captured_at=at,
    )
    record(payment, "noted_at_counter", by=by, at=at, detail={"means": means, "cents": left})
    place_paid_at_counter(payment, at=at)
    return payment
