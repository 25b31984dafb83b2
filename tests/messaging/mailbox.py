"""A mail server on a free port, for tests that hand over e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from socket import socket

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


class Mailbox:
    """A mail server that keeps what it is given, or refuses."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refusal = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep what arrives."""
        if self.refusal:
            return self.refusal
        self.letters.append(envelope)
        return "250 OK"


@contextmanager
def listening(settings: Settings) -> Iterator[Mailbox]:
    """Have Django send to a mail server of our own."""
    box = Mailbox()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    try:
        yield box
    finally:
        controller.stop()


def letter_in(envelope: Envelope) -> EmailMessage:
    """The letter that an envelope holds."""
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content, policy=modern)
