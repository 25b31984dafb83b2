"""Reads about reservation requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet

from chalandise.accounts.models import User
from chalandise.directory.hours import Closing, HoursError, Schedule
from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.states import ReservationState

STEP_MINUTES = 30
LEAD_MINUTES = 30
HORIZON_DAYS = 10
MOST_DONE = 20

OPEN_STATES = (ReservationState.REQUESTED, ReservationState.ACCEPTED, ReservationState.READY)


@dataclass(frozen=True)
class Board:
    """What a merchant has before them, each list by wished time.

    Attributes:
        to_answer: requests waiting for a yes or a no.
        to_prepare: accepted, not put aside yet.
        ready: put aside, waiting for the customer.
        done: the last ones that ended.
    """

    to_answer: list[ReservationRequest]
    to_prepare: list[ReservationRequest]
    ready: list[ReservationRequest]
    done: list[ReservationRequest]


@dataclass(frozen=True)
class DayOfTimes:
    """Times that may be wished on one day of the establishment."""

    on: date
    times: list[datetime]


def get_reservation_by_token(token: str) -> ReservationRequest:
    """Return the request behind a private link.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = _with_shop().filter(token=token).first()
    if found is None:
        raise NotFoundError
    return found


def get_reservation_for_member(user: User, reservation_id: int) -> ReservationRequest:
    """Return a request made to an establishment the person looks after.

    Raises:
        NotFoundError: absent, or made to somebody else.
    """
    found = (
        _with_shop()
        .filter(pk=reservation_id, establishment__organisation__memberships__user=user)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def list_reservations_of(user: User) -> list[ReservationRequest]:
    """Return a customer's own requests, newest first."""
    return list(_with_shop().filter(user=user).order_by("-requested_at")[:50])


def find_collected_by_code(
    establishment: Establishment, code: str, *, since: datetime
) -> ReservationRequest | None:
    """Return what was last handed over under a spoken code, as it is kept; None for a wrong one."""
    collected = ReservationRequest.objects.filter(
        establishment=establishment, state=ReservationState.COLLECTED, ended_at__gte=since
    )
    return collected.filter(pickup_code=code).order_by("-ended_at").first() if code else None


def board(establishment: Establishment) -> Board:
    """Return what the merchant has to do; two queries whatever the number."""
    of_shop = ReservationRequest.objects.filter(establishment=establishment)
    waiting = list(of_shop.filter(state__in=OPEN_STATES).order_by("wanted_at", "pk"))
    done = list(of_shop.exclude(state__in=OPEN_STATES).order_by("-ended_at", "-pk")[:MOST_DONE])
    by_state = {state: [one for one in waiting if one.state == state] for state in OPEN_STATES}
    return Board(
        to_answer=by_state[ReservationState.REQUESTED],
        to_prepare=by_state[ReservationState.ACCEPTED],
        ready=by_state[ReservationState.READY],
        done=done,
    )


def requests_to_answer(establishment: Establishment) -> QuerySet[ReservationRequest]:
    """Return the requests that wait for a yes or a no."""
    return ReservationRequest.objects.filter(
        establishment=establishment, state=ReservationState.REQUESTED
    )


def proposed_times(establishment: Establishment, at: datetime) -> list[DayOfTimes]:
    """Return the times that may be wished, by day of the establishment.

    They stand every half hour inside the hours of collecting (of visiting where none are given),
    from half an hour ahead, none so late that the door closes upon arrival.
    """
    schedule = collecting_schedule(establishment)
    if schedule is None:
        return []
    first = at + timedelta(minutes=LEAD_MINUTES)
    times = [
        moment
        for interval in schedule.intervals(first, at + timedelta(days=HORIZON_DAYS))
        if not interval.is_unknown
        for moment in _steps(interval.starts_at, interval.ends_at)
    ]
    return [DayOfTimes(on, list(some)) for on, some in groupby(times, key=lambda t: t.date())]


def is_collectable(establishment: Establishment, wanted_at: datetime) -> bool:
    """Tell whether somebody is there to hand over at ``wanted_at``."""
    schedule = collecting_schedule(establishment)
    return schedule is not None and schedule.status(wanted_at).is_open


def collecting_schedule(establishment: Establishment) -> Schedule | None:
    """Return when things can be collected; None where no hours are known."""
    values = {one.purpose: one.value for one in establishment.hours.all() if one.value}
    value = values.get(HoursPurpose.COLLECT) or values.get(HoursPurpose.VISIT)
    if not value:
        return None
    try:
        return Schedule(
            value,
            timezone=establishment.timezone,
            holiday_zone=establishment.commune.holiday_zone,
            closings=[Closing(c.starts_on, c.ends_on) for c in establishment.closings.all()],
        )
    except HoursError:
        return None


def _steps(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Return the half hours of an interval, by the clock on the wall and in order of time."""
    step = timedelta(minutes=STEP_MINUTES)
    # POSIX seconds, so that an hour that comes twice in autumn is counted twice.
    first = -(-int(starts_at.timestamp()) // 1800) * 1800
    moments = []
    second = float(first)
    while second + step.total_seconds() <= ends_at.timestamp():
        moments.append(datetime.fromtimestamp(second, tz=starts_at.tzinfo))
        second += step.total_seconds()
    return moments


def _with_shop() -> QuerySet[ReservationRequest]:
    return ReservationRequest.objects.select_related(
        "establishment__commune", "establishment__category", "portal"
    )
