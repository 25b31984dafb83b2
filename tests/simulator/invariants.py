"""The invariants of the market, each a function that names what is broken.

A function reads the database as it stands and returns sentences; none means that the invariant
holds. `test_invariants.py` breaks a row by hand for each of them. I6 has two sides: what holds at
every moment, and what holds once the jobs have had their time (`settled_money`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, QUESTION_TRANSITIONS
from chalandise.kernel.transitions import Transitions
from chalandise.logistics.actions import expire_slot_holds
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, WITHDRAWAL_TRANSITIONS
from chalandise.payments.states import (
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    VISIT_TRANSITIONS,
)
from chalandise.stock.actions import expire_holds
from chalandise.stock.models import StockLevel
from chalandise.stock.queries import left_of

GRAPHS: dict[str, tuple[str, Transitions]] = {
    "ordering.merchantorder": ("ordering_merchantorder", MERCHANT_ORDER_TRANSITIONS),
    "ordering.withdrawal": ("ordering_withdrawal", WITHDRAWAL_TRANSITIONS),
    "payments.payment": ("payments_payment", PAYMENT_TRANSITIONS),
    "payments.refund": ("payments_refund", REFUND_TRANSITIONS),
    "payments.visit": ("payments_visit", VISIT_TRANSITIONS),
    "fulfilment.fulfilment": ("fulfilment_fulfilment", FULFILMENT_TRANSITIONS),
    "fulfilment.question": ("fulfilment_question", QUESTION_TRANSITIONS),
}


def _found(what: str, statement: str, given: Sequence[object] = ()) -> list[str]:
    """Return one sentence a row of a statement that should find nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(given) or None)
        return [f"{what}: {row}" for row in cursor.fetchall()]


def ledger_balances() -> list[str]:
    """I1: every journal of the ledger has entries that sum to zero in each currency."""
    return _found(
        "I1 a journal does not balance",
        """
        SELECT j.source, e.currency, sum(e.amount_cents), count(e.id)
        FROM settlements_ledgerjournal j LEFT JOIN settlements_ledgerentry e ON e.journal_id = j.id
        GROUP BY j.id, e.currency
        HAVING coalesce(sum(e.amount_cents), 0) <> 0 OR count(e.id) < 2
        """,
    )


def stock_adds_up() -> list[str]:
    """I2: what is on hand is the sum of its movements, and promises fit into it."""
    return _found(
        "I2 a level is wrong",
        """
        SELECT l.offer_id, l.on_hand, m.moved, l.reserved, r.held, l.allocated, r.firm
        FROM stock_stocklevel l
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(delta), 0) AS moved FROM stock_stockmovement
            WHERE offer_id = l.offer_id
        ) m ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(quantity) FILTER (WHERE state = 'held'), 0) AS held,
                coalesce(sum(quantity) FILTER (WHERE state = 'firm'), 0) AS firm
            FROM stock_stockreservation WHERE offer_id = l.offer_id
        ) r ON true
        WHERE l.on_hand <> m.moved OR l.reserved <> r.held OR l.allocated <> r.firm
            OR l.reserved < 0 OR l.allocated < 0 OR l.reserved + l.allocated > l.on_hand
        """,
    )


def slots_fit() -> list[str]:
    """I3: no slot is booked beyond its places, but where a person took places away."""
    return _found(
        "I3 a slot is over-booked",
        """
        SELECT s.id, s.way_key, s.starts_at, s.booked, s.capacity, count(h.id)
        FROM logistics_slotcount s
        LEFT JOIN logistics_slothold h ON h.slot_id = s.id AND h.state <> 'released'
        GROUP BY s.id
        HAVING s.booked <> count(h.id)
            OR (s.booked > s.capacity AND NOT EXISTS (
                SELECT 1 FROM journal_entry e
                WHERE e.subject = 'logistics.slotcount:' || s.id AND e.verb = 'over_booked'
                    AND (e.detail->>'booked')::int >= s.booked
            ))
        """,
    )


