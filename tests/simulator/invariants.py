"""The invariants of the market, each a function that names what is broken.

A law is a statement that should find nothing; called, it returns a sentence for each breach. All of
them are asked as one statement with its plan kept (`broken_laws`), of every row, after every step. `test_invariants.py` breaks a row by hand for each of them. I6 has two sides: what holds at
every moment, and what holds once the jobs have had their time (`settled_money`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction

from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, QUESTION_TRANSITIONS
from chalandise.kernel.transitions import Transitions
from chalandise.logistics.actions import expire_slot_holds
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, WITHDRAWAL_TRANSITIONS
from chalandise.payments.states import (
    DISPUTE_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    VISIT_TRANSITIONS,
)
from chalandise.stock.actions import expire_holds
from chalandise.stock.models import StockLevel
from chalandise.stock.queries import left_of

Given = Sequence[object] | Mapping[str, object] | None

GRAPHS: dict[str, tuple[str, Transitions]] = {
    "ordering.merchantorder": ("ordering_merchantorder", MERCHANT_ORDER_TRANSITIONS),
    "ordering.withdrawal": ("ordering_withdrawal", WITHDRAWAL_TRANSITIONS),
    "payments.payment": ("payments_payment", PAYMENT_TRANSITIONS),
    "payments.refund": ("payments_refund", REFUND_TRANSITIONS),
    "payments.visit": ("payments_visit", VISIT_TRANSITIONS),
    "payments.dispute": ("payments_dispute", DISPUTE_TRANSITIONS),
    "fulfilment.fulfilment": ("fulfilment_fulfilment", FULFILMENT_TRANSITIONS),
    "fulfilment.question": ("fulfilment_question", QUESTION_TRANSITIONS),
}


@dataclass(frozen=True)
class Law:
    """What must never be found: pairs of a sentence and a statement that finds breaches of it."""

    breaches: tuple[tuple[str, str], ...]

    def __call__(self) -> list[str]:
        """Return one sentence a breach."""
        return _found(self.statement)

    def __add__(self, other: Law) -> Law:
        return Law(self.breaches + other.breaches)

    @property
    def statement(self) -> str:
        """All the statements as one, so that one plan and one answer do for all."""
        return "\nUNION ALL\n".join(
            f"SELECT '{what}: ' || found::text FROM ({statement}) AS found"  # noqa: S608 - ours
            for what, statement in self.breaches
        )


def _law(what: str, statement: str) -> Law:
    return Law(((what, statement),))


def _found(statement: str, given: Given = None) -> list[str]:
    """Return the answers, one text a row."""
    return [str(row[0]) for row in _rows(statement, given)]


def _rows(statement: str, given: Given = None) -> list[tuple[Any, ...]]:
    """Ask with the plan kept: to plan these statements costs more than to find nothing."""
    connection.ensure_connection()
    held = connection.connection
    was, held.prepare_threshold = held.prepare_threshold, 0
    try:
        with psycopg.Cursor(held) as cursor:
            return cursor.execute(statement, given, prepare=True).fetchall()
    finally:
        held.prepare_threshold = was


# I1: every journal of the ledger has entries that sum to zero in each currency.
ledger_balances = _law(
    "I1 a journal does not balance",
    """
        SELECT j.source, e.currency, sum(e.amount_cents), count(e.id)
        FROM settlements_ledgerjournal j LEFT JOIN settlements_ledgerentry e ON e.journal_id = j.id
        GROUP BY j.id, e.currency
        HAVING coalesce(sum(e.amount_cents), 0) <> 0 OR count(e.id) < 2
        """,
) + _law(
    "I1 a dispute stands in the ledger as none can",
    """
        SELECT * FROM (
            SELECT split_part(j.source, ':', 2) AS payment,
                coalesce(sum(e.amount_cents) FILTER (WHERE e.account = 'disputes'), 0) AS held,
                coalesce(sum(e.amount_cents) FILTER (WHERE e.account = 'merchant'), 0) AS lost,
                coalesce(sum(e.amount_cents) FILTER (WHERE e.account = 'clearing'), 0) AS there
            FROM settlements_ledgerjournal j
            JOIN settlements_ledgerentry e ON e.journal_id = j.id
            WHERE j.kind IN ('dispute', 'dispute_won', 'dispute_lost')
            GROUP BY 1
        ) AS told
        WHERE held < 0 OR lost < 0 OR (held > 0 AND lost > 0) OR held + lost + there <> 0
        """,
)


# I2: what is on hand is the sum of its movements, and promises fit into it.
stock_adds_up = _law(
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


# I3: no slot is booked beyond its places, but where a person took places away.
slots_fit = _law(
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


# I4: an order is the sum of its parts, a part of its lines and fee; nothing is negative.
totals_add_up = _law(
    "I4 an order is not the sum of its parts",
    """
        SELECT o.number, o.total_cents, sum(m.total_cents)
        FROM ordering_order o LEFT JOIN ordering_merchantorder m ON m.order_id = o.id
        GROUP BY o.id
        HAVING o.total_cents IS DISTINCT FROM sum(m.total_cents)
            OR o.items_cents IS DISTINCT FROM sum(m.items_cents)
            OR o.fee_cents IS DISTINCT FROM sum(m.fee_cents)
        """,
) + _law(
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


# I5: taken at most what the bank took, given back at most what was taken, once each; a merchant
# order keeps what it costs, and more only where the scales said so.
money_is_bounded = (
    _law(
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
    + _law(
        "I5 a merchant order keeps more than it costs",
        """
        SELECT m.number, m.total_cents, c.heavier,
            sum(p.captured_cents - p.refunded_cents - r.refused)
        FROM ordering_merchantorder m JOIN payments_payment p ON p.merchant_order_id = m.id
        LEFT JOIN LATERAL (  -- the cardholder's bank has given it them, or a person looks
            SELECT coalesce(sum(amount_cents), 0) AS refused FROM payments_refund
            WHERE payment_id = p.id AND state = 'refused'
        ) r ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(cents) FILTER (WHERE cents > 0), 0) AS heavier
            FROM ordering_linechange
            WHERE line_id IN (SELECT id FROM ordering_orderline WHERE merchant_order_id = m.id)
        ) c ON true
        GROUP BY m.id, c.heavier
        HAVING sum(p.captured_cents - p.refunded_cents - r.refused) > m.total_cents + c.heavier
        """,
    )
    + _law(
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


# I5: what the bank took back for a cardholder is not given back a second time.
money_goes_back_once = _law(
    "I5 money went back twice",
    """
        SELECT 'at the bank', b.reference, b.captured_cents, b.refunded_cents, b.disputed_cents
        FROM bank_bankcharge b
        WHERE b.is_disputed AND b.dispute_end <> 'won'
            AND b.refunded_cents + b.disputed_cents > b.captured_cents
        UNION ALL
        SELECT 'in the books', p.provider_reference, p.captured_cents, r.cents, d.amount_cents
        FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
        JOIN LATERAL (
            SELECT coalesce(sum(amount_cents), 0) AS cents FROM payments_refund
            WHERE payment_id = p.id AND state IN ('sent', 'done')
        ) r ON true
        WHERE d.state <> 'won' AND r.cents + d.amount_cents > p.captured_cents
        """,
) + _law(
    "I6 a dispute goes on, or a refund was refused, and nobody is told",
    """
        SELECT d.id, d.payment_id, d.turns FROM payments_dispute d
        WHERE d.state = 'open' AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy q
            WHERE q.payment_id = d.payment_id AND q.kind = 'dispute' AND q.state = 'open'
        )
        UNION ALL
        SELECT r.id, r.payment_id, r.amount_cents FROM payments_refund r
        WHERE r.state = 'refused' AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy q
            WHERE q.payment_id = r.payment_id AND q.kind = 'refund_refused'
        )
        """,
)


# I6: money taken stands for one order, or goes back, or waits for a person.
no_money_without_order = _law(
    "I6 money stands for nothing",
    """
        SELECT p.id, m.number, m.state, p.captured_cents, p.refunded_cents
        FROM payments_payment p JOIN ordering_merchantorder m ON m.id = p.merchant_order_id
        WHERE p.captured_cents > p.refunded_cents AND m.paid_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy d WHERE d.payment_id = p.id AND d.state = 'open'
        )
        """,
) + _law(
    "I6 the bank took money that carries no mark of a payment",
    """
        SELECT b.reference, b.metadata FROM bank_bankcharge b
        WHERE b.captured_cents > 0 AND NOT EXISTS (
            SELECT 1 FROM payments_payment p
            WHERE p.public_id::text = b.metadata->>'chalandise_payment'
        )
        """,
)


# I6 and I9 once the jobs have had their time: nothing is forgotten, the books agree.
settled_money = (
    _law(
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
    + _law(
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
    + _law(
        "I9 the list of the bank and ours differ",
        """
        SELECT b.reference, b.captured_cents, p.captured_cents, b.refunded_cents, r.done
        FROM bank_bankcharge b JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment'
        JOIN LATERAL (
            SELECT coalesce(sum(amount_cents) FILTER (WHERE state = 'done'), 0) AS done
            FROM payments_refund WHERE payment_id = p.id
        ) r ON true
        WHERE (b.captured_cents <> p.captured_cents OR b.refunded_cents <> r.done)
            AND NOT EXISTS (SELECT 1 FROM payments_discrepancy d WHERE d.payment_id = p.id)
        """,
    )
    + _law(
        "I9 the bank and ours differ about a dispute",
        """
        SELECT b.reference, b.dispute_end, b.disputed_cents, d.state, d.amount_cents
        FROM bank_bankcharge b JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment' AND p.state = 'captured'
        LEFT JOIN payments_dispute d ON d.payment_id = p.id
        WHERE b.is_disputed AND (d.id IS NULL OR d.state <> b.dispute_end
            OR (d.state = 'lost' AND d.amount_cents <> b.disputed_cents)
        ) AND (d.id IS NOT NULL OR EXISTS (  -- of a dispute whose news were lost nobody knows
            SELECT 1 FROM bank_bankevent v
            WHERE v.kind = 'charge.disputed' AND v.body LIKE '%%' || b.reference || '%%'
        ))
        """,
    )
    + _law(
        "I9 money promised back never went",
        """
        SELECT r.id, r.state, r.amount_cents, r.reason FROM payments_refund r
        JOIN payments_payment p ON p.id = r.payment_id
        WHERE p.provider <> 'on_collection' AND r.state NOT IN ('done', 'refused')
            AND NOT r.is_debt
        """,
    )
    + _law(
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
        rows = _rows(
            "SELECT id, subject, substr(verb, 8), detail->>'from' FROM journal_entry"
            " WHERE id > %s AND verb LIKE 'became\\_%%' ORDER BY id",
            [self.read],
        )
        for pk, subject, to, was in rows:
            self.read = max(self.read, pk)
            known = GRAPHS.get(subject.partition(":")[0])
            if known is not None and not known[1].allows(was, to):
                broken.append(f"I7 {subject} went from {was} to {to}")
        return broken


# I7: a state is the one that the journal told last.
states_are_told = Law(
    tuple(
        (
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
        for subject, (table, _transitions) in GRAPHS.items()
    )
)

# I7: paid means that money was taken.
paid_with_money = _law(
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

# I8: an event, a payment, a refund, a key has one effect at most.
effects_happen_once = _law(
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
        WHERE p.provider <> 'on_collection' AND p.captured_cents > 0 AND NOT EXISTS (
            SELECT 1 FROM payments_refund r WHERE r.payment_id = p.id
                AND r.reason IN ('paid_twice', 'order_lost', 'wrong_amount')
        )
        GROUP BY p.merchant_order_id HAVING count(*) > 1
        """,
)

