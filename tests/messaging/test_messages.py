"""E-mails: written once, sent once, to a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from smtplib import SMTPException
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.cast import Cast
from tests.factories.ordering import reservation
from tests.messaging.mailbox import Mailbox, letter_in, listening
from tests.patience import read_events

from chalandise.journal.outbox import Reader, dispatch
from chalandise.journal.states import Actor
from chalandise.messaging import actions
from chalandise.messaging.errors import UnknownTemplateError
from chalandise.messaging.models import Message
from chalandise.messaging.states import MESSAGE_TRANSITIONS, MessageState
from chalandise.messaging.subscribers import tell_about_reservation
from chalandise.ordering.actions.reservations import (
    accept_reservation,
    cancel_reservation,
    mark_ready,
)
from chalandise.ordering.events import ReservationMoved

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=PARIS)
TEATIME = datetime(2026, 11, 18, 17, 30, tzinfo=PARIS)
BY = Actor("merchant", "1", "Claire")


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with listening(settings) as box:
        yield box


def _deliver_all() -> None:
    for message in Message.objects.filter(state=MessageState.QUEUED):
        actions.deliver(message.pk)


@pytest.mark.django_db(transaction=True)
def test_every_step_of_a_reservation_writes_to_the_right_person(
    cast: Cast, mailbox: Mailbox
) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    accept_reservation(asked, by=BY, at=NOW, price_cents=640, answer="Avec plaisir")
    mark_ready(asked, by=BY, at=NOW)
    cancel_reservation(asked, at=NOW)
    read_events(Reader("subscribers"), dispatch, 4)
    _deliver_all()
    sent = [(one.rcpt_tos[0], letter_in(one)["Subject"]) for one in mailbox.letters]
    assert sent == [
        ("claire@exemple.test", "Nadia a annulé"),
        ("nadia@exemple.test", "C’est prêt chez Au Pain de Chanvre"),
        ("nadia@exemple.test", "Au Pain de Chanvre vous dit oui"),
        ("claire@exemple.test", "Nadia vous demande de mettre de côté"),
        ("nadia@exemple.test", "Votre demande est arrivée chez Au Pain de Chanvre"),
    ]
    ready = letter_in(mailbox.letters[1])
    text = ready.get_body(("plain",)).get_content()
    assert asked.pickup_code in text
    assert "6,40\u00a0€" in text
    assert f"http://localhost:8000/reservation/{asked.token}/" in text
    assert ready["From"] == "Achat Lot <bonjour@localhost>"
    assert ready["Reply-To"] == "claire@exemple.test"


@pytest.mark.django_db(transaction=True)
def test_fault_44_an_event_told_twice_sends_one_email(cast: Cast, mailbox: Mailbox) -> None:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    for _time in range(2):
        tell_about_reservation(ReservationMoved(asked.pk, "requested"))
        _deliver_all()
        _deliver_all()
    assert len(mailbox.letters) == 2  # the customer's and the merchant's


@pytest.mark.django_db(transaction=True)
def test_fault_32_a_server_that_is_down_loses_nothing(cast: Cast, mailbox: Mailbox) -> None:
    message = _write(cast)
    mailbox.refusal = "451 later"
    with pytest.raises(SMTPException):
        actions.deliver(message.pk)
    actions.note_failure(message.pk, "451 later", is_final=False, at=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 1)
    mailbox.refusal = ""
    actions.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert len(mailbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_fault_33_an_email_given_up_can_be_sent_again(cast: Cast, mailbox: Mailbox) -> None:
    message = _write(cast)
    actions.note_failure(message.pk, "no such mailbox", is_final=True, at=NOW)
    actions.deliver(message.pk)  # given up: nothing leaves
    assert mailbox.letters == []
    message.refresh_from_db()
    actions.send_again(message, by=BY, at=NOW)
    actions.deliver(message.pk)
    assert len(mailbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_an_email_of_a_rolled_back_transaction_leaves_no_job(cast: Cast) -> None:
    before = ProcrastinateJob.objects.count()
    with transaction.atomic():
        _write(cast)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert ProcrastinateJob.objects.count() == before
    _write(cast)
    assert ProcrastinateJob.objects.count() == before + 1
    assert ProcrastinateJob.objects.latest("id").task_name == "messaging.send"


def test_an_unknown_template_is_refused(cast: Cast) -> None:
    with pytest.raises(UnknownTemplateError):
        actions.send("nothing", to="a@b.test", key="k", portal=cast.lot, context={}, at=NOW)


@given(st.text(max_size=400))
def test_fault_76_a_header_never_holds_a_line_break_or_a_hidden_character(text: str) -> None:
    tidy = actions.tidy_header(text)
    assert len(tidy) <= actions.LONGEST_SUBJECT
    assert not set(tidy) & set("\r\n\t\u202e\u200f\ufeff")


def test_fault_61_what_a_customer_writes_is_inert_in_the_email(cast: Cast) -> None:
    asked = reservation(
        cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME, text="<script>alert(1)</script> & pain"
    )
    tell_about_reservation(ReservationMoved(asked.pk, "requested"))
    message = Message.objects.get(template="reservation_to_answer")
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "<script>alert(1)</script> & pain" in message.text  # plain text stays as typed


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(MESSAGE_TRANSITIONS) == set(MessageState)


def _write(cast: Cast) -> Message:
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=TEATIME)
    message = actions.send(
        "reservation_received",
        to="nadia@exemple.test",
        key=f"test:{asked.pk}",
        portal=cast.lot,
        context={"reservation": asked, "shop_name": "Au Pain", "when": "demain"},
        at=datetime.now(tz=UTC),
    )
    assert message is not None
    return message
