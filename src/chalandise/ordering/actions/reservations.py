"""Reservation requests: asked, answered, put aside, collected, or let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.directory.photos import forget_picture
from chalandise.journal.actions import count_attempt, emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import RateLimitedError
from chalandise.kernel.rate import Rate
from chalandise.kernel.tokens import new_spoken_code, tidy_spoken_code
from chalandise.ordering.errors import (
    OutsideHoursError,
    ReservationsNotTakenError,
    ShopOverrunError,
    WrongCodeError,
)
from chalandise.ordering.events import ReservationMoved
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.policies import takes_reservations
from chalandise.ordering.queries.locking import lock_overdue_reservation
from chalandise.ordering.queries.reservations import is_collectable, proposed_times
from chalandise.ordering.states import RESERVATION_TRANSITIONS, ReservationState
from chalandise.portals.models import Portal

CODE_LENGTH = 4
KEPT_DAYS = 2  # a thing put aside is kept this long after the wished time
ERASED_AFTER_DAYS = 365
SAME_PERSON = Rate(burst=6, period_seconds=3600)
SAME_SHOP_AND_PERSON = Rate(burst=3, period_seconds=1800)
SAME_SHOP = Rate(burst=60, period_seconds=3600)  # each request rings at one merchant's
SAME_CALLER = Rate(burst=30, period_seconds=3600)


@dataclass(frozen=True)
class Customer:
    """Who asks: a guest, or a person who signed in.

    ``client`` is the address they call from, to count attempts and for nothing else.
    """

    name: str
    email: str
    phone: str = ""
    user: User | None = None
    client: str = ""


def request_reservation(
    establishment: Establishment,
    *,
    portal: Portal,
    customer: Customer,
    text: str,
    wanted_at: datetime,
    at: datetime,
    photo_name: str = "",
) -> ReservationRequest:
    """Ask a merchant to put something aside: no payment, no obligation.

    Args:
        establishment: who is asked.
        portal: where the customer stands, for the words and links of the e-mails.
        customer: who asks.
        text: a sentence saying what.
        wanted_at: when the customer would like to come.
        at: now.
        photo_name: a private picture already decoded and stored.

    Raises:
        ReservationsNotTakenError: the establishment does not put things aside.
        OutsideHoursError: it is closed at the wished time, or the time has passed.
        RateLimitedError: too many requests under this address or from this connection.
        ShopOverrunError: too many requests to this establishment, whoever asks.
    """
    if not takes_reservations(establishment):
        raise ReservationsNotTakenError
    if wanted_at <= at or not is_collectable(establishment, wanted_at):
        times = [one for day in proposed_times(establishment, at) for one in day.times]
        raise OutsideHoursError(wanted_at, sorted(times, key=lambda t: abs(t - wanted_at))[:3])
    person = customer.email.lower()
    if customer.client:  # each request writes to an address that the caller made up
        count_attempt(f"reservation-from:{customer.client}", SAME_CALLER, at=at)
    count_attempt(f"reservation:{person}", SAME_PERSON, at=at)
    count_attempt(f"reservation:{establishment.pk}:{person}", SAME_SHOP_AND_PERSON, at=at)
    try:
        count_attempt(f"reservation-of:{establishment.pk}", SAME_SHOP, at=at)
    except RateLimitedError as error:
        raise ShopOverrunError(error.retry_after_seconds) from error
    with transaction.atomic():
        reservation = ReservationRequest.objects.create(
            establishment=establishment,
            portal=portal,
            user=customer.user,
            customer_name=customer.name,
            customer_email=person,
            customer_phone=customer.phone,
            text=text,
            photo_name=photo_name,
            wanted_at=wanted_at,
            requested_at=at,
            expires_at=wanted_at,
        )
        record(reservation, "requested", by=_customer(reservation), at=at)
        emit(ReservationMoved(reservation.pk, ReservationState.REQUESTED), at=at)
    return reservation


@transaction.atomic
def accept_reservation(
    reservation: ReservationRequest,
    *,
    by: Actor,
    at: datetime,
    price_cents: int | None = None,
    answer: str = "",
    is_ready: bool = False,
) -> None:
    """Say yes, with a price if the merchant wants to tell it.

    Args:
        reservation: the request.
        by: who answers.
        at: when.
        price_cents: what it will cost in the shop, in euro cents.
        answer: a word to the customer.
        is_ready: the thing is on the side already; the next step is taken too.

    Raises:
        StaleStateError: it was answered or cancelled meanwhile.
    """
    reservation.price_cents = price_cents
    reservation.answer = answer
    reservation.answered_at = at
    reservation.expires_at = reservation.wanted_at + timedelta(days=KEPT_DAYS)
    _step(reservation, ReservationState.ACCEPTED, by=by, at=at)
    _keep(reservation, "price_cents", "answer", "answered_at", "expires_at")
    _give_code(reservation)
    if is_ready:
        mark_ready(reservation, by=by, at=at)


@transaction.atomic
def decline_reservation(
    reservation: ReservationRequest, *, by: Actor, at: datetime, answer: str = ""
) -> None:
    """Say no, with a word why.

    Raises:
        StaleStateError: it was answered or cancelled meanwhile.
    """
    reservation.answer = answer
    reservation.answered_at = at
    no, asked = ReservationState.DECLINED, ReservationState.REQUESTED
    _step(reservation, no, by=by, at=at, starting_from=asked)
    _keep(reservation, "answer", "answered_at")


@transaction.atomic
def take_back_yes(reservation: ReservationRequest, *, by: Actor, at: datetime, answer: str) -> None:
    """Say that a thing promised cannot be put aside after all, and why.

    Raises:
        StaleStateError: it is on the side already, or was cancelled or let go meanwhile.
    """
    reservation.answer = answer
    no, promised = ReservationState.DECLINED, ReservationState.ACCEPTED
    _step(reservation, no, by=by, at=at, starting_from=promised)
    _keep(reservation, "answer")


@transaction.atomic
def mark_ready(reservation: ReservationRequest, *, by: Actor, at: datetime) -> None:
    """Say that the thing is on the side.

    Raises:
        StaleStateError: it was cancelled or let go meanwhile.
    """
    reservation.ready_at = at
    _step(reservation, ReservationState.READY, by=by, at=at)
    _keep(reservation, "ready_at")


@transaction.atomic
def hand_over(
    reservation: ReservationRequest, *, by: Actor, at: datetime, code: str | None = None
) -> None:
    """Note that the customer has collected.

    Args:
        reservation: the request.
        by: who hands over.
        at: when.
        code: what the customer says; None when the merchant knows the customer.

    Raises:
        WrongCodeError: another code.
        StaleStateError: it is not ready, or was collected already.
    """
    if code is not None and tidy_spoken_code(code) != reservation.pickup_code:
        raise WrongCodeError
    _step(reservation, ReservationState.COLLECTED, by=by, at=at)


@transaction.atomic
def cancel_reservation(reservation: ReservationRequest, *, at: datetime) -> None:
    """Let the customer change their mind, at no cost.

    Raises:
        StaleStateError: it has ended already.
    """
    _step(reservation, ReservationState.CANCELLED, by=_customer(reservation), at=at)


def expire_reservations(*, at: datetime) -> int:
    """Let go of what nobody answered in time or nobody collected; tell how many."""
    overdue = ReservationRequest.objects.filter(
        state__in=RESERVATION_TRANSITIONS.sources_of(ReservationState.EXPIRED), expires_at__lte=at
    ).order_by("pk")
    count = 0
    for one in overdue.iterator():
        with transaction.atomic():
            state = ReservationState(one.state)
            if (reservation := lock_overdue_reservation(one.pk, state, at=at)) is not None:
                by = Actor.system("expiry")
                _step(reservation, ReservationState.EXPIRED, by=by, at=at)
                count += 1
    return count


def erase_old_reservations(*, at: datetime) -> int:
    """Erase what customers wrote a year ago and more, pictures included; tell how many.

    The pages of the storefront promise it in these words (GDPR, art. 5: no longer than needed).
    """
    old = ReservationRequest.objects.filter(
        state__in=RESERVATION_TRANSITIONS.final,
        ended_at__lte=at - timedelta(days=ERASED_AFTER_DAYS),
    )
    photos = list(old.exclude(photo_name="").values_list("photo_name", flat=True))
    count, _by_table = old.delete()
    for name in photos:
        forget_picture(name, is_private=True)
    return count


def _step(
    reservation: ReservationRequest,
    to: ReservationState,
    *,
    by: Actor,
    at: datetime,
    starting_from: ReservationState | None = None,
) -> None:
    table = RESERVATION_TRANSITIONS
    move(reservation, to, table=table, by=by, at=at, starting_from=starting_from)
    if to in RESERVATION_TRANSITIONS.final:
        reservation.ended_at = at
        _keep(reservation, "ended_at")
    emit(ReservationMoved(reservation.pk, to), at=at)


def _keep(reservation: ReservationRequest, *fields: str) -> None:
    reservation.save(update_fields=fields)


def _give_code(reservation: ReservationRequest) -> None:
    """Draw a code that opens no other request waiting at this establishment."""
    for _attempt in range(20):
        try:
            with transaction.atomic():
                reservation.pickup_code = new_spoken_code(CODE_LENGTH)
                _keep(reservation, "pickup_code")
        except IntegrityError:
            continue
        return
    raise RuntimeError("no free pickup code")  # 160,000 codes, a few open requests: never seen


def _customer(reservation: ReservationRequest) -> Actor:
    if reservation.user is not None:
        return Actor.person(reservation.user)
    return Actor.guest("customer")  # the journal outlives what a customer may have erased
