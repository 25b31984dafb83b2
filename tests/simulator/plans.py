"""Plans of statements, kept for as long as a play takes.

The pages that take money have the plans of their statements kept (`web.preparing`). A play asks some
hundreds of statements over and over, to plan most of which takes longer than to run them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg._preparing import PrepareManager
from typing_extensions import override

from chalandise.web.preparing import preparing


class Plans(PrepareManager):
    """Keeps more than psycopg's hundred plans, and keeps them when a transaction rolls back.

    psycopg forgets all of them then, since a table made in that transaction may be made anew. Nobody
    makes tables in a play, and every fifth step rolls back.
    """

    prepared_max = 2000

    @override
    def clear(self) -> bool:
        return False


@contextmanager
def plans_kept() -> Iterator[None]:
    """Keep the plan of every statement asked inside."""
    connection.ensure_connection()
    held = connection.connection
    usual, kept = held._prepared, Plans()
    kept.prepare_threshold = usual.prepare_threshold
    held.execute("DEALLOCATE ALL")  # both number their plans from nought
    held._prepared = kept
    try:
        with preparing():
            yield
    finally:
        held._prepared = usual
        if not held.closed:
            held.execute("DEALLOCATE ALL")
