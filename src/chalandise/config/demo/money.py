"""Money of the demonstration: merchants whose accounts the simulated bank has checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.queries import get_account
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.payments.actions.accounts import refresh_account, start_onboarding
from chalandise.payments.queries import account_of

IBAN = "FR76 3000 6000 0112 3456 7890 189"  # the example that banks print on their leaflets
DEMO = Actor.system("demo")


def connect_merchants(organisations: Iterable[Organisation], *, at: datetime) -> int:
    """Let merchants be paid online by the simulated bank, as their own clicks would; tell how many.

    Who is connected already stays as they are.
    """
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
