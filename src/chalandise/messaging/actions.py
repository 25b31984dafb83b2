"""Writing each e-mail once, and handing it to the mail server until it is known to have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone, translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from chalandise.journal.actions import move
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import failpoint
from chalandise.messaging.errors import UnknownTemplateError
from chalandise.messaging.models import Message
from chalandise.messaging.states import MESSAGE_TRANSITIONS, MessageState
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address, identity_of

MOST_ATTEMPTS = 8
MOST_UNHEARD = 2  # so many senders die over one e-mail, then it waits for the desk
UNHEARD = "Two senders ended while they handed it over: it may have left."
LONGEST_SUBJECT = 150
SEND_JOB = "messaging.send"
SILENT_AFTER = timedelta(minutes=1)  # a worker says every ten seconds that it lives
WITH_CODES = ("sign_in_code", "address_change_code", "claim_code", "withdrawal_code")
CODES_KEPT = timedelta(days=2)
MESSAGES_KEPT = timedelta(days=365)
# Control and bidirectional characters have no place in a header (fault 76).
UNWANTED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")

_BY = Actor.system("messaging")


@transaction.atomic
def send(
    template: str,
    *,
    to: str,
    key: str,
    portal: Portal,
    context: Mapping[str, Any],
    at: datetime,
    reply_to: str = "",
) -> Message | None:
    """Write an e-mail and have it sent once the transaction has committed.

    Args:
        template: a name under ``messaging/mails/``: ``<template>.subject.txt``, ``.txt``, ``.html``.
        to: the reader's address.
        key: what makes the e-mail unique: a second call with the same key does nothing.
        portal: in whose name it is written.
        context: what the template needs, beside ``portal``, ``identity`` and ``public_url``.
        at: when.
        reply_to: where an answer goes, if not to the operator.

    Returns:
        The message, or None when it had been written already.

    Raises:
        UnknownTemplateError: there is no such template.
    """
    identity = identity_of(portal)
    words = {**context, "portal": portal, "identity": identity, "public_url": base_address(portal)}
    with translation.override(settings.LANGUAGE_CODE):
        subject, text, html = _write(template, words)
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "portal": portal,
            "template": template,
            "to": to,
            "reply_to": reply_to or identity.operator_email,
            "sender_name": tidy_header(portal.name),
            "subject": subject,
            "text": text,
            "html": html,
            "created_at": at,
        },
    )
    if not is_new:
        return None
    _defer(message)
    return message


def tidy_header(text: str) -> str:
    """Return text that is safe and readable in a header: one line, no hidden character, not long."""
    return " ".join(UNWANTED.sub(" ", text).split())[:LONGEST_SUBJECT]


def deliver(message_id: int) -> None:
    """Hand one queued e-mail to the mail server; one already sent is left alone.

    The row stays locked while the server takes it, so two workers never send it twice. A sender that
    dies between the server's yes and our note of it leaves a doubt that no protocol takes away: the
    next one sends it again under the same Message-ID, which servers and readers fold into one, and
    the second such death gives it up (fault 44).

    Raises:
        OSError, SMTPException: the server did not take it; the job tries again.
    """
    if not _begin(message_id):
        return
    with transaction.atomic():
        message = lock_message(message_id)
        if message.state != MessageState.QUEUED:
            return
        _as_email(message).send()
        failpoint("messaging.send.taken")
        message.sent_at = timezone.now()
        message.attempts += 1
        message.unheard_count = 0
        message.save(update_fields=["sent_at", "attempts", "unheard_count"])
        move(message, MessageState.SENT, table=MESSAGE_TRANSITIONS, by=_BY, at=message.sent_at)


@transaction.atomic(durable=True)
def _begin(message_id: int) -> bool:
    """Note that the server will be asked, for whoever comes after a death; tell whether it may be."""
    queued = Message.objects.filter(pk=message_id, state=MessageState.QUEUED)
    if queued.filter(unheard_count__lt=MOST_UNHEARD).update(unheard_count=F("unheard_count") + 1):
        return True
    if (doubtful := queued.first()) is not None:
        move(doubtful, MessageState.FAILED, table=MESSAGE_TRANSITIONS, by=_BY, at=timezone.now())
        Message.objects.filter(pk=message_id).update(last_error=UNHEARD)
    return False


@transaction.atomic
def note_failure(message_id: int, error: str, *, is_final: bool, at: datetime) -> None:
    """Keep why an e-mail did not leave, and give it up after the last attempt."""
    message = lock_message(message_id)
    message.attempts += 1
    message.unheard_count = max(message.unheard_count - 1, 0)
    message.last_error = error[:2000]
    message.save(update_fields=["attempts", "unheard_count", "last_error"])
    if is_final and message.state == MessageState.QUEUED:
        move(message, MessageState.FAILED, table=MESSAGE_TRANSITIONS, by=_BY, at=at)


@transaction.atomic
def send_again(message: Message, *, by: Actor, at: datetime) -> None:
    """Queue again an e-mail that was given up.

    Raises:
        StaleStateError: it was not given up.
    """
    move(message, MessageState.QUEUED, table=MESSAGE_TRANSITIONS, by=by, at=at)
    message.unheard_count = 0
    message.save(update_fields=["unheard_count"])
    _defer(message)


def take_up_sending(*, at: datetime) -> int:
    """Have the e-mails sent whose job died with its worker; tell how many jobs begin again.

    Such a job says for ever that it runs, and nobody else would take it.
    """
    died = Q(worker=None) | Q(worker__last_heartbeat__lt=at - SILENT_AFTER)
    jobs = ProcrastinateJob.objects.filter(died, task_name=SEND_JOB, status="doing")
    taken = 0
    for job_id in list(jobs.order_by("pk").values_list("pk", flat=True)):
        with suppress(ConnectorException):  # it ended meanwhile, and needs nobody
            app.job_manager.retry_job_by_id(job_id, retry_at=at)
            taken += 1
    return taken


def forget_codes(*, at: datetime) -> int:
    """Delete the e-mails that carried a code which no longer opens anything; tell how many."""
    old = Message.objects.filter(template__in=WITH_CODES, created_at__lte=at - CODES_KEPT)
    return old.delete()[0]


def erase_old_messages(*, at: datetime) -> int:
    """Delete the e-mails of a year ago and more; tell how many."""
    old = Message.objects.filter(created_at__lte=at - MESSAGES_KEPT)
    return old.delete()[0]


def lock_message(message_id: int) -> Message:
    """Hold an e-mail, so that one worker at a time sends it."""
    return Message.objects.select_for_update().get(pk=message_id)


def _write(template: str, words: Mapping[str, Any]) -> tuple[str, str, str]:
    base = f"messaging/mails/{template}"
    try:
        subject = tidy_header(render_to_string(f"{base}.subject.txt", dict(words)))
        text = render_to_string(f"{base}.txt", dict(words))
        # The page gets the subject as text: included, its template would not escape it (fault 61).
        html = render_to_string(f"{base}.html", {**words, "subject": subject})
    except TemplateDoesNotExist as error:
        raise UnknownTemplateError(template) from error
    return subject, text.strip() + "\n", html


def _as_email(message: Message) -> EmailMultiAlternatives:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=formataddr((message.sender_name, address)),
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": f"<{message.pk}.{message.created_at:%Y%m%d%H%M%S}@{address.split('@')[-1]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    email.attach_alternative(message.html, "text/html")
    return email


def _defer(message: Message) -> None:
    app.configure_task(SEND_JOB, queue="mail").defer(message_id=message.pk)
