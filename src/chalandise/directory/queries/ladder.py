"""What the ladder looks at."""

from __future__ import annotations

from datetime import datetime

from chalandise.directory.ladder import Standing, Step, step_after
from chalandise.directory.models import Establishment


def ladder_standing(establishment: Establishment, *, photo_count: int) -> Standing:
    """Gather the facts from which the level of an establishment is computed; no query."""
    return Standing(
        claimed_at=establishment.claimed_at,
        hours_verified_at=establishment.hours_verified_at,
        services_verified_at=establishment.services_verified_at,
        has_description=bool(establishment.description),
        photo_count=photo_count,
        services=establishment.services,
    )


def next_step(establishment: Establishment, *, at: datetime) -> Step:
    """Return the one thing to ask of the merchant; one query unless photographs are fetched."""
    count = len(establishment.photos.all())
    return step_after(ladder_standing(establishment, photo_count=count), at)
