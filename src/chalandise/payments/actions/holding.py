"""Payouts kept back when a merchant's bank account changes (fault 24), or while money does not add up (I9).

After a change they wait for three days, for a difference until somebody has decided about it. The money stays the merchant's, on the merchant's own balance at the provider: nothing comes to us, and
nothing waits for us. The desk may end a hold sooner, or make it longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.payments.actions.accounts import look_up_account
from chalandise.payments.actions.calling import ask
from chalandise.payments.actions.troubles import TROUBLES, note_trouble
from chalandise.payments.models import MerchantAccount
from chalandise.payments.ports import STOPPED, USUAL_RHYTHM
from chalandise.payments.providers.register import provider as provider_of
from chalandise.payments.queries import accounts_to_hold, accounts_to_let_go, lock_account

LONGER = timedelta(days=7)


def turn_holds(*, at: datetime) -> int:
    """Stop what is to be held, let go what was held long enough; return how many moved.

    A provider that does not answer is asked again the next minute; the desk sees meanwhile that the
    payouts are not stopped. One that refuses, or is not configured any more, is for a person, and the
    other accounts are turned all the same.
    """
    moved = 0
    for account in accounts_to_hold(at=at):
        try:
            _stop(account, at=at)
            moved += 1
        except TROUBLES as error:
            note_trouble(error, account, at=at)
    for account in accounts_to_let_go(at=at):
        try:
            _set(account, account.payout_rhythm or USUAL_RHYTHM, at=at)
            moved += 1
        except TROUBLES as error:
            note_trouble(error, account, at=at)
    return moved


@transaction.atomic
def end_hold(account: MerchantAccount, *, by: Actor, at: datetime, note: str) -> None:
    """Let payouts leave again before their day: the owners were asked, and it was them."""
    held = lock_account(account.pk)
    if held.payouts_held_until is None or held.payouts_held_until <= at:
        return
    held.payouts_held_until = at
    held.save(update_fields=["payouts_held_until"])
    record(held, "hold_ended", by=by, at=at, detail={"note": note[:400]})


@transaction.atomic
def hold_longer(account: MerchantAccount, *, by: Actor, at: datetime, note: str) -> None:
    """Keep payouts back for a week from now: nobody could be reached, or it was not them."""
    held = lock_account(account.pk)
    held.payouts_held_until = at + LONGER
    held.save(update_fields=["payouts_held_until"])
    record(held, "hold_made_longer", by=by, at=at, detail={"note": note[:400]})


def _stop(account: MerchantAccount, *, at: datetime) -> None:
    """Stop payouts, having noted how they leave where no change of account has noted it."""
    if account.payouts_held_until is None or account.payouts_held_until <= at:
        found = look_up_account(account, at=at)
        if found.payout_rhythm != STOPPED:
            MerchantAccount.objects.filter(pk=account.pk).update(payout_rhythm=found.payout_rhythm)
    _set(account, STOPPED, at=at)


def _set(account: MerchantAccount, rhythm: str, *, at: datetime) -> None:
    is_stop = rhythm == STOPPED and account.payouts_stopped_at is None
    key = f"payouts:{account.pk}:{rhythm}:{at:%Y%m%d%H%M}"
    provider = provider_of(account.provider)
    ask(
        account.provider,
        lambda: provider.set_payouts(account.reference, rhythm, key=key, at=at),
        at=at,
    )
    with transaction.atomic():
        held = lock_account(account.pk)
        held.payouts_stopped_at = at if is_stop else None
        held.save(update_fields=["payouts_stopped_at"])
        verb = "payouts_stopped" if is_stop else "payouts_let_go"
        record(held, verb, by=Actor.system("payments"), at=at)
