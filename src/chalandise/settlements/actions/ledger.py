"""Writing journals of the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chalandise.settlements.errors import UnbalancedError
from chalandise.settlements.models import LedgerEntry, LedgerJournal
from chalandise.settlements.queries.disputes import written_of_dispute
from chalandise.settlements.queries.locking import lock_chain
from chalandise.settlements.states import Account, JournalKind


@dataclass(frozen=True)
class About:
    """Whose journal it is, and of what.

    Attributes:
        organisation_id: the merchant.
        reference: the merchant order, or the payout.
        happened_at: when money moved.
    """

    organisation_id: int
    reference: str
    happened_at: datetime


@transaction.atomic
def post(
    kind: JournalKind,
    entries: Sequence[tuple[Account, int]],
    *,
    about: About,
    source: str,
    at: datetime,
) -> LedgerJournal:
    """Write one journal, or return the one this source has written already.

    Args:
        kind: what it tells.
        entries: account and signed cents (debit positive); those of zero are left out.
        about: whose and of what.
        source: the name of the fact; a fact is written once.
        at: now.

    Raises:
        UnbalancedError: the entries do not sum to zero.
    """
    known = LedgerJournal.objects.filter(source=source).first()
    if known is not None:
        return known
    total = sum(cents for _account, cents in entries)
    if total:
        raise UnbalancedError(source, total)
    journal = LedgerJournal.objects.create(
        kind=kind,
        source=source,
        organisation_id=about.organisation_id,
        reference=about.reference,
        happened_at=about.happened_at,
        written_at=at,
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            journal=journal,
            account=account,
            organisation_id=about.organisation_id,
            amount_cents=cents,
        )
        for account, cents in entries
        if cents
    )
    return journal


@transaction.atomic
def note_payout(
    organisation_id: int,
    amount_cents: int,
    *,
    reference: str,
    at: datetime,
    fees_cents: int = 0,
    happened_at: datetime | None = None,
) -> None:
    """Note that the provider paid a merchant out; telling it again changes nothing (fault 23).

    Args:
        organisation_id: the merchant.
        amount_cents: what left for their bank; below zero where that was debited.
        reference: the provider's number.
        at: now.
        fees_cents: what the provider took for its service before it paid out.
        happened_at: when it left, if not now.
    """
    lock_chain(organisation_id)
    about = About(organisation_id, reference[:40], happened_at or at)
    for kind, cents, source in (
        (JournalKind.PAYOUT, amount_cents, f"payout:{reference}"),
        (JournalKind.PROVIDER_FEE, fees_cents, f"payout:{reference}:fees"),
    ):
        if cents:
            entries = [(Account.MERCHANT, cents), (Account.CLEARING, -cents)]
            post(kind, entries, about=about, source=source, at=at)


@transaction.atomic
def note_payout_back(
    organisation_id: int, amount_cents: int, *, reference: str, happened_at: datetime, at: datetime
) -> None:
    """Note that the merchant's bank sent a payout back; the provider's fee was earned all the same."""
    lock_chain(organisation_id)
    about = About(organisation_id, reference[:40], happened_at)
    if amount_cents:
        entries = [(Account.MERCHANT, -amount_cents), (Account.CLEARING, amount_cents)]
        source = f"payout:{reference}:back"
        post(JournalKind.PAYOUT_BACK, entries, about=about, source=source, at=at)


@transaction.atomic
def open_dispute(about: About, amount_cents: int, *, dispute: str, at: datetime) -> None:
    """Note that the customer's bank took a payment back for the time of a dispute (fault 25)."""
    stands = {Account.DISPUTES: amount_cents, Account.CLEARING: -amount_cents}
    _bring_dispute(JournalKind.DISPUTE, stands, about=about, dispute=dispute, at=at)


@transaction.atomic
def close_dispute(
    about: About, amount_cents: int, *, dispute: str, is_won: bool, at: datetime
) -> None:
    """Note how a dispute ended, the first time or anew: the money is back, or the merchant bears it."""
    kind = JournalKind.DISPUTE_WON if is_won else JournalKind.DISPUTE_LOST
    lost = {Account.MERCHANT: amount_cents, Account.CLEARING: -amount_cents}
    _bring_dispute(kind, {} if is_won else lost, about=about, dispute=dispute, at=at)


def _bring_dispute(
    kind: JournalKind,
    stands: dict[Account, int],
    *,
    about: About,
    dispute: str,
    at: datetime,
) -> None:
    """Write what lacks to where a dispute stands, whatever was written of it before.

    So it does no harm to be told twice, late, or of an end that the bank went back on: what is
    written stays, and the difference follows as a journal of its own.
    """
    lock_chain(about.organisation_id)
    entries = written_of_dispute(dispute)
    lacks = Counter(stands)
    lacks.subtract(entries.balances)
    changes = [(account, lacks[account]) for account in Account if lacks[account]]
    if changes:
        source = (
            f"dispute:{dispute}:{entries.journals}" if entries.journals else f"dispute:{dispute}"
        )
        post(kind, changes, about=about, source=source, at=at)