def totals_add_up() -> list[str]:
    """I4: an order is the sum of its parts, a part of its lines and fee; nothing is negative."""
    return _found(
        "I4 an order is not the sum of its parts",
        """
        SELECT o.number, o.total_cents, sum(m.total_cents)
        FROM ordering_order o LEFT JOIN ordering_merchantorder m ON m.order_id = o.id
        GROUP BY o.id
        HAVING o.total_cents IS DISTINCT FROM sum(m.total_cents)
            OR o.items_cents IS DISTINCT FROM sum(m.items_cents)
            OR o.fee_cents IS DISTINCT FROM sum(m.fee_cents)
        """,
    ) + _found(
        "I4 a part is not the sum of its lines",
        """
        SELECT m.number, m.items_cents, sum(l.total_cents)
        FROM ordering_merchantorder m LEFT JOIN ordering_orderline l ON l.merchant_order_id = m.id
        GROUP BY m.id
        HAVING m.items_cents IS DISTINCT FROM sum(l.total_cents)
            OR m.total_cents <> m.items_cents + m.fee_cents
            OR least(m.items_cents, m.fee_cents, min(l.total_cents), min(l.quantity)) < 0
        UNION ALL
        SELECT m.number || ' line ' || l.id, l.total_cents, sum(c.cents)
        FROM ordering_orderline l
        JOIN ordering_merchantorder m ON m.id = l.merchant_order_id
        JOIN ordering_linechange c ON c.line_id = l.id
        GROUP BY l.id, m.id
        HAVING l.total_cents + sum(c.cents) < 0 OR l.quantity + sum(c.quantity) < 0
        """,
    )


def money_is_bounded() -> list[str]:
    """I5: taken at most what the bank took, given back at most what was taken, once each."""
    return (
        _found(
            "I5 a payment is out of bounds",
            """
        SELECT p.id, p.state, p.amount_cents, p.captured_cents, p.refunded_cents, r.promised
        FROM payments_payment p
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount_cents), 0) AS promised FROM payments_refund
            WHERE payment_id = p.id AND state <> 'refused'
        ) r ON true
        LEFT JOIN bank_bankcharge b ON b.reference = p.provider_reference
        WHERE p.refunded_cents <> r.promised OR p.refunded_cents > p.captured_cents
            OR (p.provider = 'simulated' AND p.captured_cents > coalesce(b.captured_cents, 0))
        """,
        )
        + _found(
            "I5 a merchant order keeps more than it costs",
            """
        SELECT m.number, m.total_cents, sum(p.captured_cents - p.refunded_cents)
        FROM ordering_merchantorder m JOIN payments_payment p ON p.merchant_order_id = m.id
        GROUP BY m.id
        HAVING sum(p.captured_cents - p.refunded_cents) > m.total_cents
        """,
        )
        + _found(
            "I5 the bank gave back otherwise than was promised",
            """
        SELECT b.reference, b.refunded_cents, sum(g.amount_cents), count(g.id)
        FROM bank_bankcharge b JOIN bank_bankrefund g ON g.charge_id = b.id
        GROUP BY b.id
        HAVING b.refunded_cents <> sum(g.amount_cents) OR b.refunded_cents > b.captured_cents
            OR count(g.id) <> count(DISTINCT g.metadata->>'chalandise_refund')
        UNION ALL
        SELECT r.public_id::text, r.amount_cents, sum(g.amount_cents), count(g.id)
        FROM payments_refund r LEFT JOIN bank_bankrefund g
            ON g.metadata->>'chalandise_refund' = r.public_id::text
        JOIN payments_payment p ON p.id = r.payment_id AND p.provider = 'simulated'
        GROUP BY r.id
        HAVING (r.state = 'done' AND sum(g.amount_cents) IS DISTINCT FROM r.amount_cents)
            OR (count(g.id) > 0 AND r.state = 'refused')
        """,
        )
    )


def no_money_without_order() -> list[str]:
    """I6: money taken stands for one order, or goes back, or waits for a person."""
    return _found(
        "I6 money stands for nothing",
        """
        SELECT p.id, m.number, m.state, p.captured_cents, p.refunded_cents
        FROM payments_payment p JOIN ordering_merchantorder m ON m.id = p.merchant_order_id
        WHERE p.captured_cents > p.refunded_cents AND m.paid_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy d WHERE d.payment_id = p.id AND d.state = 'open'
        )
        """,
    ) + _found(
        "I6 the bank took money that carries no mark of a payment",
        """
        SELECT b.reference, b.metadata FROM bank_bankcharge b
        WHERE b.captured_cents > 0 AND NOT EXISTS (
            SELECT 1 FROM payments_payment p
            WHERE p.public_id::text = b.metadata->>'chalandise_payment'
        )
        """,
    )


