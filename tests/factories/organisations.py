"""Legal units and their members."""

from __future__ import annotations

from itertools import count

from chalandise.accounts.models import User
from chalandise.organisations.models import Membership, Organisation
from chalandise.organisations.states import MemberRole

_number = count(1)


def organisation(*owners: User, **fields: object) -> Organisation:
    """Make a legal unit with its owners."""
    made = Organisation.objects.create(**{"name": f"Maison {next(_number)}", **fields})
    for owner in owners:
        Membership.objects.create(organisation=made, user=owner, role=MemberRole.OWNER)
    return made
