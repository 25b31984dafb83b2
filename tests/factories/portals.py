"""Portals and their staff."""

from __future__ import annotations

from itertools import count

from chalandise.accounts.models import User
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.states import StaffRole
from chalandise.territories.models import Territory

_number = count(1)


def portal(*scope: Territory, **fields: object) -> Portal:
    """Make an open portal on some territories."""
    number = next(_number)
    made = Portal.objects.create(
        **{"name": f"Portail {number}", "slug": f"portail-{number}", **fields}
    )
    made.scope.set(scope)
    return made


def staff(user: User, portal: Portal, role: StaffRole = StaffRole.AGENT) -> StaffMember:
    """Give a person a role."""
    return StaffMember.objects.create(user=user, portal=portal, role=role)
