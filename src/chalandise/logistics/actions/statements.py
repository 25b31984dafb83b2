"""The statements that take places in slots, in the words of PostgreSQL.

`LOCK` creates the counts that are not there and locks all, in the order of way and start: an upsert
that changes nothing. `TRY` looks at the locked slots with the eyes of a new statement, hence after
every rival has committed, and writes all or nothing. `LOCK_TAKEN` locks in the same order for the
others.
"""

LOCK = """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %(patience)s, true)),
at_points AS MATERIALIZED (
    SELECT w.way_key, p.id AS point_id, NULL::bigint AS zone_id, w.starts_at, w.ends_at, p.capacity
    FROM patience, unnest(
        %(point_keys)s::text[], %(point_ids)s::bigint[],
        %(point_starts)s::timestamptz[], %(point_ends)s::timestamptz[]
    ) AS w (way_key, lock_id, starts_at, ends_at)
    JOIN logistics_pickuppoint p ON p.id = w.lock_id AND p.is_active
    ORDER BY p.id
    FOR SHARE OF p
),
on_rounds AS MATERIALIZED (
    SELECT w.way_key, NULL::bigint AS point_id, d.zone_id, w.starts_at, w.ends_at, d.capacity
    FROM patience, unnest(
        %(round_keys)s::text[], %(round_ids)s::bigint[],
        %(round_starts)s::timestamptz[], %(round_ends)s::timestamptz[]
    ) AS w (way_key, lock_id, starts_at, ends_at)
    JOIN logistics_deliverywindow d ON d.id = w.lock_id
    ORDER BY d.id
    FOR SHARE OF d
),
former AS (
    SELECT o.way_key, o.point_id, o.zone_id, o.starts_at, o.ends_at, o.capacity
    FROM logistics_slothold h
    JOIN logistics_slotcount o ON o.id = h.slot_id
    WHERE h.holder = ANY(%(holders)s::uuid[])
)
INSERT INTO logistics_slotcount AS c
    (way_key, point_id, zone_id, starts_at, ends_at, booked, capacity, is_over_booked)
SELECT DISTINCT ON (way_key, starts_at)
    way_key, point_id, zone_id, starts_at, ends_at, 0, capacity, false
FROM (
    SELECT * FROM at_points UNION ALL SELECT * FROM on_rounds UNION ALL SELECT * FROM former
) AS wanted
ORDER BY way_key, starts_at
ON CONFLICT (way_key, starts_at) DO UPDATE SET booked = c.booked
RETURNING c.id, c.way_key, c.starts_at
"""

TRY = """
WITH wanted AS (
    SELECT * FROM unnest(
        %(holders)s::uuid[], %(slots)s::bigint[], %(shops)s::bigint[], %(late)s::boolean[],
        %(ends)s::timestamptz[]
    ) AS w (holder, slot_id, establishment_id, is_late, ends_at)
),
mine AS (
    SELECT h.holder, h.slot_id, h.state, h.expires_at, h.holder = ANY(%(leaving)s::uuid[]) AS leaves
    FROM logistics_slothold h
    WHERE h.holder = ANY(%(holders)s::uuid[] || %(leaving)s::uuid[])
),
slots AS (
    SELECT c.id, c.capacity, asked.number AS asked, taken.here, taken.overlapping
    FROM logistics_slotcount c
    CROSS JOIN LATERAL (
        SELECT count(*) AS number, greatest(c.ends_at, max(w.ends_at)) AS ends_at
        FROM wanted w WHERE w.slot_id = c.id
    ) AS asked
    CROSS JOIN LATERAL (
        SELECT count(*) AS overlapping, count(*) FILTER (WHERE o.id = c.id) AS here
        FROM logistics_slotcount o
        JOIN logistics_slothold h ON h.slot_id = o.id
        WHERE o.way_key = c.way_key
            AND o.starts_at < asked.ends_at
            AND o.starts_at > c.starts_at - interval '1 day'
            AND o.ends_at > c.starts_at
            AND (h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %(at)s))
            AND h.holder <> ALL(%(holders)s::uuid[] || %(leaving)s::uuid[])
    ) AS taken
    WHERE c.id = ANY(%(locked)s::bigint[])
),
trouble AS (
    SELECT
        ARRAY(
            SELECT m.holder FROM mine m
            WHERE m.state = 'firm' AND NOT m.leaves AND NOT %(is_move)s
        ) AS firm,
        ARRAY(
            SELECT w.holder FROM wanted w
            WHERE w.is_late AND NOT EXISTS (
                SELECT 1 FROM mine m
                WHERE m.holder = w.holder AND m.slot_id = w.slot_id
                    AND m.state = 'held' AND m.expires_at > %(at)s
            )
        ) AS late,
        EXISTS (
            SELECT 1 FROM slots s WHERE s.asked > 0 AND s.overlapping + s.asked > s.capacity
        ) AS is_full,
        EXISTS (
            SELECT 1 FROM mine m
            WHERE m.state <> 'released' AND m.slot_id <> ALL(%(locked)s::bigint[])
        ) AS has_moved
),
go AS (
    SELECT 1 FROM trouble t
    WHERE t.firm = '{}' AND t.late = '{}' AND NOT t.is_full AND NOT t.has_moved
),
let_go AS (
    UPDATE logistics_slothold h SET state = 'released' FROM go
    WHERE h.slot_id = ANY(%(locked)s::bigint[]) AND h.state <> 'released'
        AND h.holder <> ALL(%(holders)s::uuid[])
        AND (
            h.holder = ANY(%(leaving)s::uuid[]) OR (h.state = 'held' AND h.expires_at <= %(at)s)
        )
),
kept AS (
    INSERT INTO logistics_slothold (holder, slot_id, establishment_id, state, expires_at, held_at)
    SELECT w.holder, w.slot_id, w.establishment_id,
        CASE WHEN %(is_move)s THEN 'firm' ELSE 'held' END, %(until)s::timestamptz, %(at)s
    FROM wanted w, go
    ON CONFLICT (holder) DO UPDATE SET
        slot_id = EXCLUDED.slot_id, establishment_id = EXCLUDED.establishment_id,
        state = EXCLUDED.state, expires_at = EXCLUDED.expires_at, held_at = EXCLUDED.held_at
),
counted AS (
    UPDATE logistics_slotcount c
    SET booked = s.here + s.asked, is_over_booked = s.here + s.asked > c.capacity
    FROM slots s, go
    WHERE c.id = s.id
)
SELECT s.id, s.asked, s.overlapping, s.capacity, t.firm, t.late, t.has_moved
FROM slots s, trouble t
"""

