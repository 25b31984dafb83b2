"""Events: written with what they tell, sent afterwards until somebody takes them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from chalandise.bank.actions.faults import armed_here, strikes
from chalandise.bank.models import BankCharge, BankEvent
from chalandise.bank.models import new_event_reference as new_reference
from chalandise.bank.queries import lock_due_event
from chalandise.bank.signing import sign
from chalandise.bank.states import FaultKind
from chalandise.bank.wire import SIGNATURE_HEADER, listener, secrets

LATE = timedelta(days=3)
OUT_OF_ORDER = timedelta(minutes=4)
SILENT = timedelta(minutes=9)
COPIES = 3
OF_EVENTS = (FaultKind.LATE, FaultKind.OUT_OF_ORDER, FaultKind.DUPLICATE, FaultKind.DROPPED)
MOST_ATTEMPTS = 16
LEASE = timedelta(minutes=2)  # a sender that died leaves its event to the next one after this


def tell(
    charge: BankCharge, kind: str, *, at: datetime, faults: set[FaultKind]
) -> BankEvent | None:
    """Write an event about a charge; scripted faults delay, repeat or lose it.

    Args:
        charge: what happened to it.
        kind: ``charge.captured``, ``charge.refunded``…
        at: when.
        faults: faults that the card itself brings.
    """
    names = (charge.reference, charge.session.reference, charge.account.reference, kind)
    armed = armed_here(*names)
    struck = {
        fault
        for fault in OF_EVENTS
        if fault in faults or (fault in armed and strikes(fault, *names))
    }
    if FaultKind.DROPPED in struck:
        return None
    delay = timedelta()
    if FaultKind.TIMEOUT_AFTER_CAPTURE in faults:
        delay = SILENT
    if FaultKind.OUT_OF_ORDER in struck:
        delay = OUT_OF_ORDER
    if FaultKind.LATE in struck:
        delay = LATE
    reference = new_reference()
    body = {
        "id": reference,
        "type": kind,
        "created": int(at.timestamp()),
        "demonstration": True,
        "account": charge.account.reference,
        "charge": charge.reference,
        "session": charge.session.reference,
    }
    app.configure_task("bank.deliver_events", schedule_at=at + delay).defer()
    return BankEvent.objects.create(
        reference=reference,
        kind=kind,
        body=json.dumps(body),
        copies=COPIES if FaultKind.DUPLICATE in struck else 1,
        created_at=at,
        due_at=at + delay,
    )


def deliver_events(*, at: datetime, most: int = 200) -> int:
    """Send the events that are due; return how many were taken by the listener.

    An event that is not taken comes again, each time later, for three days.
    """
    listen = listener()
    if listen is None:
        return 0
    taken = 0
    for _turn in range(most):
        event = _claim(at)
        if event is None:
            break
        body = event.body.encode()
        statuses = [
            listen({SIGNATURE_HEADER: sign(body, secrets=secrets(), at=at)}, body, at)
            for _copy in range(event.copies)
        ]
        if all(200 <= status < 300 for status in statuses):
            BankEvent.objects.filter(pk=event.pk).update(due_at=None)
            taken += 1
        else:
            pause = timedelta(seconds=10 * 2 ** min(event.attempts, 12))
            due = at + pause if event.attempts < MOST_ATTEMPTS else None
            BankEvent.objects.filter(pk=event.pk).update(due_at=due)
    return taken


@transaction.atomic
def _claim(at: datetime) -> BankEvent | None:
    event = lock_due_event(at)
    if event is not None:
        event.attempts += 1
        event.due_at = at + LEASE
        event.save(update_fields=["attempts", "due_at"])
    return event