_WRITTEN = {
    "order": (
        "ordering_order",
        "number",
        """customer_name, items_cents, fee_cents, total_cents, recap, recap_digest, declarations,
        placed_at""",
    ),
    "part": (
        "ordering_merchantorder",
        "number",
        """items_cents, fee_cents, fee_vat_rate_bp, total_cents, commission_bp, seller, way,
        way_key, pays, placed_at""",
    ),
    "line": (
        "ordering_orderline",
        "id",
        """product_name, variant_name, quantity, unit_price_cents, total_cents, vat_code,
        vat_rate_bp, withdrawal_exception""",
    ),
    "terms": ("ordering_sellerterms", "organisation_id || '/' || version", "html"),
    "invoice": (
        "settlements_invoice",
        "number || ' of ' || organisation_id",
        "gross_cents, tax_cents, document, digest",
    ),
}
_SINCE = "SELECT 'since', pg_snapshot_xmin(pg_current_snapshot())::text\nUNION ALL\n"
_SNAPSHOTS = _SINCE + "\nUNION ALL\n".join(
    f"""
    (SELECT '{name} ' || {key}, md5(concat_ws('|', {columns})) FROM {table}
    WHERE xmin::text::bigint >= %(since)s)
    UNION ALL
    SELECT 'count of {name}', count(*)::text FROM {table}
    """  # noqa: S608 - names of ours
    for name, (table, key, columns) in _WRITTEN.items()
)


