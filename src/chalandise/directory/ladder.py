"""The ladder: the level of an establishment, computed from facts and never typed.

Each step rests on the one below: whoever has photographs but hours that nobody confirmed for a
year is asked to confirm the hours first, because a customer before a closed door is lost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalandise.directory.states import Level, Service

CONFIRMATION_LASTS = timedelta(days=365)


class Step(StrEnum):
    """What a merchant is asked to do next; one step at a time."""

    CLAIM = "claim"
    CONFIRM = "confirm"
    RECONFIRM = "reconfirm"
    PHOTO = "photo"
    DESCRIPTION = "description"
    RESERVATIONS = "reservations"
    DONE = "done"


@dataclass(frozen=True)
class Standing:
    """The facts from which a level is computed."""

    claimed_at: datetime | None
    hours_verified_at: datetime | None
    services_verified_at: datetime | None
    has_description: bool
    photo_count: int
    services: Collection[str]


def is_fresh(verified_at: datetime | None, at: datetime) -> bool:
    """Tell whether a confirmation still holds: it does for twelve months."""
    return verified_at is not None and at - verified_at < CONFIRMATION_LASTS


def level_of(standing: Standing, at: datetime) -> Level:
    """Return the highest level whose every step below is taken."""
    if standing.claimed_at is None:
        return Level.LISTED
    if not (
        is_fresh(standing.hours_verified_at, at) and is_fresh(standing.services_verified_at, at)
    ):
        return Level.CLAIMED
    if not (standing.has_description and standing.photo_count):
        return Level.CONFIRMED
    if Service.RESERVATION not in standing.services:
        return Level.SHOWCASE
    return Level.RESERVATIONS


def step_after(standing: Standing, at: datetime) -> Step:
    """Return the one thing to do next."""
    match level_of(standing, at):
        case Level.LISTED:
            return Step.CLAIM
        case Level.CLAIMED:
            was_confirmed = standing.hours_verified_at and standing.services_verified_at
            return Step.RECONFIRM if was_confirmed else Step.CONFIRM
        case Level.CONFIRMED:
            return Step.PHOTO if not standing.photo_count else Step.DESCRIPTION
        case Level.SHOWCASE:
            return Step.RESERVATIONS
        case _:
            return Step.DONE
