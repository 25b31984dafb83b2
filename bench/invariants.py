"""What must hold after any load, counted by SQL: the invariants of money, stock and slots."""

from __future__ import annotations

from bench.shelves import ON_HAND

BROKEN = {
    "I2, stock kept": """
        SELECT count(*) FROM stock_stocklevel
        WHERE reserved < 0 OR allocated < 0 OR reserved + allocated > on_hand
    """,
    "I2, movements": """
        SELECT count(*) FROM stock_stocklevel l WHERE on_hand <> %(on_hand)s + coalesce(
            (SELECT sum(m.delta) FROM stock_stockmovement m WHERE m.offer_id = l.offer_id), 0)
    """,
    "I2, reservations": """
        SELECT count(*) FROM stock_stocklevel l LEFT JOIN (
            SELECT offer_id, sum(quantity) FILTER (WHERE state = 'held') AS held,
                sum(quantity) FILTER (WHERE state = 'firm') AS firm
            FROM stock_stockreservation GROUP BY offer_id
        ) r USING (offer_id)
        WHERE l.reserved <> coalesce(r.held, 0) OR l.allocated <> coalesce(r.firm, 0)
    """,
    "I2, what was sold": """
        SELECT count(*) FROM (
            SELECT m.holder, l.offer_id, sum(l.quantity) AS sold FROM ordering_orderline l
            JOIN ordering_merchantorder m ON m.id = l.merchant_order_id
            JOIN stock_stocklevel k ON k.offer_id = l.offer_id
            WHERE m.state IN ('placed', 'accepted') GROUP BY m.holder, l.offer_id
        ) s LEFT JOIN stock_stockreservation r
            ON r.holder = s.holder AND r.offer_id = s.offer_id AND r.state = 'firm'
        WHERE r.quantity IS DISTINCT FROM s.sold
    """,
    "I3, slots": """
        SELECT count(*) FROM logistics_slotcount WHERE booked > capacity AND NOT is_over_booked
    """,
    "I3, places": """
        SELECT count(*) FROM logistics_slotcount c WHERE c.capacity < (
            SELECT count(*) FROM logistics_slothold h WHERE h.slot_id = c.id AND h.state = 'firm')
    """,
    "I3, what was promised": """
        SELECT count(*) FROM ordering_merchantorder m
        WHERE m.state IN ('placed', 'accepted') AND m.starts_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM logistics_slothold h JOIN logistics_slotcount c ON c.id = h.slot_id
            WHERE h.holder = m.holder AND h.state = 'firm' AND c.starts_at = m.starts_at)
            AND m.gathered_by_id IS NULL
    """,
    "I4, orders": """
        SELECT count(*) FROM ordering_order o WHERE o.total_cents IS DISTINCT FROM (
            SELECT sum(m.total_cents) FROM ordering_merchantorder m WHERE m.order_id = o.id)
    """,
    "I4, merchant orders": """
        SELECT count(*) FROM ordering_merchantorder m
        WHERE m.total_cents <> m.items_cents + m.fee_cents OR m.items_cents IS DISTINCT FROM (
            SELECT sum(l.total_cents) FROM ordering_orderline l WHERE l.merchant_order_id = m.id)
    """,
    "I4, lines": """
        SELECT count(*) FROM ordering_orderline
        WHERE total_cents < 0 OR (basket_key IS NULL AND total_cents <> quantity * unit_price_cents)
    """,
    "I8, one order a checkout": """
        SELECT count(*) - count(DISTINCT checkout_id) FROM ordering_order
    """,
    "I11, the recap": """
        SELECT count(*) FROM ordering_order WHERE (recap->>'total_cents')::bigint <> total_cents
    """,
    "events": """
        SELECT count(*) FROM ordering_order o WHERE 1 <> (
            SELECT count(*) FROM journal_outboxevent e
            WHERE e.kind = 'ordering.order_placed' AND e.payload @> jsonb_build_object('order_id', o.id))
            AND o.id > (SELECT max(id) - 200 FROM ordering_order)
    """,
}


def broken() -> dict[str, int]:
    """Return how many rows break each invariant."""
    from django.db import connection  # noqa: PLC0415 - once Django is set up

    from chalandise.ordering.models import Order  # noqa: PLC0415
    from chalandise.ordering.recap import digest_of  # noqa: PLC0415

    found = {}
    with connection.cursor() as cursor:
        for name, statement in BROKEN.items():
            cursor.execute(statement, {"on_hand": ON_HAND})
            found[name] = int(cursor.fetchone()[0])
    newest = Order.objects.order_by("-pk").values_list("recap", "recap_digest")[:2000]
    found["I11, digests"] = sum(digest_of(recap) != digest for recap, digest in newest)
    return found
