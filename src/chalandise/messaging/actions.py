"""Writing e-mails and sending each once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from chalandise.journal.actions import move
from chalandise.journal.states import Actor
from chalandise.messaging.errors import UnknownTemplateError
from chalandise.messaging.models import Message
from chalandise.messaging.states import MESSAGE_TRANSITIONS, MessageState
from chalandise.portals.models import Portal
from chalandise.portals.queries import base_address, identity_of

MOST_ATTEMPTS = 8
LONGEST_SUBJECT = 150
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

    The row stays locked while the server takes it, so two workers never send it twice, and its
    Message-ID is made from its key, so a server that saw it before can tell.

    Raises:
        OSError, SMTPException: the server did not take it; the job tries again.
    """
    with transaction.atomic():
        message = lock_message(message_id)
        if message.state != MessageState.QUEUED:
            return
        _as_email(message).send()
        message.sent_at = timezone.now()
        message.attempts += 1
        message.save(update_fields=["sent_at", "attempts"])
        move(message, MessageState.SENT, table=MESSAGE_TRANSITIONS, by=_BY, at=message.sent_at)


@transaction.atomic
def note_failure(message_id: int, error: str, *, is_final: bool, at: datetime) -> None:
    """Keep why an e-mail did not leave, and give it up after the last attempt."""
    message = lock_message(message_id)
    message.attempts += 1
    message.last_error = error[:2000]
    message.save(update_fields=["attempts", "last_error"])
    if is_final and message.state == MessageState.QUEUED:
        move(message, MessageState.FAILED, table=MESSAGE_TRANSITIONS, by=_BY, at=at)


@transaction.atomic
def send_again(message: Message, *, by: Actor, at: datetime) -> None:
    """Queue again an e-mail that was given up.

    Raises:
        StaleStateError: it was not given up.
    """
    move(message, MessageState.QUEUED, table=MESSAGE_TRANSITIONS, by=by, at=at)
    _defer(message)


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
    app.configure_task("messaging.send", queue="mail").defer(message_id=message.pk)
