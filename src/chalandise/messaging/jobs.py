"""Background entry points of messaging."""

from __future__ import annotations

from smtplib import SMTPException

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from chalandise.messaging.actions import (
    MOST_ATTEMPTS,
    SEND_JOB,
    deliver,
    erase_old_messages,
    forget_codes,
    note_failure,
    take_up_sending,
)
from chalandise.messaging.desk_mails import send_digests
from chalandise.messaging.paper_mails import tell_of_documents


@app.task(
    name=SEND_JOB,
    queue="mail",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=4),
)
def send_message(context: JobContext, message_id: int) -> None:
    """Send one e-mail, trying again later when the server does not take it."""
    try:
        deliver(message_id)
    except (OSError, SMTPException) as error:
        is_final = context.job.attempts + 1 >= MOST_ATTEMPTS
        note_failure(message_id, repr(error), is_final=is_final, at=timezone.now())
        raise


@app.periodic(cron="* * * * *")
@app.task(name="messaging.take_up_sending", queueing_lock="messaging.take_up_sending")
def take_up(timestamp: int) -> None:
    """Each minute, begin again what a worker that was killed had begun to send."""
    take_up_sending(at=timezone.now())


@app.periodic(cron="50 3 * * *")
@app.task(name="messaging.forget_codes", queueing_lock="messaging.forget_codes")
def forget(timestamp: int) -> None:
    """Delete, every night, the e-mails whose codes open nothing any more, and those of a year ago."""
    forget_codes(at=timezone.now())
    erase_old_messages(at=timezone.now())


@app.periodic(cron="40 6 * * 1-6")
@app.task(name="messaging.send_digests", queueing_lock="messaging.send_digests")
def tell_desks(timestamp: int) -> None:
    """Tell each desk in the morning what came in since it was last told."""
    send_digests(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="messaging.tell_of_documents", queueing_lock="messaging.tell_of_documents")
def tell_customers(timestamp: int) -> None:
    """Each minute, bring customers the invoices of their orders, those of one order together."""
    tell_of_documents(at=timezone.now())
