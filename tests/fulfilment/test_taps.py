"""The same gesture twice acts once, in real transactions; without its lock it would not."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, transaction
from tests.cast import Cast
from tests.factories.fulfilment import MERCHANT, accepted
from tests.factories.orders import NOON

from chalandise.fulfilment.actions import asking, preparing, steps, tapping
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.fulfilment.actions.tapping import Tap, act_once, forget_old_taps
from chalandise.fulfilment.errors import TooManyMissingError
from chalandise.fulfilment.models import Fulfilment, Question, TappedAction
from chalandise.fulfilment.states import FulfilmentState, QuestionState
from chalandise.ordering.models import LineChange, MerchantOrder

PATIENCE = 20


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread and a transaction of its own, from one starting shot."""
    shot = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            shot.wait(PATIENCE)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 # handed to the test
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def have_meet(monkeypatch: pytest.MonkeyPatch, *places: tuple[object, str]) -> None:
    """Make two callers wait for one another just after these functions, or for half a second."""
    both = threading.Barrier(2)

    def slowed(real: Callable[..., object]) -> Callable[..., object]:
        def slow(*args: object, **kwargs: object) -> object:
            found = real(*args, **kwargs)
            with suppress(threading.BrokenBarrierError):
                both.wait(0.5)  # broken: the other one waits for our lock, as it should
            return found

        return slow

    for owner, name in places:
        monkeypatch.setattr(owner, name, slowed(getattr(owner, name)))


def tap_missing(order: MerchantOrder, key: uuid.UUID) -> bool:
    line = order.lines.get(position=1)
    tap = Tap(key, order.establishment, "missing", str(line.pk))
    return act_once(tap, lambda: report_missing(line, quantity=1, by=MERCHANT, at=NOON), at=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_tap_sent_twice_at_once_acts_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    order, key = accepted(cast.lot, cast.bakery), uuid.uuid4()
    have_meet(monkeypatch, (tapping, "claim"))
    results = at_once(*[lambda: tap_missing(order, key)] * 2)
    assert sorted(map(str, results)) == ["False", "True"]
    assert LineChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_its_key_the_same_tap_acts_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, key = accepted(cast.lot, cast.bakery), uuid.uuid4()
    monkeypatch.setattr(tapping, "claim", lambda *_args, **_more: True)
    assert at_once(*[lambda: tap_missing(order, key)] * 2) == [True, True]
    assert LineChange.objects.count() == 2


def ask(order: MerchantOrder) -> object:
    line, soap = order.lines.get(position=1), Substitute("Savon", 100)
    return report_missing(line, quantity=1, substitute=soap, by=MERCHANT, at=NOON)


def ready_with_a_question(order: MerchantOrder) -> bool:
    """Ask about a line and say « ready » at the same moment; tell whether both went through."""
    at_once(lambda: ask(order), lambda: mark_ready(order, by=MERCHANT, at=NOON))
    is_asked = Question.objects.filter(state=QuestionState.OPEN).exists()
    return is_asked and Fulfilment.objects.get().state == FulfilmentState.READY


@pytest.mark.django_db(transaction=True)
def test_nothing_is_ready_while_its_customer_is_asked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = accepted(cast.lot, cast.bakery)
    have_meet(monkeypatch, (asking, "card_of"), (preparing, "card_of"))
    assert not ready_with_a_question(order)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_something_is_ready_while_its_customer_is_asked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = accepted(cast.lot, cast.bakery)

    def unlocked(order_id: int) -> Fulfilment | None:
        rows = Fulfilment.objects.select_related("merchant_order__order")
        return rows.filter(merchant_order=order_id).first()

    monkeypatch.setattr(steps, "lock_fulfilment", unlocked)
    have_meet(monkeypatch, (asking, "card_of"), (preparing, "card_of"))
    assert ready_with_a_question(order)


@pytest.mark.django_db
def test_a_tap_that_failed_may_be_sent_again(cast: Cast) -> None:
    order, key = accepted(cast.lot, cast.bakery), uuid.uuid4()
    tap = Tap(key, cast.bakery, "fails", "1")

    def fail() -> None:
        raise TooManyMissingError(0)

    with pytest.raises(TooManyMissingError):
        act_once(tap, fail, at=NOON)
    assert tap_missing(order, key)
    assert not tap_missing(order, key)


@pytest.mark.django_db
def test_keys_are_forgotten_after_thirty_days(cast: Cast) -> None:
    with transaction.atomic():
        tapping.claim(Tap(uuid.uuid4(), cast.bakery, "ready", "1"), at=NOON)
    assert forget_old_taps(at=NOON + tapping.KEPT) == 0
    assert forget_old_taps(at=NOON + 2 * tapping.KEPT) == 1
    assert not TappedAction.objects.exists()
