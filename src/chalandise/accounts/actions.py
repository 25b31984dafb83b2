"""Writes about people: first met by their e-mail address, moved to another one."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from chalandise.accounts.errors import AddressTakenError
from chalandise.accounts.models import User
from chalandise.journal.actions import forget_actor, record
from chalandise.journal.states import Actor


def meet_person(email: str, *, at: datetime, name: str = "") -> User:
    """Return the person who reads ``email``, welcoming them on the first visit.

    Only called once the address is proved: a code sent to it came back, or an agent has the
    person on the telephone.
    """
    address = email.strip().lower()
    known = User.objects.filter(email__iexact=address).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            user = User.objects.create_user(address, name, created_at=at)
            record(user, "welcomed", by=Actor.person(user), at=at)
            return user
    except IntegrityError:  # the same person pressed twice
        return User.objects.get(email__iexact=address)


@transaction.atomic
def name_person(user: User, name: str, *, by: Actor, at: datetime) -> None:
    """Write down how a person wants to be called."""
    user.name = name
    user.save(update_fields=["name"])
    record(user, "named", by=by, at=at)


@transaction.atomic
def erase_person(user: User, *, at: datetime) -> None:
    """Erase a person, with their roles and keys; what others must keep is only untied from them.

    The journal keeps what they did, under no name.
    """
    name = str(user)
    others = User.objects.filter(name=name).exclude(pk=user.pk)
    forget_actor(str(user.pk), name, is_only=not others.exists())
    record(user, "erased", by=Actor.system("accounts"), at=at)
    user.delete()


@transaction.atomic
def move_to_address(user: User, email: str, *, by: Actor, at: datetime) -> None:
    """Give a person a new address, proved at both ends, and end their other sessions.

    Raises:
        AddressTakenError: another person uses it.
    """
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
        raise AddressTakenError
    user.email = address
    user.set_unusable_password()  # sessions hang on it: every other one dies here
    user.save(update_fields=["email", "password"])
    record(user, "address_changed", by=by, at=at)
