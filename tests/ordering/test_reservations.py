"""« Mettez-le-moi de côté », from the request to the counter."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.factories import directory
from tests.factories.ordering import reservation

from chalandise.directory.models import Establishment, ExceptionalClosing
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError, RateLimitedError, StaleStateError
from chalandise.ordering.actions import reservations as actions
from chalandise.ordering.errors import (
    OutsideHoursError,
    ReservationsNotTakenError,
    WrongCodeError,
)
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.policies import require_may_serve
from chalandise.ordering.queries.reservations import (
    board,
    get_reservation_by_token,
    get_reservation_for_member,
    proposed_times,
)
from chalandise.ordering.states import RESERVATION_TRANSITIONS, ReservationState

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=PARIS)  # a Wednesday, the bakery is open
TEATIME = datetime(2026, 11, 18, 17, 30, tzinfo=PARIS)
BY = Actor("merchant", "1", "Claire")


def test_a_request_goes_from_yes_to_collected(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    assert board(cast.bakery).to_answer == [asked]
    actions.accept_reservation(asked, by=BY, at=NOW, price_cents=640, answer="Avec plaisir")
    assert board(cast.bakery).to_prepare == [asked]
    assert len(asked.pickup_code) == 4
    actions.mark_ready(asked, by=BY, at=NOW)
    with pytest.raises(WrongCodeError):
        actions.hand_over(asked, by=BY, at=TEATIME, code="ZZZZ")
    actions.hand_over(asked, by=BY, at=TEATIME, code=f" {asked.pickup_code.lower()} ")
    asked.refresh_from_db()
    assert asked.state == ReservationState.COLLECTED
    assert asked.ended_at == TEATIME
    assert asked.price_cents == 640
    assert board(cast.bakery).done == [asked]
    steps = [row.payload["state"] for row in OutboxEvent.objects.order_by("pk")]
    assert steps == ["requested", "accepted", "ready", "collected"]


def test_a_yes_may_say_that_it_is_ready_already(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    actions.accept_reservation(asked, by=BY, at=NOW, is_ready=True)
    assert board(cast.bakery).ready == [asked]


def test_a_request_is_answered_once(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    same = ReservationRequest.objects.get(pk=asked.pk)
    actions.accept_reservation(asked, by=BY, at=NOW, price_cents=640)
    with pytest.raises(StaleStateError):
        actions.decline_reservation(same, by=BY, at=NOW, answer="Plus rien")
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (ReservationState.ACCEPTED, "")


def test_a_promise_may_be_taken_back_until_it_is_on_the_side(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    with pytest.raises(StaleStateError):
        actions.take_back_yes(asked, by=BY, at=NOW, answer="Trop cuit")
    asked = ReservationRequest.objects.get(pk=asked.pk)
    actions.accept_reservation(asked, by=BY, at=NOW)
    actions.take_back_yes(asked, by=BY, at=NOW, answer="Trop cuit")
    assert (asked.state, asked.answer) == (ReservationState.DECLINED, "Trop cuit")


def test_a_sheet_that_nobody_looks_after_takes_no_request(cast: Cast) -> None:
    Establishment.objects.filter(pk=cast.bakery.pk).update(organisation=None)
    cast.bakery.refresh_from_db()
    with pytest.raises(ReservationsNotTakenError):
        reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    with pytest.raises(ReservationsNotTakenError):  # the bookshop does not offer it
        reservation(cast.bookshop, cast.lot, at=NOW, wanted_at=TEATIME)
    assert not ReservationRequest.objects.exists()


@pytest.mark.parametrize(
    "wanted_at",
    [
        datetime(2026, 11, 18, 13, 0, tzinfo=PARIS),  # lunch
        datetime(2026, 11, 23, 10, 0, tzinfo=PARIS),  # Monday
        datetime(2026, 11, 18, 8, 30, tzinfo=PARIS),  # past
        datetime(2026, 11, 18, 19, 0, tzinfo=PARIS),  # the minute it closes
    ],
)
def test_a_time_when_nobody_is_there_is_refused_with_times_that_work(
    cast: Cast, wanted_at: datetime
) -> None:
    with pytest.raises(OutsideHoursError) as refusal:
        reservation(cast.bakery, cast.lot, at=NOW, wanted_at=wanted_at)
    assert len(refusal.value.proposals) == 3
    for proposal in refusal.value.proposals:
        reservation(
            cast.bakery, cast.lot, at=NOW, wanted_at=proposal, email=f"{proposal:%d%H%M}@x.test"
        )


def test_proposed_times_skip_an_exceptional_closing(cast: Cast) -> None:
    days = {day.on: day.times for day in proposed_times(cast.bakery, NOW)}
    assert TEATIME in days[NOW.date()]
    assert days[NOW.date()][0] == datetime(2026, 11, 18, 9, 30, tzinfo=PARIS)
    ExceptionalClosing.objects.create(
        establishment=cast.bakery, starts_on=NOW.date(), ends_on=NOW.date()
    )
    fresh = Establishment.objects.get(pk=cast.bakery.pk)
    assert NOW.date() not in {day.on for day in proposed_times(fresh, NOW)}


@given(start=st.integers(0, 366 * 24 * 4))
@pytest.mark.django_db
def test_proposed_times_rise_and_lie_inside_the_hours_on_every_day(start: int) -> None:
    shop = directory.establishment(hours="Mo-Su 00:00-24:00")
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * start)
    times = [one for day in proposed_times(shop, at) for one in day.times]
    gaps = {b.timestamp() - a.timestamp() for a, b in itertools.pairwise(times)}
    assert gaps == {1800.0}
    assert all(day.on == one.date() for day in proposed_times(shop, at) for one in day.times)
    shop.delete()


def test_the_customer_may_cancel_until_it_is_collected(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    actions.accept_reservation(asked, by=BY, at=NOW, is_ready=True)
    actions.cancel_reservation(asked, at=NOW)
    with pytest.raises(StaleStateError):
        actions.hand_over(asked, by=BY, at=NOW)
    assert get_reservation_by_token(asked.token).state == ReservationState.CANCELLED


def test_what_nobody_answers_or_collects_ends(cast: Cast) -> None:
    silent = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    kept = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    actions.accept_reservation(kept, by=BY, at=NOW)
    assert actions.expire_reservations(at=TEATIME - timedelta(seconds=1)) == 0
    assert actions.expire_reservations(at=TEATIME) == 1
    silent.refresh_from_db()
    assert silent.state == ReservationState.EXPIRED
    assert actions.expire_reservations(at=TEATIME + timedelta(days=2)) == 1
    assert actions.expire_reservations(at=TEATIME + timedelta(days=9)) == 0


def test_too_many_requests_under_one_address_wait_a_little(cast: Cast) -> None:
    for _number in range(3):
        reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    with pytest.raises(RateLimitedError):
        reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME, email="NADIA@exemple.test")
    assert ReservationRequest.objects.count() == 3


def test_a_code_opens_one_request_of_a_shop(cast: Cast) -> None:
    one = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    other = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    for each in (one, other):
        actions.accept_reservation(each, by=BY, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReservationRequest.objects.filter(pk=other.pk).update(pickup_code=one.pickup_code)


def test_fault_45_a_stranger_finds_nothing(cast: Cast) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    assert get_reservation_for_member(cast.claire, asked.pk) == asked
    with pytest.raises(NotFoundError):
        get_reservation_for_member(cast.idris, asked.pk)
    with pytest.raises(NotFoundError):
        get_reservation_by_token("x")
    with pytest.raises(NotFoundError):
        require_may_serve(cast.idris, cast.bakery)
    require_may_serve(cast.claire, cast.bakery)


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(RESERVATION_TRANSITIONS) == set(ReservationState)


def test_what_a_customer_wrote_is_erased_a_year_later(cast: Cast) -> None:
    old = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    actions.cancel_reservation(old, at=NOW)
    waiting = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    assert actions.erase_old_reservations(at=NOW + timedelta(days=364)) == 0
    assert actions.erase_old_reservations(at=NOW + timedelta(days=365)) == 1
    assert list(ReservationRequest.objects.all()) == [waiting]
