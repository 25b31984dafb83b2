"""Paying merchants out: what was captured more than a day ago, less what went back.

A merchant's own bank may send a payout back, days after it arrived.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.bank.models import BankPayout
from chalandise.bank.queries import accounts_to_pay_out, due_of, lock_account


def pay_out(*, at: datetime) -> list[str]:
    """Pay out every account whose day it is, once a day; return the numbers of those paid out.

    An account whose rhythm is ``manual`` keeps its money. What went back after it was paid out is
    taken off the next payout.
    """
    return [number for number in accounts_to_pay_out(at=at) if _pay(number, at=at)]


@transaction.atomic
def _pay(reference: str, *, at: datetime) -> bool:
    account = lock_account(reference)
    due = due_of(account, at=at)
    if due <= 0 or not _is_day(account.payouts, at):
        return False
    BankPayout.objects.create(account=account, amount_cents=due, created_at=at)
    return True


@transaction.atomic
def send_payout_back(payout: BankPayout, *, at: datetime) -> None:
    """Have the merchant's bank refuse a payout: the money is on the account again (a closed IBAN)."""
    BankPayout.objects.filter(pk=payout.pk, came_back_at=None).update(came_back_at=at)
    payout.refresh_from_db()


def _is_day(rhythm: str, at: datetime) -> bool:
    """Tell whether payouts of a rhythm leave on a day: ``daily``, ``weekly:monday``, ``monthly:15``."""
    interval, _colon, anchor = rhythm.partition(":")
    match interval:
        case "daily":
            return True
        case "weekly":
            return f"{at:%A}".lower() == anchor
        case "monthly":
            return str(at.day) == anchor
        case _:
            return False
