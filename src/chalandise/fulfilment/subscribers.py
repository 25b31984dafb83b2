"""What follows from events of lower rooms."""

from __future__ import annotations

from django.utils import timezone

from chalandise.fulfilment.actions.steps import follow_order
from chalandise.journal.events import subscribes
from chalandise.ordering.events import MerchantOrderMoved
from chalandise.ordering.states import MerchantOrderState

NEVER_STOOD = {MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.EXPIRED}


@subscribes("ordering.merchant_order_moved")
def follow(event: MerchantOrderMoved) -> None:
    """Keep the fulfilment in step with its merchant order; twice changes nothing."""
    if event.state not in NEVER_STOOD:
        follow_order(event.merchant_order_id, at=timezone.now())