@dataclass
class Snapshots:
    """I11: what was ordered under stays as it was at first sight.

    Read are the rows that a transaction wrote since the last look, and how many there are: a row
    that nobody wrote is as it was, and one that vanished is missed in the count.
    """

    since: int = 0
    seen: dict[str, str] = field(default_factory=dict)

    def check(self) -> list[str]:
        """Return what changed or vanished since it was first seen."""
        now: dict[str, str] = dict(_rows(_SNAPSHOTS, {"since": self.since}))
        since = int(now.pop("since"))
        counts = {name: int(now.pop(f"count of {name}")) for name in _WRITTEN}
        broken = [
            f"I11 {name} changed"
            for name, digest in now.items()
            if self.seen.setdefault(name, digest) != digest
        ]
        known = Counter(name.partition(" ")[0] for name in self.seen)
        broken += [
            f"I11 a row of {name} vanished" for name in _WRITTEN if known[name] != counts[name]
        ]
        self.since = since
        return broken


# I12: whatever is held, and not promised, ends by itself within two hours, or a day where an order by
# telephone awaits its payment.
holds_expire = _law(
    "I12 a hold never ends",
    """
        SELECT 'stock', id, state, expires_at FROM stock_stockreservation
        WHERE state = 'held' AND expires_at IS NULL
        UNION ALL
        SELECT 'slot', h.id, h.state, h.expires_at FROM logistics_slothold h
        LEFT JOIN ordering_merchantorder m ON m.holder = h.holder
        LEFT JOIN ordering_order o ON o.id = m.order_id
        WHERE h.state = 'held' AND (h.expires_at IS NULL OR h.expires_at > h.held_at
            + CASE o.source WHEN 'phone' THEN interval '1 day' ELSE interval '2 hours' END)
        """,
)


