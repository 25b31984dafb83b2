"""An answer stands as long as nobody has written to a table that it rests on, and no longer."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.factories import market
from tests.simulator import invariants, strangers
from tests.simulator.answers import Answers, tables_of

from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.stock.models import StockLevel

COUNT = "SELECT count(*) FROM journal_outboxevent"
NOW = market.NOW


def write() -> None:
    OutboxEvent.objects.create(kind="x", payload={}, emitted_at=NOW)


def write_and_roll_back() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)


def written_elsewhere() -> None:
    DeadLetter.objects.filter(subscriber="nobody").delete()


def changed() -> None:
    OutboxEvent.objects.update(kind="y")


def asks_again(answers: Answers) -> bool:
    asked = answers.asked
    answers.look()
    (row,) = answers.ask(COUNT)
    assert row == (OutboxEvent.objects.count(),)
    return answers.asked > asked


def is_asked_when_written(cast: Cast) -> None:
    answers = Answers()
    write()
    assert asks_again(answers)
    answers.look()  # from here on the table is one of those looked at
    answers.ask(COUNT)
    assert not asks_again(answers)
    for how, is_new in (
        (write, True),
        (written_elsewhere, False),
        (changed, True),
        (OutboxEvent.objects.all().delete, True),
        (lambda: market.shop(cast.bakery), True),  # it says so in the outbox
        (lambda: None, False),
    ):
        how()
        assert asks_again(answers) is is_new, how
    write_and_roll_back()
    asks_again(answers)  # it may, and what it answers is so
    assert not asks_again(answers)


@pytest.mark.django_db(transaction=True)
def test_a_question_is_asked_again_once_its_table_was_written(cast: Cast) -> None:
    is_asked_when_written(cast)


@pytest.mark.django_db
def test_what_a_transaction_has_written_so_far_counts(cast: Cast) -> None:
    is_asked_when_written(cast)


def test_every_law_names_the_tables_that_it_rests_on() -> None:
    assert tables_of(invariants.stock_adds_up.statement) == {
        "stock_stocklevel",
        "stock_stockmovement",
        "stock_stockreservation",
    }
    for law in invariants.AT_EVERY_STEP:
        found = re.findall(r"\b(?:FROM|JOIN) ([a-z]+_[a-z]+)", law.statement)
        assert set(found) == tables_of(law.statement), law
    assert "catalogue_product" in tables_of(strangers.NEWEST)


@pytest.mark.django_db(transaction=True)
def test_a_law_broken_between_two_steps_is_found(cast: Cast) -> None:
    answers = Answers()
    market.shop(cast.bakery, on_hand=3)
    for _turn in range(3):
        answers.look()
        assert not invariants.broken_meanwhile(answers)
    StockLevel.objects.update(on_hand=2)
    answers.look()
    found = invariants.broken_meanwhile(answers)
    assert found
    assert all(one.startswith("I2") for one in found)