def settled_money() -> list[str]:
    """I6 and I9 once the jobs have had their time: nothing is forgotten, the books agree."""
    return (
        _found(
            "I6 the bank took money and nobody knows",
            """
        SELECT b.reference, b.captured_cents, p.id, p.state
        FROM bank_bankcharge b JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment'
        WHERE b.captured_cents > 0 AND p.state <> 'captured' AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy d WHERE d.payment_id = p.id
        )
        """,
        )
        + _found(
            "I6 an order ended and its money did not go back",
            """
        SELECT m.number, m.state, p.kept, w.waiting
        FROM ordering_merchantorder m
        JOIN LATERAL (
            SELECT sum(captured_cents - refunded_cents) AS kept FROM payments_payment
            WHERE merchant_order_id = m.id
        ) p ON true
        JOIN LATERAL (
            SELECT coalesce(sum(amount_cents), 0) AS waiting FROM ordering_withdrawal
            WHERE merchant_order_id = m.id AND applied_at IS NULL
        ) w ON true
        WHERE m.state IN ('declined', 'cancelled', 'uncollected', 'expired')
            AND p.kept <> w.waiting AND NOT EXISTS (
                SELECT 1 FROM payments_discrepancy d JOIN payments_payment q ON q.id = d.payment_id
                WHERE q.merchant_order_id = m.id AND d.kind IN ('refund_refused', 'amount')
            )
        """,
        )
        + _found(
            "I9 an event was never taken",
            """
        SELECT d.subscriber, o.kind, o.payload, d.error
        FROM journal_deadletter d JOIN journal_outboxevent o ON o.id = d.event_id
        """,
        )
    )


@dataclass
class States:
    """I7: every step of every state lies on its graph, and paid means that money was taken.

    Entries of the journal are read once each.
    """

    read: int = 0

    def check(self) -> list[str]:
        """Return the steps since the last call that no graph allows."""
        broken = []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, subject, substr(verb, 8), detail->>'from' FROM journal_entry"
                " WHERE id > %s AND verb LIKE 'became\\_%%' ORDER BY id",
                [self.read],
            )
            for pk, subject, to, was in cursor.fetchall():
                self.read = max(self.read, pk)
                known = GRAPHS.get(subject.partition(":")[0])
                if known is not None and not known[1].allows(was, to):
                    broken.append(f"I7 {subject} went from {was} to {to}")
        return broken


def states_are_told() -> list[str]:
    """I7: a state is the one that the journal told last, and paid means that money was taken."""
    broken = []
    for subject, (table, _transitions) in GRAPHS.items():
        broken += _found(
            "I7 a state changed and nobody told",
            f"""
            SELECT '{subject}', t.id, t.state, e.verb FROM {table} t
            JOIN LATERAL (
                SELECT verb FROM journal_entry
                WHERE subject = '{subject}:' || t.id AND verb LIKE 'became\\_%'
                ORDER BY id DESC LIMIT 1
            ) e ON true
            WHERE e.verb <> 'became_' || t.state
            """,  # noqa: S608 - names of ours
        )
    return broken + _found(
        "I7 paid without money",
        """
        SELECT m.number, m.state, m.paid_at FROM ordering_merchantorder m
        WHERE (m.paid_at IS NOT NULL OR (
            m.pays = 'online' AND m.total_cents > 0
            AND m.state NOT IN ('awaiting_payment', 'cancelled', 'expired')
        )) AND NOT EXISTS (
            SELECT 1 FROM payments_payment p
            WHERE p.merchant_order_id = m.id AND p.state = 'captured'
        )
        """,
    )


def effects_happen_once() -> list[str]:
    """I8: an event, a payment, a refund, a key has one effect at most."""
    return _found(
        "I8 something had two effects",
        """
        SELECT 'event', provider || event_id, count(*) FROM payments_inboxevent
        GROUP BY provider, event_id HAVING count(*) > 1
        UNION ALL
        SELECT kind, payload::text, count(*) FROM journal_outboxevent
        WHERE kind IN ('payments.payment_captured', 'payments.refund_done')
        GROUP BY kind, payload HAVING count(*) > 1
        UNION ALL
        SELECT 'refund key', key, count(*) FROM payments_refund GROUP BY key HAVING count(*) > 1
        UNION ALL
        SELECT 'sale', reference, count(*) FROM settlements_salesrecord WHERE kind = 'sale'
        GROUP BY reference HAVING count(*) > 1
        UNION ALL
        SELECT 'order of a checkout', checkout_id::text, count(*) FROM ordering_order
        GROUP BY checkout_id HAVING count(*) > 1
        UNION ALL
        SELECT 'money for an order', p.merchant_order_id::text, count(*) FROM payments_payment p
        WHERE p.provider = 'simulated' AND p.captured_cents > 0 AND NOT EXISTS (
            SELECT 1 FROM payments_refund r WHERE r.payment_id = p.id
                AND r.reason IN ('paid_twice', 'order_lost', 'wrong_amount')
        )
        GROUP BY p.merchant_order_id HAVING count(*) > 1
        """,
    )


