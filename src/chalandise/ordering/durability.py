"""What a customer says before the order may wait a moment for the disk (decision 0015).

A commit waits until PostgreSQL has its log on the disk. A basket and a checkout need not: should the
machine lose its power, what was clicked in the last half second is clicked again, and what is left is
whole. An order, money and all that is done for somebody else wait, and with an order's commit all that
was written before it is on the disk too.

The setting travels in the statement that writes and ends with its transaction, so nothing can
forget to take it back. Within a larger transaction (an order by telephone) nothing is loosened.
"""

from __future__ import annotations

from django.db import connection

LIGHTLY = """lightly AS MATERIALIZED (
        SELECT set_config(
            'synchronous_commit',
            coalesce(%(durability)s, current_setting('synchronous_commit')),
            true
        )
    )"""
"""Part of a ``WITH`` that another part or the statement reads from, or it is not carried out."""


def of_one_statement() -> str | None:
    """Return the ``durability`` of a statement that is a transaction by itself, None where it is not."""
    return None if connection.in_atomic_block else "off"


def of_own_block() -> str | None:
    """Return the ``durability`` of a statement in the caller's own block, None where that is an inner one."""
    return None if connection.savepoint_ids else "off"
