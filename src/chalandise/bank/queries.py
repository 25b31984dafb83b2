"""Reads of the bank: what its pages and its counter show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, When

from chalandise.bank.errors import BankRefusalError
from chalandise.bank.models import (
    BankAccount,
    BankCharge,
    BankEvent,
    BankPayout,
    BankRefund,
    BankSession,
)
from chalandise.bank.states import ChargeState, SessionState
from chalandise.kernel.errors import NotFoundError

RIPENS = timedelta(days=1)
HELD = "manual"


@dataclass(frozen=True)
class SessionPage:
    """What the page of a session shows.

    Attributes:
        session: the session itself.
        charges: one for each merchant, in the order in which they were asked.
        total_cents: what the card will be charged altogether.
        way_back: where the cardholder goes next; empty while the session is open, and when the
            way back is lost (a scripted fault).
    """

    session: BankSession
    charges: list[BankCharge]
    total_cents: int
    way_back: str


def get_session_by_token(token: str) -> BankSession:
    """Return the session behind a link of the bank.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = BankSession.objects.filter(token=token).first()
    if found is None:
        raise NotFoundError
    return found


def page_of(session: BankSession) -> SessionPage:
    """Return what the page of a session shows, in one statement."""
    charges = list(session.charges.select_related("account").order_by("pk"))
    return SessionPage(
        session, charges, sum(one.amount_cents for one in charges), way_back(session)
    )


def way_back(session: BankSession) -> str:
    """Return where the cardholder goes once the session has ended."""
    if session.is_silent or session.state in {SessionState.OPEN, SessionState.CHALLENGED}:
        return ""
    return session.return_url if session.state == SessionState.COMPLETE else session.cancel_url


def get_account_by_token(token: str) -> BankAccount:
    """Return the account behind a link of the bank.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = BankAccount.objects.filter(token=token).first()
    if found is None:
        raise NotFoundError
    return found


def get_account(reference: str) -> BankAccount:
    """Return an account by its number.

    Raises:
        BankRefusalError: there is none.
    """
    found = BankAccount.objects.filter(reference=reference).first()
    if found is None:
        raise BankRefusalError("no_such_account", 404)
    return found


def get_charge(reference: str) -> BankCharge:
    """Return a charge by its number.

    Raises:
        BankRefusalError: there is none.
    """
    with_rest = BankCharge.objects.select_related("session", "account")
    found = next(iter(with_rest.filter(reference=reference)), None)  # one at most, asked often
    if found is None:
        raise BankRefusalError("no_such_charge", 404)
    return found


def get_refund(reference: str) -> BankRefund:
    """Return a refund by its number.

    Raises:
        BankRefusalError: there is none.
    """
    found = BankRefund.objects.select_related("charge").filter(reference=reference).first()
    if found is None:
        raise BankRefusalError("no_such_refund", 404)
    return found


def disputed_charges() -> QuerySet[BankCharge]:
    """Return the charges that cardholders dispute or disputed: to be decided first, then latest."""
    found = BankCharge.objects.select_related("account").filter(is_disputed=True)
    return found.order_by(Case(When(dispute_end="", then=0), default=1), "-pk")


def list_charges(*, since: datetime, account: str = "") -> QuerySet[BankCharge]:
    """Return the charges made since a moment, oldest first."""
    found = BankCharge.objects.select_related("session", "account").filter(created_at__gte=since)
    if account:
        found = found.filter(account__reference=account)
    return found.order_by("created_at", "pk")


def list_payouts(*, since: datetime, account: str) -> QuerySet[BankPayout]:
    """Return what was paid out of an account since a moment, oldest first."""
    found = BankPayout.objects.filter(account__reference=account, created_at__gte=since)
    return found.order_by("created_at", "pk")


def accounts_to_pay_out(*, at: datetime) -> list[str]:
    """Return the accounts that took money, are not held, and were not paid out today."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    paid = BankPayout.objects.filter(created_at__gte=today, created_at__lte=at)
    taking = BankAccount.objects.filter(is_ready=True, charges__state=ChargeState.CAPTURED)
    waiting = taking.exclude(payouts=HELD).exclude(pk__in=paid.values("account"))
    return list(waiting.distinct().order_by("pk").values_list("reference", flat=True))


def due_of(account: BankAccount, *, at: datetime) -> int:
    """Return what may be paid out: captured a day ago, less refunds, fees, disputes and payouts.

    Below zero where more went back than was kept.
    """
    ripe = account.charges.filter(state=ChargeState.CAPTURED, created_at__lte=at - RIPENS)
    kept = ripe.exclude(Q(is_disputed=True) & ~Q(dispute_end="won")).aggregate(
        cents=Sum(
            F("captured_cents") - F("refunded_cents") - F("fee_cents") + F("fee_refunded_cents"),
            output_field=IntegerField(),
        )
    )
    gone = account.paid_out.filter(came_back_at=None).aggregate(cents=Sum("amount_cents"))
    return int(kept["cents"] or 0) - int(gone["cents"] or 0)


def lock_account(reference: str) -> BankAccount:
    """Return an account held for this transaction."""
    return BankAccount.objects.select_for_update().get(reference=reference)


def lock_session(session: BankSession) -> BankSession:
    """Return the session held for this transaction."""
    return BankSession.objects.select_for_update().get(pk=session.pk)


def lock_waiting_charges(session: BankSession) -> list[BankCharge]:
    """Return the session's charges that wait for a card, held in primary-key order."""
    waiting = session.charges.filter(state=ChargeState.WAITING)
    return list(waiting.select_for_update(of=("self",)).select_related("account").order_by("pk"))


def lock_charge(reference: str) -> BankCharge:
    """Return a charge held for this transaction."""
    with_rest = BankCharge.objects.select_for_update(of=("self",))
    return with_rest.select_related("session", "account").get(reference=reference)


def lock_due_event(at: datetime) -> BankEvent | None:
    """Return the event that has been due longest, held, of those that nobody is sending."""
    due = BankEvent.objects.select_for_update(skip_locked=True).filter(due_at__lte=at)
    return due.order_by("due_at", "pk").first()


def lock_key(key: str) -> None:
    """Hold an idempotency key for this transaction: the same at the same time waits its turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4217))", [key])
