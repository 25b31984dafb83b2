"""Accounts and sessions at the simulated bank."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.factories.orders import NOON

from chalandise.bank.actions.accounts import open_account, verify_account
from chalandise.bank.actions.paying import CardAnswer, CardOutcome, answer_challenge, present_card
from chalandise.bank.actions.sessions import ChargeWish, open_session
from chalandise.bank.models import BankAccount, BankSession

AT_ONCE = "4242424242424242"
CONFIRMED = "4000002760003184"
REFUSED = "4000000000000002"
CEILING = "4000000000003055"
DISPUTED = "4000000000000259"
SILENT = "4000000000003220"
TWICE = "4000000000003063"
WRONG_SUM = "4000000000003089"


def account(name: str = "Au Pain de Chanvre", *, at: datetime = NOON) -> BankAccount:
    """Open an account that the bank has checked."""
    made = open_account(name, email="claire@exemple.test", metadata={}, at=at)
    verify_account(made, iban="FR76 3000 6000 0112 3456 7890 189", at=at)
    return made


def session(*amounts: int, at: datetime = NOON, minutes: int = 30) -> BankSession:
    """Open a session with one merchant per amount."""
    wishes = [
        ChargeWish(account=account(f"Commerce {place}", at=at).reference, amount_cents=amount)
        for place, amount in enumerate(amounts or (2190,), 1)
    ]
    return open_session(
        wishes,
        return_url="/retour/",
        cancel_url="/panier/",
        expires_at=at + timedelta(minutes=minutes),
        at=at,
    )


def pay(session: BankSession, number: str = AT_ONCE, *, at: datetime = NOON) -> CardAnswer:
    """Pay as a cardholder does, confirming when the bank asks for it."""
    answer = present_card(session, number=number, month=12, year=2030, code="123", at=at)
    if answer.outcome is CardOutcome.CONFIRM:
        session.refresh_from_db()
        answer = answer_challenge(session, code=session.challenge_code, at=at)
    session.refresh_from_db()
    return answer
