"""Writes about organisations: made when a sheet is claimed, joined by people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.accounts.models import User
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Membership, Organisation
from chalandise.organisations.states import MemberRole


@transaction.atomic
def found_organisation(name: str, *, siren: str | None, by: Actor, at: datetime) -> Organisation:
    """Return the legal unit ``siren``, writing it down the first time it is met.

    Without SIREN a new one is made: a name is no proof that two shops belong together.
    """
    if siren:
        made, is_new = Organisation.objects.get_or_create(
            siren=siren, defaults={"name": name, "created_at": at}
        )
    else:
        made, is_new = Organisation.objects.create(name=name, created_at=at), True
    if is_new:
        record(made, "founded", by=by, at=at)
    return made


@transaction.atomic
def add_member(
    organisation: Organisation,
    user: User,
    *,
    by: Actor,
    at: datetime,
    role: MemberRole = MemberRole.OWNER,
) -> Membership:
    """Let a person act for an organisation; a second call changes nothing."""
    member, is_new = Membership.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": role, "created_at": at}
    )
    if is_new:
        record(organisation, "member_added", by=by, at=at, detail={"user": user.pk, "role": role})
    return member
