"""The postman: what happened becomes e-mails, and the e-mails go through a real mail server."""

from __future__ import annotations

import re
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.patience import eventually

from chalandise.journal.outbox import Reader, dispatch
from chalandise.messaging.actions import deliver
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState


class PostOffice:
    """A mail server on a free port, and the worker's round on request."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.address = ("127.0.0.1", _free_port())
        self._server = Controller(self, hostname=self.address[0], port=self.address[1])

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep what arrives."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    def open(self) -> None:
        """Begin to listen."""
        self._server.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.stop()

    def letter_to(self, email: str, subject: str) -> str:
        """Do the worker's round until the e-mail arrives; return its text.

        Args:
            email: to whom.
            subject: some words of its subject.
        """
        found: list[EmailMessage] = []

        def has_come() -> bool:
            self._round()
            found[:] = [
                one for one in self.received if one["To"] == email and subject in one["Subject"]
            ]
            return bool(found)

        arrived = [f"{one['To']}: {one['Subject']}" for one in self.received]
        assert eventually(has_come), f"nothing of that kind came, only {arrived}"
        body = found[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @staticmethod
    def _round() -> None:
        Reader("subscribers").read(dispatch)
        for pk in Message.objects.filter(state=MessageState.QUEUED).values_list("pk", flat=True):
            deliver(pk)


def link_in(letter: str, part: str) -> str:
    """The address in a letter that contains ``part``."""
    return next(one for one in re.findall(r"https?://\S+", letter) if part in one)


def digits_in(letter: str) -> str:
    """The six digits that sign in."""
    found = re.search(r"^(\d{6})$", letter, re.MULTILINE)
    assert found
    return found[1]


def spoken_code_in(letter: str) -> str:
    """The eight letters and digits that open a sheet."""
    found = re.search(r"^(\w{4} \w{4})$", letter, re.MULTILINE)
    assert found
    return found[1]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
