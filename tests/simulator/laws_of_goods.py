"""Laws of goods, slots, sums and holds (I2, I3, I4, I12)."""

from __future__ import annotations

from tests.simulator.laws import law

# I2: what is on hand is the sum of its movements, and promises fit into it.
stock_adds_up = law(
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
slots_fit = law(
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
totals_add_up = law(
    "I4 an order is not the sum of its parts",
    """
        SELECT o.number, o.total_cents, sum(m.total_cents)
        FROM ordering_order o LEFT JOIN ordering_merchantorder m ON m.order_id = o.id
        GROUP BY o.id
        HAVING o.total_cents IS DISTINCT FROM sum(m.total_cents)
            OR o.items_cents IS DISTINCT FROM sum(m.items_cents)
            OR o.fee_cents IS DISTINCT FROM sum(m.fee_cents)
        """,
) + law(
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


# I12: whatever is held, and not promised, ends by itself within two hours, or a day where an order by
# telephone awaits its payment.
holds_expire = law(
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