RECOUNT = """
UPDATE logistics_slotcount c
SET booked = n.taken, is_over_booked = n.taken > c.capacity
FROM (
    SELECT o.id, count(h.id) AS taken
    FROM logistics_slotcount o
    LEFT JOIN logistics_slothold h ON h.slot_id = o.id AND h.state <> 'released'
    WHERE o.id = ANY(%(slots)s::bigint[])
    GROUP BY o.id
) AS n
WHERE c.id = n.id
"""

LOCK_TAKEN = """
WITH patience AS MATERIALIZED (SELECT set_config('lock_timeout', %(patience)s, true))
SELECT c.id
FROM patience, logistics_slotcount c
WHERE c.id IN (SELECT h.slot_id FROM logistics_slothold h WHERE h.holder = ANY(%(holders)s::uuid[]))
ORDER BY c.way_key, c.starts_at
FOR UPDATE OF c
"""

CONFIRM = """
WITH standing AS (
    UPDATE logistics_slothold h SET state = 'firm', expires_at = NULL
    WHERE h.holder = ANY(%(holders)s::uuid[]) AND h.slot_id = ANY(%(locked)s::bigint[])
        AND h.state = 'held' AND h.expires_at > %(at)s
)
SELECT h.id, h.holder, h.slot_id, h.held_at
FROM logistics_slothold h
WHERE h.holder = ANY(%(holders)s::uuid[]) AND h.slot_id = ANY(%(locked)s::bigint[])
    AND (h.state = 'released' OR (h.state = 'held' AND h.expires_at <= %(at)s))
"""

GIVE_BACK = """
WITH back AS (
    UPDATE logistics_slothold h SET state = 'released', expires_at = NULL
    WHERE h.holder = ANY(%(holders)s::uuid[]) AND h.slot_id = ANY(%(locked)s::bigint[])
        AND h.state <> 'released'
    RETURNING h.id
)
UPDATE logistics_slotcount c
SET booked = n.taken, is_over_booked = n.taken > c.capacity
FROM (
    SELECT o.id, count(h.id) AS taken
    FROM logistics_slotcount o
    LEFT JOIN logistics_slothold h ON h.slot_id = o.id AND h.state <> 'released'
        AND h.id NOT IN (SELECT id FROM back)
    WHERE o.id = ANY(%(locked)s::bigint[])
    GROUP BY o.id
) AS n
WHERE c.id = n.id
"""

ROOM = """
SELECT c.id, CASE WHEN c.ends_at > %(at)s THEN c.capacity - count(h.id) ELSE 0 END
FROM logistics_slotcount c
LEFT JOIN logistics_slothold h ON h.slot_id = c.id
    AND (h.state = 'firm' OR (h.state = 'held' AND h.expires_at > %(at)s))
WHERE c.id = ANY(%(locked)s::bigint[])
GROUP BY c.id
"""
