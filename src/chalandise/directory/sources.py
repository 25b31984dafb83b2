"""The sources that people stand for."""

from __future__ import annotations

from chalandise.directory.states import SourceKind
from chalandise.directory.values import SourceRef

MERCHANT = SourceRef(SourceKind.MERCHANT, "le commerce")


def operator(name: str) -> SourceRef:
    """Return the operator of a portal as a source."""
    return SourceRef(SourceKind.OPERATOR, name or "l’opérateur du site")
