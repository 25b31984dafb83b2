"""The ledger beside the payments: every cent that came or went is told once (invariants I5, I9).

`payments` compares itself with the provider; this compares the books with `payments`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from chalandise.settlements.models import SalesRecord
from chalandise.settlements.queries.verifying import Fault

_PAYMENTS = """
WITH told AS (
    SELECT split_part(j.source, ':', 2)::bigint AS id,
        sum(e.amount_cents) FILTER (WHERE e.amount_cents > 0) AS cents
    FROM settlements_ledgerjournal j JOIN settlements_ledgerentry e ON e.journal_id = j.id
    WHERE j.kind = 'payment' AND j.source ~ '^payment:[0-9]+:'
    GROUP BY 1
), taken AS (
    SELECT id, captured_cents AS cents FROM payments_payment
    WHERE state = 'captured' AND captured_at < %s
)
SELECT coalesce(taken.id, told.id), coalesce(taken.cents, 0), coalesce(told.cents, 0)
FROM taken FULL JOIN told USING (id)
WHERE taken.cents IS DISTINCT FROM told.cents
    AND NOT EXISTS (SELECT 1 FROM payments_payment p WHERE p.id = told.id AND p.captured_at >= %s)
ORDER BY 1
"""

_REFUNDS = """
WITH told AS (
    SELECT split_part(j.source, ':', 2)::bigint AS id,
        sum(e.amount_cents) FILTER (WHERE e.amount_cents > 0) AS cents
    FROM settlements_ledgerjournal j JOIN settlements_ledgerentry e ON e.journal_id = j.id
    WHERE j.kind = 'refund_paid' AND j.source ~ '^refund:[0-9]+:'
    GROUP BY 1
), given AS (
    SELECT id, amount_cents AS cents FROM payments_refund WHERE state = 'done' AND done_at < %s
)
SELECT coalesce(given.id, told.id), coalesce(given.cents, 0), coalesce(told.cents, 0)
FROM given FULL JOIN told USING (id)
WHERE given.cents IS DISTINCT FROM told.cents
    AND NOT EXISTS (SELECT 1 FROM payments_refund r WHERE r.id = told.id AND r.done_at >= %s)
ORDER BY 1
"""

_PAYOUTS = """
WITH told AS (
    SELECT regexp_replace(substr(j.source, 8), ':back$', '') AS id, sum(e.amount_cents) AS cents
    FROM settlements_ledgerjournal j JOIN settlements_ledgerentry e ON e.journal_id = j.id
    WHERE j.kind IN ('payout', 'payout_back') AND e.account = 'merchant'
    GROUP BY 1
), paid AS (
    SELECT reference AS id, CASE WHEN came_back_at IS NULL THEN amount_cents ELSE 0 END AS cents
    FROM payments_payout WHERE coalesce(came_back_at, noted_at) < %s AND amount_cents <> 0
)
SELECT coalesce(paid.id, told.id), coalesce(paid.cents, 0), coalesce(told.cents, 0)
FROM paid FULL JOIN told USING (id)
WHERE paid.cents IS DISTINCT FROM told.cents
    AND NOT EXISTS (
        SELECT 1 FROM payments_payout p
        WHERE p.reference = told.id AND coalesce(p.came_back_at, p.noted_at) >= %s
    )
ORDER BY 1
"""

_DISPUTES = """
WITH told AS (
    SELECT split_part(j.source, ':', 2)::bigint AS id,
        coalesce(sum(e.amount_cents) FILTER (WHERE e.account = 'disputes'), 0) AS held,
        coalesce(sum(e.amount_cents) FILTER (WHERE e.account = 'merchant'), 0) AS lost
    FROM settlements_ledgerjournal j JOIN settlements_ledgerentry e ON e.journal_id = j.id
    WHERE j.source ~ '^dispute:[0-9]+(:|$)'
    GROUP BY 1
), stands AS (
    SELECT payment_id AS id, CASE state WHEN 'open' THEN amount_cents ELSE 0 END AS held,
        CASE state WHEN 'lost' THEN amount_cents ELSE 0 END AS lost
    FROM payments_dispute WHERE coalesce(ended_at, opened_at) < %s
)
SELECT id, coalesce(stands.held + stands.lost, 0), coalesce(told.held + told.lost, 0)
FROM stands FULL JOIN told USING (id)
WHERE (coalesce(stands.held, 0), coalesce(stands.lost, 0))
        <> (coalesce(told.held, 0), coalesce(told.lost, 0))
    AND NOT EXISTS (
        SELECT 1 FROM payments_dispute d
        WHERE d.payment_id = told.id AND coalesce(d.ended_at, d.opened_at) >= %s
    )
ORDER BY 1
"""


def compare_with_payments(*, until: datetime) -> tuple[Fault, ...]:
    """Return where the books and the payments of before ``until`` tell different sums.

    What came within the last minutes may still be on its way through the outbox; leave it out.
    """
    faults: list[Fault] = []
    for what, statement in (
        ("payment", _PAYMENTS),
        ("refund", _REFUNDS),
        ("payout", _PAYOUTS),
        ("dispute", _DISPUTES),
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement, [until, until])
            faults += [
                Fault(
                    f"{what} {pk}",
                    _("%(taken)s in payments, %(told)s in the ledger")
                    % {"taken": taken, "told": told},
                )
                for pk, taken, told in cursor.fetchall()
            ]
    below = (
        SalesRecord.objects.values("reference")
        .annotate(cents=Sum("gross_cents"))
        .filter(cents__lt=0)
    )
    faults += [
        Fault(f"order {row['reference']}", _("gave back more than was sold")) for row in below
    ]
    return tuple(faults)
