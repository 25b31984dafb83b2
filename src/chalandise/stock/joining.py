"""One transaction: the caller's if there is one, else our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_transaction() -> Iterator[None]:
    """Join the open transaction without a savepoint, or open one.

    The actions of this room refuse before they write, so that a refusal leaves nothing to undo; a
    savepoint would only cost two statements of a checkout.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
