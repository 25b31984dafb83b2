"""What somebody who looks after a deployment is told of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: what was found.
        remedy: what to do about it; blank when all is well.
    """

    what: str
    remedy: str = ""

    @property
    def is_fine(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.remedy
