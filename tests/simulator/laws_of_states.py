"""Laws of states and of what was written once (I7, I11): what changed since it was last looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulator.answers import Answers
from tests.simulator.laws import Law, law

from chalandise.fulfilment.states import FULFILMENT_TRANSITIONS, QUESTION_TRANSITIONS
from chalandise.kernel.transitions import Transitions
from chalandise.ordering.states import MERCHANT_ORDER_TRANSITIONS, WITHDRAWAL_TRANSITIONS
from chalandise.payments.states import (
    DISPUTE_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    REFUND_TRANSITIONS,
    VISIT_TRANSITIONS,
)

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
paid_with_money = law(
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


_STEPS = """
    SELECT id, subject, substr(verb, 8), detail->>'from' FROM journal_entry
    WHERE id > %s AND verb LIKE 'became\\_%%' ORDER BY id
    """


@dataclass
class States:
    """I7: every step of every state lies on its graph, and paid means that money was taken.

    Entries of the journal are read once each.
    """

    read: int = 0

    def check(self, answers: Answers) -> list[str]:
        """Return the steps since the last call that no graph allows."""
        broken = []
        for pk, subject, to, was in answers.ask(_STEPS, [self.read]):
            self.read = max(self.read, pk)
            known = GRAPHS.get(subject.partition(":")[0])
            if known is not None and not known[1].allows(was, to):
                broken.append(f"I7 {subject} went from {was} to {to}")
        return broken


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

    def check(self, answers: Answers) -> list[str]:
        """Return what changed or vanished since it was first seen."""
        now: dict[str, str] = dict(answers.ask(_SNAPSHOTS, {"since": self.since}))
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
