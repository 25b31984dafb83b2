"""Merchants' accounts at the provider: opened, completed there, looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chalandise.journal.actions import emit, record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation
from chalandise.payments.actions.calling import ask, call_once
from chalandise.payments.errors import NoOnlinePaymentError
from chalandise.payments.events import PayoutAccountChanged
from chalandise.payments.models import MerchantAccount
from chalandise.payments.policies import require_fresh_sign_in
from chalandise.payments.ports import MerchantIdentity, ProviderAccount
from chalandise.payments.providers.register import online_provider
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import account_of, lock_account

HELD_AFTER_CHANGE = timedelta(hours=72)


def start_onboarding(
    organisation: Organisation,
    *,
    email: str,
    return_url: str,
    signed_in_at: datetime | None,
    by: Actor,
    at: datetime,
) -> str:
    """Return the provider's page where a merchant says who they are and where payouts go.

    The account is opened the first time; later the same page shows and changes it, so the person
    must have signed in just now (fault 24).

    Args:
        organisation: the merchant.
        email: theirs, for the provider.
        return_url: where they come back to: a page that calls `refresh_account`.
        signed_in_at: when the person last proved who they are.
        by: who asks.
        at: now.

    Raises:
        SignInNotFreshError: the person must sign in again first.
        NoOnlinePaymentError: nobody takes money online here.
        ProviderError: the provider did not answer, or refuses.
    """
    require_fresh_sign_in(signed_in_at, at=at)
    provider = online_provider()
    if provider is None:
        raise NoOnlinePaymentError
    account = account_of(organisation) or _open(organisation, email, by=by, at=at)
    return ask(
        provider.key,
        lambda: provider.invite(
            account.reference, return_url=return_url, refresh_url=return_url, at=at
        ),
        at=at,
    )


def refresh_account(account: MerchantAccount, *, at: datetime) -> MerchantAccount:
    """Ask the provider how an account stands; a new bank account holds payouts for three days.

    `holding.turn_holds` has the provider stop them within the minute.

    Raises:
        ProviderError: the provider did not answer, or does not know it.
    """
    return note_account(account, look_up_account(account, at=at), at=at)


def look_up_account(account: MerchantAccount, *, at: datetime) -> ProviderAccount:
    """Ask the provider how an account stands; nothing is written.

    Raises:
        ProviderError: the provider did not answer, or does not know it.
    """
    provider = provider_of(account.provider)
    return ask(account.provider, lambda: provider.look_up_account(account.reference, at=at), at=at)


@transaction.atomic
def note_account(
    account: MerchantAccount, found: ProviderAccount, *, at: datetime
) -> MerchantAccount:
    """Keep what the provider said of an account, and what follows from it."""
    held = lock_account(account.pk)
    is_changed = bool(held.payout_mark) and held.payout_mark != found.payout_mark
    held.is_ready = found.is_ready
    held.missing = list(found.missing)
    held.payout_mark = found.payout_mark[:400]
    held.looked_at = at
    if is_changed:
        if not _is_held(held, at):  # while they are, the rhythm told is the one of the hold
            held.payout_rhythm = found.payout_rhythm
        held.payouts_held_until = at + HELD_AFTER_CHANGE
        record(held, "payout_account_changed", by=Actor.system("payments"), at=at)
        emit(PayoutAccountChanged(held.pk), at=at)
    held.save()
    return held


def _is_held(account: MerchantAccount, at: datetime) -> bool:
    until = account.payouts_held_until
    return account.payouts_stopped_at is not None or (until is not None and until > at)


def _open(organisation: Organisation, email: str, *, by: Actor, at: datetime) -> MerchantAccount:
    provider = online_provider()
    if provider is None:
        raise NoOnlinePaymentError
    key = f"account:{organisation.pk}:{provider.key}"
    identity = MerchantIdentity(organisation.name, email, {"organisation": str(organisation.pk)})

    def do() -> dict[str, Any]:
        return {"reference": provider.open_account(identity, key=key, at=at)}

    asked = {"organisation": organisation.pk}
    answer = call_once(provider.key, "account", key, asked, do, at=at)
    with transaction.atomic():
        account, is_new = MerchantAccount.objects.get_or_create(
            organisation=organisation,
            provider=provider.key,
            defaults={"reference": str(answer["reference"]), "opened_at": at},
        )
        if is_new:
            record(account, "opened", by=by, at=at)
    return account
