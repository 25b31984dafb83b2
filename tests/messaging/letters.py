"""Scenes of the town that end in letters, and the postman who hands on what happened.

A scene plays real actions and returns, for each letter it is about, what that letter must say:

    @scene("order_accepted", "order_ready")
    def something_is_collected(cast, post, freeze) -> Facts: …

Every template has its scene, or `test_every_letter.py` fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation
from tests.cast import Cast

from chalandise.journal.events import from_payload, subscribers_of
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.messaging import actions
from chalandise.messaging.models import Message

Facts = Mapping[str, Sequence[str]]
Freeze = Callable[[str], datetime]


@dataclass(frozen=True)
class Letter:
    """What stands in an e-mail, in one language."""

    subject: str
    text: str
    html: str


@dataclass
class Post:
    """Hands on what happened, to whoever writes letters twice (fault 44).

    Attributes:
        english: every letter by its template, as it reads where the portal speaks English.
    """

    english: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    read: int = 0

    def __call__(self) -> None:
        """Deliver all that has happened since the last time, and what follows from it."""
        while rows := list(OutboxEvent.objects.filter(pk__gt=self.read).order_by("pk")):
            self.read = rows[-1].pk
            dispatch(rows)
            written = Message.objects.count()
            for row in rows:
                for subscriber in subscribers_of(row.kind):
                    if subscriber.__module__.startswith("chalandise.messaging"):
                        subscriber(from_payload(row.kind, row.payload))
            assert Message.objects.count() == written, "a letter was written twice"
        assert not DeadLetter.objects.exists(), DeadLetter.objects.first()

    def write(self, template: str, words: Mapping[str, Any]) -> tuple[str, str, str]:
        """Write a letter in both languages, in place of `messaging.actions._write`."""
        with translation.override("en"):
            self.english[template].append(Letter(*_write(template, words)))
        return _write(template, words)


_write = actions._write
Scene = Callable[[Cast, Post, Freeze], Facts]
SCENES: dict[Scene, frozenset[str]] = {}


def scene(*templates: str) -> Callable[[Scene], Scene]:
    """Say which letters a scene is about."""

    def enter(played: Scene) -> Scene:
        SCENES[played] = frozenset(templates)
        return played

    return enter
