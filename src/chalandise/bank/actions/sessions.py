"""Sessions: opened by a merchant's site, ended by the cardholder or by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from chalandise.bank.actions.news import tell
from chalandise.bank.errors import BankRefusalError, SessionClosedError
from chalandise.bank.models import BankCharge, BankSession
from chalandise.bank.queries import get_account, lock_session, lock_waiting_charges
from chalandise.bank.states import (
    CHARGE_TRANSITIONS,
    SESSION_TRANSITIONS,
    ChargeState,
    SessionState,
)
from chalandise.journal.actions import move
from chalandise.journal.states import Actor

BANK = Actor.system("bank")
MOST_CHARGES = 40
LARGEST_CENTS = 99_999_999


@dataclass(frozen=True)
class ChargeWish:
    """One merchant's part, as asked."""

    account: str
    amount_cents: int
    currency: str = "eur"
    description: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    fee_cents: int = 0


@transaction.atomic
def open_session(
    wishes: Sequence[ChargeWish],
    *,
    return_url: str,
    cancel_url: str,
    expires_at: datetime,
    at: datetime,
) -> BankSession:
    """Open a session in which a cardholder pays one charge per merchant.

    Raises:
        BankRefusalError: an account is unknown or not ready, or an amount makes no sense.
    """
    if not 1 <= len(wishes) <= MOST_CHARGES:
        raise BankRefusalError("charges_count")
    if expires_at <= at:
        raise BankRefusalError("expires_in_the_past")
    accounts = {wish.account: get_account(wish.account) for wish in wishes}
    for wish in wishes:
        if not accounts[wish.account].is_ready:
            raise BankRefusalError("account_not_ready")
        if not 0 < wish.amount_cents <= LARGEST_CENTS:
            raise BankRefusalError("amount_out_of_range")
        if not 0 <= wish.fee_cents <= wish.amount_cents:
            raise BankRefusalError("fee_out_of_range")
        if wish.currency != "eur":
            raise BankRefusalError("currency_not_supported")
    session = BankSession.objects.create(
        return_url=return_url, cancel_url=cancel_url, created_at=at, expires_at=expires_at
    )
    BankCharge.objects.bulk_create(
        BankCharge(
            session=session,
            account=accounts[wish.account],
            amount_cents=wish.amount_cents,
            currency=wish.currency,
            description=wish.description[:200],
            fee_cents=wish.fee_cents,
            metadata=wish.metadata,
            created_at=at,
        )
        for wish in wishes
    )
    return session


@transaction.atomic
def abandon_session(session: BankSession, *, at: datetime) -> None:
    """Let the cardholder leave without paying.

    Raises:
        SessionClosedError: it has ended already.
    """
    _end(session, SessionState.ABANDONED, at=at)


@transaction.atomic
def expire_session(session: BankSession, *, at: datetime) -> None:
    """Close a session for good: nobody can pay in it any more.

    Raises:
        SessionClosedError: it has ended already.
    """
    _end(session, SessionState.EXPIRED, at=at)


def expire_sessions(*, at: datetime) -> int:
    """Close the sessions whose time is over; return how many."""
    still = [SessionState.OPEN, SessionState.CHALLENGED]
    count = 0
    for session in BankSession.objects.filter(state__in=still, expires_at__lte=at).order_by("pk"):
        try:
            expire_session(session, at=at)
        except SessionClosedError:
            continue
        count += 1
    return count


def _end(session: BankSession, to: SessionState, *, at: datetime) -> None:
    held = lock_session(session)
    if held.state not in SESSION_TRANSITIONS.sources_of(to):
        raise SessionClosedError
    move(held, to, table=SESSION_TRANSITIONS, by=BANK, at=at)
    for charge in lock_waiting_charges(held):
        move(charge, ChargeState.CANCELLED, table=CHARGE_TRANSITIONS, by=BANK, at=at)
        charge.session = held
        tell(charge, "charge.cancelled", at=at, faults=set())
    session.state = held.state
