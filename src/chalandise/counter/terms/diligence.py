"""What the tax office wants of a seller and lacks, as the counter says it (DAC7)."""

from __future__ import annotations

from typing import Any

from chalandise.directory.models import Establishment
from chalandise.settlements.actions.diligence import NEXT
from chalandise.settlements.queries.dac7 import open_diligence
from chalandise.settlements.states import DiligenceState
from chalandise.settlements.words import MISSING


def diligence_of(shop: Establishment) -> dict[str, Any]:
    """Return what `counter/diligence.html` shows; one statement."""
    asked = open_diligence(shop.organisation_id) if shop.organisation_id else None
    if asked is None:
        return {}
    return {
        "diligence": asked,
        "missing": [MISSING[one] for one in asked.missing],
        "last_day": asked.asked_at + NEXT[DiligenceState.REMINDED_AGAIN][1],
    }
