"""What a dry run remembers of itself, since nothing of it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

from chalandise.federation.scratch import ask, copy_rows, scratch_table


class TrialLinks:
    """The establishments that the batches of a dry run spoke of; `remember_links` makes one."""

    def __init__(self) -> None:
        self._latest: set[int] = set()

    def add(self, establishment_id: int) -> None:
        """Note that the batch at work speaks of an establishment."""
        self._latest.add(establishment_id)

    def keep(self) -> None:
        """Lay down what the batch noted, once its own work was taken back."""
        copy_rows("trial_link", ((one,) for one in self._latest))
        self._latest.clear()

    def among(self, establishment_ids: Collection[int]) -> set[int]:
        """Return which of some establishments a batch spoke of. One statement."""
        rows = ask(
            "SELECT establishment FROM trial_link WHERE establishment = ANY(%s)", establishment_ids
        )
        return {one for (one,) in rows}


@contextmanager
def remember_links() -> Iterator[TrialLinks]:
    """Remember links for the length of a dry run."""
    with scratch_table("trial_link", "establishment bigint"):
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON trial_link (establishment)")
        yield TrialLinks()
