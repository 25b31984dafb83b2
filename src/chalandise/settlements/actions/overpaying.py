"""Money that came for an order paid already: owed to the customer until it is back (fault 7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.settlements.actions.ledger import About, post
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.states import Account, JournalKind


@transaction.atomic
def note_overpayment(about: About, cents: int, *, source: str, at: datetime) -> None:
    """Note a second payment of the same order: no sale, a debt to the customer."""
    lock_chain(about.organisation_id)
    entries = [(Account.CLEARING, cents), (Account.CUSTOMER, -cents)]
    post(JournalKind.PAYMENT, entries, about=about, source=f"{source}:payment", at=at)


@transaction.atomic
def note_overpayment_back(about: About, cents: int, *, source: str, at: datetime) -> None:
    """Note that such a payment went back: no credit note, the debt is paid."""
    lock_chain(about.organisation_id)
    entries = [(Account.CUSTOMER, cents), (Account.CLEARING, -cents)]
    post(JournalKind.REFUND_PAID, entries, about=about, source=f"{source}:paid", at=at)
