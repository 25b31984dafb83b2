"""What the scales say of goods that a customer has withdrawn from, before that was settled."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.kernel.money import split_cents
from chalandise.ordering.models import OrderLine, Withdrawal, WithdrawalLine


def reprice_withdrawals(
    line: OrderLine, *, quantity: int, cents: int, by: Actor, at: datetime
) -> None:
    """Have declarations that wait give back what their goods cost now; what they say stays as it is.

    The part is locked by the caller.

    Args:
        line: what was weighed.
        quantity: how many of it stand.
        cents: what all of them cost now.
        by: who weighed.
        at: when.
    """
    rows = list(
        WithdrawalLine.objects.filter(line=line, withdrawal__applied_at=None)
        .select_related("withdrawal")
        .order_by("pk")
    )
    counts = [row.quantity for row in rows]
    for row, share in zip(
        rows, split_cents(cents, [*counts, quantity - sum(counts)]), strict=False
    ):
        if share == row.cents:
            continue
        more = share - row.cents
        WithdrawalLine.objects.filter(pk=row.pk).update(cents=share)
        Withdrawal.objects.filter(pk=row.withdrawal_id).update(
            amount_cents=F("amount_cents") + more
        )
        record(row.withdrawal, "repriced", by=by, at=at, detail={"line": line.pk, "cents": more})
