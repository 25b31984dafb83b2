"""Cardholders dispute a charge; the bank decides, and may go back on what it decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError
from chalandise.bank.models import BankCharge
from chalandise.bank.queries import get_charge, lock_charge


@transaction.atomic
def open_dispute(reference: str, *, at: datetime) -> None:
    """Take back for its holder what is left of a charge, for the first time or anew, and tell it.

    Raises:
        BankRefusalError: it is disputed already, or decided for the holder, or nothing is left.
    """
    charge = lock_charge(get_charge(reference).reference)
    if charge.left_cents <= 0:
        raise BankRefusalError("nothing_to_dispute", 409)
    if charge.is_disputed and charge.dispute_end != "won":
        raise BankRefusalError("disputed_already", 409)
    charge.disputed_cents = charge.left_cents
    charge.is_disputed, charge.dispute_end = True, ""
    charge.save(update_fields=["is_disputed", "dispute_end", "disputed_cents"])
    tell(charge, "charge.disputed", at=at, faults=set())


@transaction.atomic
def end_dispute(reference: str, *, is_won: bool, at: datetime) -> None:
    """Decide for the merchant or for the cardholder, once, and tell the news.

    Raises:
        BankRefusalError: nothing is disputed, or it was decided.
    """
    charge = lock_charge(get_charge(reference).reference)
    if not charge.is_disputed or charge.dispute_end:
        raise BankRefusalError("nothing_disputed", 409)
    _decide(charge, is_won=is_won, at=at)


@transaction.atomic
def reverse_dispute(reference: str, *, at: datetime) -> None:
    """Decide the other way than before: an appeal, or another proof.

    Raises:
        BankRefusalError: nothing was decided, or the merchant has given all of it back since.
    """
    charge = lock_charge(get_charge(reference).reference)
    was_won = charge.dispute_end == "won"
    if not charge.dispute_end or (was_won and charge.left_cents <= 0):
        raise BankRefusalError("nothing_decided", 409)
    if was_won:
        charge.disputed_cents = charge.left_cents
    _decide(charge, is_won=not was_won, at=at)


def _decide(charge: BankCharge, *, is_won: bool, at: datetime) -> None:
    charge.dispute_end = "won" if is_won else "lost"
    charge.save(update_fields=["dispute_end", "disputed_cents"])
    tell(charge, "charge.dispute_closed", at=at, faults=set())
