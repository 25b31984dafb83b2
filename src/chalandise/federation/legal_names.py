"""Names of the organisations whose establishments have no sign, out of forty million others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection

from chalandise.federation.scratch import ask, copy_rows, scratch_table

_SIRENS = 10**8
"""Nine figures, of which the last follows from the others."""


class SirenSet:
    """Which SIRENs are wanted: a bit for each there can be, twelve megabytes for two or for all."""

    def __init__(self, sirens: Iterable[str]) -> None:
        self._bits = bytearray(_SIRENS // 8)
        for siren in sirens:
            place = int(siren) // 10
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, siren: object) -> bool:
        """Tell whether a SIREN is wanted; what is none never is."""
        if not isinstance(siren, str) or len(siren) != 9 or not siren.isdecimal():
            return False
        place = int(siren) // 10
        return bool(self._bits[place >> 3] & 1 << (place & 7))


def find_legal_names(sirens: Collection[str]) -> Mapping[str, str]:
    """Return the names that some SIRENs have, while they are laid out. At most one statement."""
    if not sirens:
        return {}
    return dict(ask("SELECT siren, name FROM legal_name WHERE siren = ANY(%s)", sirens))


@contextmanager
def lay_out_legal_names(found: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Make names findable for the length of a reading."""
    with scratch_table("legal_name", "siren text, name text"):
        copy_rows("legal_name", found)
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON legal_name (siren)")
        yield
