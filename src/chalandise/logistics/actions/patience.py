"""How long a transaction waits for the slots that others are busy with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from chalandise.logistics.errors import SlotsBusyError

PATIENCE = "3s"


@contextmanager
def patient() -> Iterator[None]:
    """Work in a transaction, the caller's if there is one, and say so when a lock was not had.

    There is no savepoint: what is refused kindly has written nothing, and what is lost to a lock
    is lost to the whole transaction.
    """
    try:
        with transaction.atomic(savepoint=False):
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise SlotsBusyError from error
        raise
