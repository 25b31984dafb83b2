"""The sources that people stand for."""

from __future__ import annotations

from chalandise.directory.states import SourceKind
from chalandise.directory.values import SourceRef

MERCHANT = SourceRef(SourceKind.MERCHANT, "le commerce")
