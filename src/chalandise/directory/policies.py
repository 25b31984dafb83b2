"""Who may stand in for a merchant: the desk of the shop's portal, and never for other staff."""

from __future__ import annotations

from chalandise.accounts.models import User
from chalandise.directory.errors import NobodyToStandInForError, StaffShopError
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState
from chalandise.kernel.errors import NotFoundError
from chalandise.organisations.models import Membership
from chalandise.organisations.states import MemberRole
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.policies import DESK_ROLES, require_role


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
