"""Money of the demonstration: merchants whose accounts the simulated bank has checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.models import BankAccount
from chalandise.bank.queries import get_account
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.payments.actions.accounts import refresh_account, start_onboarding
from chalandise.payments.models import MerchantAccount
from chalandise.payments.queries import account_of

IBAN = "FR76 3000 6000 0112 3456 7890 189"  # the example that banks print on their leaflets
BY_THE_DOOR = 30
DEMO = Actor.system("demo")


def connect_merchants(organisations: Iterable[Organisation], *, at: datetime) -> int:
    """Let merchants be paid online by the simulated bank; tell how many were not before.

    The first come in by the door, as their own clicks would; the rows of the others are written as
    theirs are, for hundreds of them would keep a visitor waiting.
    """
    everybody = list(organisations)
    first, others = everybody[:BY_THE_DOOR], everybody[BY_THE_DOOR:]
    return _let_in(first, at=at) + (_write_like(first[0], others, at=at) if others else 0)


def _let_in(organisations: Iterable[Organisation], *, at: datetime) -> int:
    count = 0
    for organisation in organisations:
        account = account_of(organisation)
        if account is None:
            start_onboarding(
                organisation,
                email="",
                return_url="/",
                signed_in_at=at,
                by=DEMO,
                at=at,
            )
            account = account_of(organisation)
        if account is None or account.is_ready:
            continue
        verify_account(get_account(account.reference), iban=IBAN, at=at)
        count += refresh_account(account, at=at).is_ready
    return count


def _write_like(model: Organisation, organisations: Sequence[Organisation], *, at: datetime) -> int:
    """Write the accounts of organisations that have none, in the likeness of another's."""
    known = account_of(model)
    if known is None:
        return 0
    theirs = get_account(known.reference)
    has_one = set(
        MerchantAccount.objects.filter(organisation__in=organisations).values_list(
            "organisation", flat=True
        )
    )
    new = [one for one in organisations if one.pk not in has_one]
    opened = BankAccount.objects.bulk_create(
        BankAccount(
            name=one.name,
            iban_end=theirs.iban_end,
            is_ready=theirs.is_ready,
            return_url=theirs.return_url,
            metadata={"organisation": str(one.pk)},
            created_at=at,
        )
        for one in new
    )
    MerchantAccount.objects.bulk_create(
        MerchantAccount(
            organisation=organisation,
            provider=known.provider,
            reference=account.reference,
            is_ready=known.is_ready,
            payout_mark=known.payout_mark,
            opened_at=at,
            looked_at=at,
        )
        for organisation, account in zip(new, opened, strict=True)
    )
    return len(new)
