"""Accounts of merchants: opened, then checked by the bank."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.bank.models import BankAccount
from chalandise.journal.actions import record
from chalandise.journal.states import Actor


@transaction.atomic
def open_account(name: str, *, email: str, metadata: dict[str, Any], at: datetime) -> BankAccount:
    """Open an account that cannot be paid into before the bank has checked the merchant."""
    return BankAccount.objects.create(name=name, email=email, metadata=metadata, created_at=at)


def invite(account: BankAccount, *, return_url: str) -> None:
    """Remember where the merchant goes after the bank's questions."""
    account.return_url = return_url
    account.save(update_fields=["return_url"])


@transaction.atomic
def set_payouts(account: BankAccount, rhythm: str, *, at: datetime) -> None:
    """Pay an account out in a rhythm, or not before somebody says so (``manual``)."""
    account.payouts = rhythm[:20]
    account.save(update_fields=["payouts"])
    record(account, "payouts_set", by=Actor.system("bank"), at=at, detail={"rhythm": rhythm[:20]})


@transaction.atomic
def verify_account(account: BankAccount, *, iban: str, at: datetime) -> None:
    """Take the merchant's answers: from now on the account can be paid into.

    Args:
        account: the account.
        iban: where payouts go; its last four characters are kept, as a real bank would show them.
        at: when.
    """
    account.iban_end = "".join(iban.split())[-4:]
    account.is_ready = True
    account.save(update_fields=["iban_end", "is_ready"])
    record(account, "verified", by=Actor.system("bank"), at=at)
