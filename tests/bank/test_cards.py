"""Cards of the simulated bank: read, confirmed, accepted, refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.bank import (
    AT_ONCE,
    CEILING,
    CONFIRMED,
    REFUSED,
    SILENT,
    WRONG_SUM,
    pay,
    session,
)
from tests.factories.orders import NOON

from chalandise.bank.actions.paying import (
    CardOutcome,
    answer_challenge,
    present_card,
    refuse_challenge,
)
from chalandise.bank.actions.sessions import abandon_session, expire_session, expire_sessions
from chalandise.bank.cards import SCENARIOS, is_card_number, luhn_digit, read_card
from chalandise.bank.errors import CardNotReadableError, SessionClosedError
from chalandise.bank.models import BankEvent, BankSession
from chalandise.bank.queries import page_of
from chalandise.bank.states import ChargeState, SessionState

TODAY = date(2026, 11, 20)


def states_of(one: BankSession) -> list[str]:
    return list(one.charges.order_by("pk").values_list("state", flat=True))


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, shift: int) -> None:
    number = digits + luhn_digit(digits)
    assert is_card_number(number)
    wrong = str((int(number[0]) + shift) % 10) + number[1:]
    assert not is_card_number(wrong)


def test_every_scenario_has_a_readable_number_of_its_own() -> None:
    numbers = [one.number for one in SCENARIOS]
    assert all(is_card_number(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("number", "month", "year", "code", "field"),
    [
        ("4242424242424241", 12, 2030, "123", "number"),
        ("４２４２424242424242", 12, 2030, "123", "number"),
        ("", 12, 2030, "123", "number"),
        (AT_ONCE, 13, 2030, "123", "expiry"),
        (AT_ONCE, 10, 2026, "123", "expiry"),
        (AT_ONCE, 1, 2999, "123", "expiry"),
        (AT_ONCE, 12, 2030, "12", "code"),
        (AT_ONCE, 12, 2030, "١٢٣", "code"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused(
    number: str, month: int, year: int, code: str, field: str
) -> None:
    with pytest.raises(CardNotReadableError) as caught:
        read_card(number, month=month, year=year, code=code, on=TODAY)
    assert caught.value.field == field


def test_a_card_is_read_with_the_spaces_people_type_and_forgotten() -> None:
    card = read_card("4242 4242-4242 4242", month=11, year=2026, code="123", on=TODAY)
    assert card.last_four == "4242"
    unknown = read_card("5555 5555 5555 4444", month=11, year=2026, code="123", on=TODAY)
    assert unknown.scenario.number == ""


@pytest.mark.django_db
def test_a_confirmed_card_pays_every_merchant_and_leads_back() -> None:
    one = session(1000, 2000)
    first = present_card(one, number=CONFIRMED, month=12, year=2030, code="123", at=NOON)
    assert first.outcome is CardOutcome.CONFIRM
    one.refresh_from_db()
    assert states_of(one) == [ChargeState.WAITING, ChargeState.WAITING]
    wrong = answer_challenge(one, code="nothing", at=NOON)
    assert wrong.outcome is CardOutcome.WRONG_CODE
    done = answer_challenge(one, code=one.challenge_code, at=NOON)
    assert (done.outcome, done.way_back) == (CardOutcome.PAID, "/retour/")
    one.refresh_from_db()
    assert one.state == SessionState.COMPLETE
    assert states_of(one) == [ChargeState.CAPTURED, ChargeState.CAPTURED]
    assert (one.card_number, one.challenge_code, one.card_end) == ("", "", "3184")
    assert page_of(one).total_cents == 3000


@pytest.mark.django_db
def test_three_wrong_codes_or_a_no_refuse_the_card_and_another_may_be_tried() -> None:
    one = session(1000)
    present_card(one, number=CONFIRMED, month=12, year=2030, code="123", at=NOON)
    outcomes = [answer_challenge(one, code="x", at=NOON).outcome for _try in range(3)]
    assert outcomes == [CardOutcome.WRONG_CODE, CardOutcome.WRONG_CODE, CardOutcome.DECLINED]
    present_card(one, number=CONFIRMED, month=12, year=2030, code="123", at=NOON)
    assert refuse_challenge(one, at=NOON).decline == "authentication_failed"
    assert pay(one).outcome is CardOutcome.PAID


@pytest.mark.django_db
def test_a_refused_card_takes_nothing_and_tells_nobody() -> None:
    one = session(1000)
    assert pay(one, REFUSED).decline == "generic_decline"
    assert (one.state, states_of(one)) == (SessionState.OPEN, [ChargeState.WAITING])
    assert not BankEvent.objects.exists()


@pytest.mark.django_db
def test_a_card_with_a_ceiling_pays_some_merchants_and_not_others_19() -> None:
    one = session(2000, 1500, 900)
    assert pay(one, CEILING).outcome is CardOutcome.PAID
    assert states_of(one) == [ChargeState.CAPTURED, ChargeState.DECLINED, ChargeState.CAPTURED]


@pytest.mark.django_db
def test_a_lost_way_back_shows_nothing_and_tells_late() -> None:
    one = session(1000)
    answer = pay(one, SILENT)
    assert (answer.outcome, answer.way_back) == (CardOutcome.SILENT, "")
    assert page_of(one).way_back == ""
    assert states_of(one) == [ChargeState.CAPTURED]
    assert BankEvent.objects.get().due_at == NOON + timedelta(minutes=9)


@pytest.mark.django_db
def test_a_wrong_sum_is_taken_when_the_card_says_so() -> None:
    one = session(1000)
    pay(one, WRONG_SUM)
    assert one.charges.get().captured_cents == 1100


@pytest.mark.django_db
def test_nobody_pays_in_a_session_that_has_ended() -> None:
    left, late, done = session(1000), session(1000, minutes=5), session(1000)
    abandon_session(left, at=NOON)
    pay(done)
    after = NOON + timedelta(minutes=6)
    for one, at in ((left, NOON), (late, after), (done, NOON)):
        with pytest.raises(SessionClosedError):
            present_card(one, number=AT_ONCE, month=12, year=2030, code="123", at=at)
    with pytest.raises(SessionClosedError):
        expire_session(done, at=NOON)
    assert expire_sessions(at=after) == 1
    late.refresh_from_db()
    assert (late.state, states_of(late)) == (SessionState.EXPIRED, [ChargeState.CANCELLED])
    assert states_of(done) == [ChargeState.CAPTURED]
    assert page_of(left).way_back == "/panier/"
