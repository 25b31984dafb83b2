"""Learning what providers paid merchants out, each payout once (fault 23), and what came back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from chalandise.journal.actions import emit
from chalandise.payments.actions.calling import ask
from chalandise.payments.actions.discrepancies import find_returned_payout
from chalandise.payments.events import PayoutCameBack, PayoutPaid
from chalandise.payments.models import MerchantAccount, Payout
from chalandise.payments.ports import ProviderPayout
from chalandise.payments.providers.register import provider as provider_of

ON_ITS_WAY = timedelta(days=14)  # a payout arrives, and is told, days after it was begun


def note_payouts(account: MerchantAccount, *, at: datetime) -> int:
    """Read an account's payouts since the last that is known; return how many were new.

    What was told before may have come back since: that is noted too.

    Raises:
        ProviderError: the provider did not answer, or refuses.
    """
    noted = account.payouts.order_by("-left_at")
    last = noted.first()
    since = (last.left_at if last is not None else account.opened_at) - ON_ITS_WAY
    known = set(noted.filter(left_at__gte=since).values_list("reference", flat=True))
    provider = provider_of(account.provider)
    listed = ask(
        account.provider,
        lambda: list(
            provider.list_payouts(since=since, account=account.reference, known=known, at=at)
        ),
        at=at,
    )
    told = sum(_note(account, one, at=at) for one in listed)
    standing = account.payouts.filter(left_at__gte=since, came_back_at=None)
    if standing.exists():
        returned = ask(
            account.provider,
            lambda: set(
                provider.list_returned_payouts(since=since, account=account.reference, at=at)
            ),
            at=at,
        )
        for payout in standing.filter(reference__in=returned).order_by("pk"):
            _note_return(payout, at=at)
    return told


@transaction.atomic
def _note(account: MerchantAccount, found: ProviderPayout, *, at: datetime) -> bool:
    payout, is_new = Payout.objects.get_or_create(
        account=account,
        reference=found.reference,
        defaults={
            "amount_cents": found.amount_cents,
            "fees_cents": found.fees_cents,
            "left_at": found.left_at,
            "noted_at": at,
        },
    )
    if is_new:
        emit(PayoutPaid(payout.pk), at=at)
    return is_new


@transaction.atomic
def _note_return(payout: Payout, *, at: datetime) -> None:
    """Note that a payout came back, and have somebody ask the merchant for the right account."""
    moved = Payout.objects.filter(pk=payout.pk, came_back_at=None).update(came_back_at=at)
    if not moved:
        return
    find_returned_payout(payout, at=at)
    emit(PayoutCameBack(payout.pk), at=at)
