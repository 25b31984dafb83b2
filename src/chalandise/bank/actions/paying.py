"""A cardholder pays: the card is read, perhaps a confirmation is asked, charges are captured."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from chalandise.bank.actions.faults import strikes
from chalandise.bank.actions.news import tell
from chalandise.bank.actions.sessions import BANK
from chalandise.bank.cards import Scenario, read_card, scenario_of
from chalandise.bank.errors import SessionClosedError
from chalandise.bank.models import BankCharge, BankSession
from chalandise.bank.queries import lock_session, lock_waiting_charges, way_back
from chalandise.bank.states import (
    CHARGE_TRANSITIONS,
    SESSION_TRANSITIONS,
    ChargeState,
    FaultKind,
    SessionState,
)
from chalandise.journal.actions import move

MOST_TRIES = 3
WRONG_BY_CENTS = 100


class CardOutcome(Enum):
    """What the page of the bank shows after a card or a confirmation."""

    CONFIRM = "confirm"  # type the code sent to your phone
    WRONG_CODE = "wrong_code"  # another try
    DECLINED = "declined"  # nothing was paid; another card may be tried
    PAID = "paid"  # all or some of the charges were paid: go back
    SILENT = "silent"  # the page never comes: a scripted fault


@dataclass(frozen=True)
class CardAnswer:
    """The bank's answer to a cardholder.

    Attributes:
        outcome: what happened.
        way_back: where to go next, when it is over.
        decline: the reason of a refusal.
    """

    outcome: CardOutcome
    way_back: str = ""
    decline: str = ""


@transaction.atomic
def present_card(
    session: BankSession, *, number: str, month: int, year: int, code: str, at: datetime
) -> CardAnswer:
    """Take a card.

    Raises:
        CardNotReadableError: a field cannot be right.
        SessionClosedError: the session has ended, or waits for a confirmation.
    """
    held = _hold(session, SessionState.OPEN, at)
    card = read_card(number, month=month, year=year, code=code, on=at.date())
    held.card_end = card.last_four
    held.card_number = card.scenario.number
    held.challenge_tries = 0
    if card.scenario.needs_challenge:
        held.challenge_code = f"{secrets.randbelow(10**6):06}"
        held.save()
        move(held, SessionState.CHALLENGED, table=SESSION_TRANSITIONS, by=BANK, at=at)
        return CardAnswer(CardOutcome.CONFIRM)
    held.save()
    return _decide(held, card.scenario, at=at)


@transaction.atomic
def answer_challenge(session: BankSession, *, code: str, at: datetime) -> CardAnswer:
    """Take the code that the bank sent to the cardholder's phone (strong authentication).

    Raises:
        SessionClosedError: no confirmation is awaited.
    """
    held = _hold(session, SessionState.CHALLENGED, at)
    if not secrets.compare_digest(code.strip().encode(), held.challenge_code.encode()):
        held.challenge_tries += 1
        if held.challenge_tries < MOST_TRIES:
            held.save(update_fields=["challenge_tries"])
            return CardAnswer(CardOutcome.WRONG_CODE)
        return _refuse(held, "authentication_failed", at=at)
    return _decide(held, scenario_of(held.card_number), at=at)


@transaction.atomic
def refuse_challenge(session: BankSession, *, at: datetime) -> CardAnswer:
    """Let the cardholder say that it was not them; another card may be tried.

    Raises:
        SessionClosedError: no confirmation is awaited.
    """
    return _refuse(_hold(session, SessionState.CHALLENGED, at), "authentication_failed", at=at)


def _hold(session: BankSession, expected: SessionState, at: datetime) -> BankSession:
    held = lock_session(session)
    if held.state != expected or held.expires_at <= at:
        raise SessionClosedError
    return held


def _decide(session: BankSession, scenario: Scenario, *, at: datetime) -> CardAnswer:
    if scenario.decline:
        return _refuse(session, scenario.decline, at=at)
    charges = lock_waiting_charges(session)
    accepted, refused, spent = [], [], 0
    for charge in charges:
        charge.session = session
        names = (charge.reference, charge.account.reference, session.reference)
        ceiling = scenario.ceiling_cents
        too_much = ceiling is not None and spent + charge.amount_cents > ceiling
        if too_much or strikes(FaultKind.DECLINE, *names):
            refused.append(charge)
        else:
            spent += charge.amount_cents
            accepted.append(charge)
    if not accepted:
        return _refuse(session, "insufficient_funds", at=at)
    faults = set(scenario.faults)
    if strikes(FaultKind.TIMEOUT_AFTER_CAPTURE, session.reference, *_references(charges)):
        faults.add(FaultKind.TIMEOUT_AFTER_CAPTURE)
    for charge in accepted:
        _capture(charge, faults=faults, at=at)
    for charge in refused:
        charge.decline = "insufficient_funds"
        charge.save(update_fields=["decline"])
        move(charge, ChargeState.DECLINED, table=CHARGE_TRANSITIONS, by=BANK, at=at)
        tell(charge, "charge.declined", at=at, faults=faults)
    session.is_silent = FaultKind.TIMEOUT_AFTER_CAPTURE in faults
    session.card_number = session.challenge_code = ""
    session.save()
    move(session, SessionState.COMPLETE, table=SESSION_TRANSITIONS, by=BANK, at=at)
    if session.is_silent:
        return CardAnswer(CardOutcome.SILENT)
    return CardAnswer(CardOutcome.PAID, way_back=way_back(session))


def _capture(charge: BankCharge, *, faults: set[FaultKind], at: datetime) -> None:
    names = (charge.reference, charge.account.reference, charge.session.reference)
    charge.captured_cents = charge.amount_cents
    if FaultKind.WRONG_AMOUNT in faults or strikes(FaultKind.WRONG_AMOUNT, *names):
        charge.captured_cents += WRONG_BY_CENTS
    if strikes(FaultKind.WRONG_CURRENCY, *names):
        charge.currency = "jpy"
    charge.is_disputed = FaultKind.DISPUTE in faults or strikes(FaultKind.DISPUTE, *names)
    charge.disputed_cents = charge.captured_cents if charge.is_disputed else 0
    charge.save()
    move(charge, ChargeState.CAPTURED, table=CHARGE_TRANSITIONS, by=BANK, at=at)
    tell(charge, "charge.captured", at=at, faults=faults)
    if charge.is_disputed:
        tell(charge, "charge.disputed", at=at, faults=set())


def _refuse(session: BankSession, reason: str, *, at: datetime) -> CardAnswer:
    session.last_decline = reason
    session.card_number = session.challenge_code = ""
    session.save()
    if session.state == SessionState.CHALLENGED:
        move(session, SessionState.OPEN, table=SESSION_TRANSITIONS, by=BANK, at=at)
    return CardAnswer(CardOutcome.DECLINED, decline=reason)


def _references(charges: list[BankCharge]) -> list[str]:
    return [reference for one in charges for reference in (one.reference, one.account.reference)]