_SNAPSHOTS = """
    SELECT 'order ' || o.number, md5(concat_ws('|', o.customer_name, o.items_cents, o.fee_cents,
        o.total_cents, o.recap, o.recap_digest, o.declarations, o.placed_at))
    FROM ordering_order o
    UNION ALL
    SELECT 'part ' || m.number, md5(concat_ws('|', m.items_cents, m.fee_cents, m.fee_vat_rate_bp,
        m.total_cents, m.commission_bp, m.seller, m.way, m.way_key, m.pays, m.placed_at))
    FROM ordering_merchantorder m
    UNION ALL
    SELECT 'line ' || l.id, md5(concat_ws('|', l.product_name, l.variant_name, l.quantity,
        l.unit_price_cents, l.total_cents, l.vat_code, l.vat_rate_bp, l.withdrawal_exception))
    FROM ordering_orderline l
    UNION ALL
    SELECT 'terms ' || t.organisation_id || '/' || t.version, md5(t.html)
    FROM ordering_sellerterms t
    UNION ALL
    SELECT 'invoice ' || i.number || ' of ' || i.organisation_id,
        md5(concat_ws('|', i.gross_cents, i.tax_cents, i.document, i.digest))
    FROM settlements_invoice i
"""


@dataclass
class Snapshots:
    """I11: what was ordered under stays as it was at first sight."""

    seen: dict[str, str] = field(default_factory=dict)

    def check(self) -> list[str]:
        """Return what changed or vanished since it was first seen."""
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOTS)
            now: dict[str, str] = dict(cursor.fetchall())
        broken = [
            f"I11 {name} changed" for name, was in self.seen.items() if now.get(name, "") != was
        ]
        self.seen = now | self.seen
        return broken


def holds_expire() -> list[str]:
    """I12: whatever is held, and not promised, ends by itself within an hour."""
    return _found(
        "I12 a hold never ends",
        """
        SELECT 'stock', id, state, expires_at FROM stock_stockreservation
        WHERE state = 'held' AND expires_at IS NULL
        UNION ALL
        SELECT 'slot', id, state, expires_at FROM logistics_slothold
        WHERE state = 'held' AND (expires_at IS NULL OR expires_at > held_at + interval '2 hours')
        """,
    )


def sweepers_change_nothing(*, at: datetime) -> list[str]:
    """I12: what is left is the same with the sweepers as without them."""

    def left() -> tuple[dict[int, int | None], list[tuple[object, ...]]]:
        offers = StockLevel.objects.order_by("pk").values_list("pk", flat=True)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT s.id, count(h.id) FILTER (
                    WHERE h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %s)
                )
                FROM logistics_slotcount s LEFT JOIN logistics_slothold h ON h.slot_id = s.id
                GROUP BY s.id ORDER BY s.id
                """,
                [at],
            )
            return left_of(offers, at=at), cursor.fetchall()

    before = left()
    with transaction.atomic():
        expire_holds(at=at)
        expire_slot_holds(at=at)
        after = left()
        swept = _found(
            "I12 a slot counts what ran out",
            """
            SELECT s.id, s.booked FROM logistics_slotcount s
            JOIN logistics_slothold h ON h.slot_id = s.id
            WHERE h.state = 'held' AND h.expires_at <= %s
            """,
            [at],
        ) + _found(
            "I12 stock counts what ran out",
            "SELECT id FROM stock_stockreservation WHERE state = 'held' AND expires_at <= %s",
            [at],
        )
        transaction.set_rollback(True)
    return swept if before == after else [f"I12 sweeping changed what is left: {before} {after}"]


AT_EVERY_STEP: tuple[Callable[[], list[str]], ...] = (
    ledger_balances,
    stock_adds_up,
    slots_fit,
    totals_add_up,
    money_is_bounded,
    no_money_without_order,
    states_are_told,
    effects_happen_once,
    holds_expire,
)
