"""Which of two sources is believed: the rule, without database.

The merchant is believed before the operator, the operator before any file or register. Between
files and registers the fresher wins; on the same day OpenStreetMap comes before a local file, and
a local file before the national register, because whoever walked past the door knows best. A
source always corrects itself, unless it brings an older edition than the one already read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalandise.directory.states import SourceKind

_RANKS = {SourceKind.MERCHANT: 3, SourceKind.OPERATOR: 2}
_NEARNESS = {SourceKind.COMMUNITY: 3, SourceKind.LOCAL_FILE: 2, SourceKind.REGISTER: 1}
_LONG_AGO = date.min


@dataclass(frozen=True)
class Standing:
    """What the rule looks at: the kind, the name and the date of a source."""

    kind: str
    label: str
    dated_on: date | None = None


def rank_of(kind: str) -> int:
    """Return 3 for the merchant, 2 for the operator, 1 for everybody else."""
    return _RANKS.get(SourceKind(kind), 1)


def may_replace(old: Standing | None, new: Standing) -> bool:
    """Tell whether what ``new`` says takes the place of what ``old`` said."""
    if old is None:
        return True
    if rank_of(old.kind) != rank_of(new.kind):
        return rank_of(new.kind) > rank_of(old.kind)
    if rank_of(new.kind) > 1:
        return True  # a merchant or an agent who speaks again means it
    if (old.kind, old.label) == (new.kind, new.label):
        return new.dated_on is None or old.dated_on is None or new.dated_on >= old.dated_on
    return _freshness(new) >= _freshness(old)


def _freshness(one: Standing) -> tuple[date, int]:
    return (one.dated_on or _LONG_AGO, _NEARNESS.get(SourceKind(one.kind), 0))
