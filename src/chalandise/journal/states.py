"""Who acts: a reference and a label, so that the journal needs no key to higher rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class _Person(Protocol):
    @property
    def pk(self) -> object: ...


@dataclass(frozen=True)
class Actor:
    """The person or the part of the system that acts.

    Attributes:
        kind: ``person``, ``guest``, ``merchant``, ``agent`` or ``system``.
        reference: the primary key of the person, or the name of the part of the system.
        label: how a reader recognises the actor.
        behalf_of: whom an agent stood in for, empty otherwise.
    """

    kind: str
    reference: str
    label: str
    behalf_of: str = ""

    @classmethod
    def person(cls, user: _Person) -> Actor:
        """Stand for a signed-in person."""
        return cls("person", str(user.pk), str(user))

    @classmethod
    def agent(cls, user: _Person, *, behalf_of: str = "") -> Actor:
        """Stand for a member of an operator's staff, possibly acting for a merchant."""
        return cls("agent", str(user.pk), str(user), behalf_of)

    @classmethod
    def guest(cls, label: str) -> Actor:
        """Stand for somebody who did not sign in."""
        return cls("guest", "", label)

    @classmethod
    def system(cls, name: str) -> Actor:
        """Stand for a job, a command or an import."""
        return cls("system", name, name)
