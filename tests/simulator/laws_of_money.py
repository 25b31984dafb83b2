"""Laws of the books, the bank and what both know (I1, I5, I6, I8, I9)."""

from __future__ import annotations

from tests.simulator.laws import law

# I1: every journal of the ledger has entries that sum to zero in each currency.
ledger_balances = law(
    "I1 a journal does not balance",
    """
        SELECT j.source, e.currency, sum(e.amount_cents), count(e.id)
        FROM settlements_ledgerjournal j LEFT JOIN settlements_ledgerentry e ON e.journal_id = j.id
        GROUP BY j.id, e.currency
        HAVING coalesce(sum(e.amount_cents), 0) <> 0 OR count(e.id) < 2
        """,
) + law(
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


# I5: taken at most what the bank took, given back at most what was taken, once each; a merchant
# order keeps what it costs, and more only where the scales said so.
money_is_bounded = (
    law(
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
    + law(
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
    + law(
        "I5 the bank gave back otherwise than was promised",
        """
        SELECT b.reference, b.refunded_cents, sum(g.amount_cents), count(g.id)
        FROM bank_bankcharge b JOIN bank_bankrefund g ON g.charge_id = b.id AND g.state <> 'refused'
        GROUP BY b.id
        HAVING b.refunded_cents <> sum(g.amount_cents) OR b.refunded_cents > b.captured_cents
            OR count(g.id) <> count(DISTINCT g.metadata->>'chalandise_refund')
        UNION ALL
        SELECT r.public_id::text, r.amount_cents, sum(g.amount_cents), count(g.id)
        FROM payments_refund r LEFT JOIN bank_bankrefund g
            ON g.metadata->>'chalandise_refund' = r.public_id::text AND g.state <> 'refused'
        JOIN payments_payment p ON p.id = r.payment_id AND p.provider = 'simulated'
        GROUP BY r.id
        HAVING (r.state = 'done' AND sum(g.amount_cents) IS DISTINCT FROM r.amount_cents)
            OR (count(g.id) > 0 AND r.state = 'refused')
        """,
    )
)


# I5: at each payout, all that has left for a merchant is at most what was captured for them a day before,
# less what had gone back of it and the fees. What goes back afterwards is taken off the next ones.
payouts_are_earned = law(
    "I5 a merchant was paid out more than was earned",
    """
        SELECT p.reference, gone.cents, earned.cents, back.cents
        FROM bank_bankpayout p
        JOIN LATERAL (
            SELECT sum(o.amount_cents) AS cents FROM bank_bankpayout o
            WHERE o.account_id = p.account_id AND o.id <= p.id
                AND (o.came_back_at IS NULL OR o.came_back_at > p.created_at)
        ) gone ON true
        JOIN LATERAL (
            SELECT coalesce(sum(c.captured_cents - c.fee_cents + c.fee_refunded_cents), 0) AS cents
            FROM bank_bankcharge c
            WHERE c.account_id = p.account_id AND c.created_at <= p.created_at - interval '1 day'
        ) earned ON true
        JOIN LATERAL (
            SELECT coalesce(sum(g.amount_cents), 0) AS cents
            FROM bank_bankrefund g JOIN bank_bankcharge c ON c.id = g.charge_id
            WHERE c.account_id = p.account_id AND c.created_at <= p.created_at - interval '1 day'
                AND g.state <> 'refused' AND g.created_at < p.created_at
        ) back ON true
        WHERE gone.cents > earned.cents - back.cents
        """,
)


# I5: what the bank took back for a cardholder is not given back a second time.
money_goes_back_once = law(
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
) + law(
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
            WHERE q.payment_id = r.payment_id AND q.kind IN ('refund_refused', 'refund_short')
        )
        """,
)


# I6: money taken stands for one order, or goes back, or waits for a person.
no_money_without_order = law(
    "I6 money stands for nothing",
    """
        SELECT p.id, m.number, m.state, p.captured_cents, p.refunded_cents
        FROM payments_payment p JOIN ordering_merchantorder m ON m.id = p.merchant_order_id
        WHERE p.captured_cents > p.refunded_cents AND m.paid_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM payments_discrepancy d WHERE d.payment_id = p.id AND d.state = 'open'
        )
        """,
) + law(
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
    law(
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
    + law(
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
    + law(
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
    + law(
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
    + law(
        "I9 money promised back never went",
        """
        SELECT r.id, r.state, r.amount_cents, r.reason FROM payments_refund r
        JOIN payments_payment p ON p.id = r.payment_id
        WHERE p.provider <> 'on_collection' AND r.state NOT IN ('done', 'refused')
            AND NOT r.is_debt
        """,
    )
    + law(
        "I9 an event was never taken",
        """
        SELECT d.subscriber, o.kind, o.payload, d.error
        FROM journal_deadletter d JOIN journal_outboxevent o ON o.id = d.event_id
        """,
    )
)


# I9 right after the books were compared with a bank that answers: whatever differs is on the desk, or
# explained: by refunds that are on their way, or by a bank that went back on its word while answers of
# before may still come (``believed``). Asked of what the comparison looks at, ``since`` a moment.
differences_are_told = (
    law(
        "I9 the bank took otherwise, the books were compared, and nobody is told",
        """
        SELECT b.reference, b.captured_cents, p.captured_cents, p.state
        FROM bank_bankcharge b LEFT JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment'
        WHERE b.created_at >= %(since)s AND b.captured_cents <> coalesce(p.captured_cents, 0)
            AND NOT EXISTS (
                SELECT 1 FROM payments_discrepancy d
                WHERE (d.payment_id = p.id AND d.kind IN ('amount', 'currency', 'account', 'metadata'))
                    OR (d.kind = 'orphan' AND d.reference = b.reference)
            )
        UNION ALL
        SELECT p.provider_reference, 0, p.captured_cents, p.state FROM payments_payment p
        WHERE p.provider = 'simulated' AND p.state = 'captured' AND p.created_at >= %(since)s
            AND NOT EXISTS (
                SELECT 1 FROM bank_bankcharge b WHERE b.reference = p.provider_reference
            ) AND NOT EXISTS (
                SELECT 1 FROM payments_discrepancy d
                WHERE d.payment_id = p.id AND d.kind = 'missing'
            )
        """,
    )
    + law(
        "I9 the bank gave back otherwise, the books were compared, and nobody is told",
        """
        SELECT b.reference, b.refunded_cents, r.done, r.going
        FROM bank_bankcharge b JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment'
        JOIN LATERAL (
            SELECT coalesce(sum(amount_cents) FILTER (WHERE state = 'done'), 0) AS done,
                coalesce(sum(amount_cents) FILTER (WHERE state NOT IN ('done', 'refused')), 0) AS going
            FROM payments_refund WHERE payment_id = p.id
        ) r ON true
        WHERE b.created_at >= %(since)s
            AND b.refunded_cents NOT BETWEEN r.done AND r.done + r.going
            AND NOT EXISTS (
                SELECT 1 FROM payments_discrepancy d
                WHERE d.payment_id = p.id AND d.kind = 'refund_missing'
            )
        """,
    )
    + law(
        "I9 a cardholder disputes, the books were compared, and nobody is told",
        """
        SELECT b.reference, b.dispute_end, d.state FROM bank_bankcharge b
        JOIN payments_payment p
            ON p.public_id::text = b.metadata->>'chalandise_payment' AND p.state = 'captured'
        LEFT JOIN payments_dispute d ON d.payment_id = p.id
        WHERE b.created_at >= %(since)s AND b.is_disputed
            AND d.state IS DISTINCT FROM coalesce(nullif(b.dispute_end, ''), 'open')
            AND (d.id IS NULL OR coalesce(d.ended_at, d.opened_at) < %(believed)s)
        """,
    )
)


# I8: an event, a payment, a refund, a key has one effect at most.
effects_happen_once = law(
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
