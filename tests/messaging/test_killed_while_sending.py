"""Killed with ``kill -9`` when the mail server has an e-mail and our note of it is not written.

SMTP knows no "have you had this already?", so what is proven is what is promised: nothing is lost,
a second copy bears the number of the first, and there is never a third without a person's word.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.cast import Cast
from tests.killing import failpoints_of, run_and_be_killed
from tests.messaging.mailbox import Mailbox, letter_in, listening

from chalandise.journal.states import Actor
from chalandise.messaging.actions import (
    MOST_UNHEARD,
    SEND_JOB,
    UNHEARD,
    deliver,
    note_failure,
    send,
    send_again,
    take_up_sending,
)
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]
TAKEN = "messaging.send.taken"
DESK = Actor("agent", "1", "Hélène")


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with listening(settings) as box:
        yield box


def test_this_is_the_only_place_where_a_sender_is_killed() -> None:
    assert failpoints_of("messaging") == {TAKEN}


def test_fault_44_killed_after_the_server_took_it_the_copy_bears_the_same_number(
    cast: Cast, mailbox: Mailbox
) -> None:
    message = _write(cast)
    _die_over(message)
    assert len(mailbox.letters) == 1
    assert _state(message) == (MessageState.QUEUED, 0, 1)  # the doubt outlives the sender
    deliver(message.pk)
    deliver(message.pk)
    one, two = (letter_in(envelope) for envelope in mailbox.letters)
    assert one["Message-ID"] == two["Message-ID"]
    assert _state(message) == (MessageState.SENT, 1, 0)


def test_fault_44_an_email_over_which_two_senders_died_waits_for_the_desk(
    cast: Cast, mailbox: Mailbox
) -> None:
    message = _write(cast)
    for _death in range(MOST_UNHEARD):
        _die_over(message)
    for _time in range(3):
        deliver(message.pk)
    assert len(mailbox.letters) == MOST_UNHEARD
    message.refresh_from_db()
    assert (message.state, message.last_error) == (MessageState.FAILED, UNHEARD)
    send_again(message, by=DESK, at=timezone.now())
    deliver(message.pk)
    assert len({letter_in(one)["Message-ID"] for one in mailbox.letters}) == 1
    assert _state(message) == (MessageState.SENT, 1, 0)


def test_a_server_that_refuses_leaves_no_doubt(cast: Cast, mailbox: Mailbox) -> None:
    message, mailbox.refusal = _write(cast), "451 later"
    for _time in range(MOST_UNHEARD + 1):
        with pytest.raises(OSError, match="451"):
            deliver(message.pk)
        note_failure(message.pk, "451 later", is_final=False, at=timezone.now())
    assert _state(message) == (MessageState.QUEUED, MOST_UNHEARD + 1, 0)


def test_fault_32_the_job_of_a_killed_worker_begins_again(cast: Cast) -> None:
    _write(cast)
    job = ProcrastinateJob.objects.latest("id")
    now = timezone.now()
    assert take_up_sending(at=now) == 0  # it waits, nobody has begun
    _begun_by(job, silent_for=timedelta(seconds=20))
    assert take_up_sending(at=now) == 0  # at work
    _begun_by(job, silent_for=timedelta(minutes=2))
    assert take_up_sending(at=now) == 1
    job.refresh_from_db()
    assert (job.task_name, job.status, job.attempts) == (SEND_JOB, "todo", 1)
    _begun_by(job, silent_for=None)  # a worker that started since has struck the dead one off
    assert take_up_sending(at=now) == 1
    assert take_up_sending(at=now) == 0


def test_a_job_that_ends_meanwhile_keeps_no_other_from_beginning_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("slow", "dead"):
        _write(cast, key)
    *_before, slow, dead = ProcrastinateJob.objects.filter(task_name=SEND_JOB).order_by("id")
    for job in (slow, dead):
        _begun_by(job, silent_for=timedelta(minutes=2))
    retry = app.job_manager.retry_job_by_id

    def late(job_id: int, **details: Any) -> None:
        if job_id == slow.pk:  # its worker was only slow to say so
            with connection.cursor() as cursor:
                end = "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s"
                cursor.execute(end, [job_id])
        retry(job_id, **details)

    monkeypatch.setattr(app.job_manager, "retry_job_by_id", late)
    assert take_up_sending(at=timezone.now()) == 1
    for job, status in ((slow, "succeeded"), (dead, "todo")):
        job.refresh_from_db()
        assert job.status == status


def _die_over(message: Message) -> None:
    run_and_be_killed(partial(deliver, message.pk), 0, [TAKEN])


def _state(message: Message) -> tuple[str, int, int]:
    message.refresh_from_db()
    return message.state, message.attempts, message.unheard_count


def _write(cast: Cast, key: str = "killed") -> Message:
    message = send(
        "sign_in_code",
        to="nadia@exemple.test",
        key=key,
        portal=cast.lot,
        context={"code": "123456", "minutes": 10},
        at=timezone.now(),
    )
    assert message is not None
    return message


def _begun_by(job: ProcrastinateJob, *, silent_for: timedelta | None) -> None:
    """Have the job run by a worker that gave its last sign then, or that is no more."""
    worker_id = None
    with connection.cursor() as cursor:
        if silent_for is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
                [timezone.now() - silent_for],
            )
            (worker_id,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker_id, job.pk],
        )
