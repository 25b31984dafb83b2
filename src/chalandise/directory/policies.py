"""Who may do what in the directory.

Only the desk of a shop's portal stands in for its merchant, and never for other staff. What all
portals share, the categories, is changed by who administers all of them.
"""

from __future__ import annotations

from chalandise.accounts.models import User
from chalandise.directory.errors import (
    NobodyToStandInForError,
    SharedCategoriesError,
    StaffShopError,
)
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.organisations.models import Membership
from chalandise.organisations.states import MemberRole
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.policies import DESK_ROLES, administers_every_root, require_role


def require_may_stand_in(agent: User, establishment: Establishment, *, portal: Portal) -> User:
    """Return the merchant whose place an agent may take: who is in charge, else a colleague.

    Raises:
        NotFoundError: no desk of theirs, or the shop stands outside its portal.
        NobodyToStandInForError: nobody looks after the sheet.
        StaffShopError: somebody who looks after it is staff: no staff acts for other staff.
    """
    require_role(agent, portal, DESK_ROLES)
    if not Establishment.objects.on(portal).filter(pk=establishment.pk).exists():
        raise NotFoundError
    members = list(
        Membership.objects.filter(
            organisation=establishment.organisation_id, user__is_active=True
        ).select_related("user")
    )
    is_open = establishment.claimed_at is not None and establishment.status != ListingState.CLOSED
    if not members or not is_open:
        raise NobodyToStandInForError
    people = [one.user for one in members]
    is_staff = any(one.is_superuser for one in people)
    if is_staff or StaffMember.objects.filter(user__in=people).exists():
        raise StaffShopError
    return min(members, key=lambda one: (one.role != MemberRole.OWNER, one.pk)).user


def require_may_change_categories(by: Actor) -> None:
    """Let pass who administers every portal without parent: each has shops under the one tree.

    An update of the platform or a command is nobody's neighbour.

    Raises:
        SharedCategoriesError: some portal is not theirs.
    """
    if by.kind == "system":
        return
    person = User.objects.filter(pk=by.reference).first() if by.reference.isdecimal() else None
    if person is None or not administers_every_root(person):
        raise SharedCategoriesError