def sweepers_change_nothing(*, at: datetime) -> list[str]:
    """I12: what is left is the same with the sweepers as without them."""

    def left() -> tuple[dict[int, int | None], list[tuple[object, ...]]]:
        offers = StockLevel.objects.order_by("pk").values_list("pk", flat=True)
        booked = _rows(
            """
            SELECT s.id, count(h.id) FILTER (
                WHERE h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %s)
            )
            FROM logistics_slotcount s LEFT JOIN logistics_slothold h ON h.slot_id = s.id
            GROUP BY s.id ORDER BY s.id
            """,
            [at],
        )
        return left_of(offers, at=at), booked

    before = left()
    with transaction.atomic():
        expire_holds(at=at)
        expire_slot_holds(at=at)
        after = left()
        swept = _found(
            """
            SELECT 'I12 a slot counts what ran out: ' || s.id FROM logistics_slotcount s
            JOIN logistics_slothold h ON h.slot_id = s.id
            WHERE h.state = 'held' AND h.expires_at <= %(at)s
            UNION ALL
            SELECT 'I12 stock counts what ran out: ' || id FROM stock_stockreservation
            WHERE state = 'held' AND expires_at <= %(at)s
            """,
            {"at": at},
        )
        transaction.set_rollback(True)
    return swept if before == after else [f"I12 sweeping changed what is left: {before} {after}"]


AT_EVERY_STEP: tuple[Law, ...] = (
    ledger_balances,
    stock_adds_up,
    slots_fit,
    totals_add_up,
    money_is_bounded,
    money_goes_back_once,
    no_money_without_order,
    states_are_told,
    paid_with_money,
    effects_happen_once,
    holds_expire,
)
EVERYTHING = Law(tuple(breach for law in AT_EVERY_STEP for breach in law.breaches)).statement


def broken_laws() -> list[str]:
    """Ask for breaches of every law at once."""
    return _found(EVERYTHING)
