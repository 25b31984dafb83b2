"""One account or one payment in trouble keeps nobody else's from being watched.

The jobs go through everybody's accounts, payments and refunds. What cannot be done for one of them (its
provider is not configured any more, refuses for good, or says what the database cannot keep) is for a
person, who finds it in the queue once; what the provider cannot say just now is asked again by itself.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DataError, IntegrityError

from chalandise.kernel.errors import ChalandiseError
from chalandise.payments.actions.discrepancies import find_fault, find_unwatched_account
from chalandise.payments.errors import FinalProviderError, RetryableProviderError
from chalandise.payments.models import MerchantAccount, Payment, Visit
from chalandise.payments.queries import OPEN_STATES
from chalandise.payments.states import DiscrepancyKind

logger = logging.getLogger(__name__)

TROUBLES = (ChalandiseError, IntegrityError, DataError)
LONGEST_CODE = 60


def note_trouble(
    error: Exception, about: MerchantAccount | Payment | Visit, *, at: datetime
) -> None:
    """Log what went wrong with one, and have a person look where asking again changes nothing."""
    logger.warning("payments: %s: %s: %s", about, type(error).__name__, error)
    if isinstance(error, RetryableProviderError):
        return
    detail = {"code": code_of(error)}
    if isinstance(about, MerchantAccount):
        find_unwatched_account(about, detail=detail, at=at)
        return
    open_ones = (
        about.payments.filter(state__in=OPEN_STATES) if isinstance(about, Visit) else [about]
    )
    for payment in open_ones:
        find_fault(payment, DiscrepancyKind.UNWATCHED, detail=detail, at=at)


def code_of(error: Exception) -> str:
    """Return a stable word for what went wrong: the provider's own where it gave one."""
    code = error.code if isinstance(error, FinalProviderError) else type(error).__name__
    return code[:LONGEST_CODE]
