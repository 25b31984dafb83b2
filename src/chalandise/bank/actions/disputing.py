"""Deciding what a cardholder disputes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.queries import get_charge, lock_charge


@transaction.atomic
def end_dispute(reference: str, *, is_won: bool, at: datetime) -> None:
    """Decide for the merchant or for the cardholder, once, and tell the news.

    Raises:
        BankRefusalError: nothing is disputed, or it was decided.
    """
    charge = lock_charge(get_charge(reference).reference)
    if not charge.is_disputed or charge.dispute_end:
        raise BankRefusalError("nothing_disputed", 409)
    charge.dispute_end = "won" if is_won else "lost"
    charge.save(update_fields=["dispute_end"])
    tell(charge, "charge.dispute_closed", at=at, faults=set())
