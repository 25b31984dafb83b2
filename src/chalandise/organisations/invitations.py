"""Inviting a colleague: a link by e-mail, for one address, once, for a fortnight (fault 58).

The link carries the invitation's number, signed; no secret is stored. Only an owner invites,
withdraws and removes; to anybody else the organisation does not exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from chalandise.accounts.models import User
from chalandise.journal.actions import count_attempt, emit, move, record
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.kernel.rate import Rate
from chalandise.organisations.actions import add_member
from chalandise.organisations.errors import AlreadyMemberError, LastOwnerError
from chalandise.organisations.events import ColleagueInvited
from chalandise.organisations.models import Invitation, Membership, Organisation
from chalandise.organisations.states import INVITATION_TRANSITIONS, InvitationState, MemberRole

LASTS = timedelta(days=14)
INVITED = Rate(burst=10, period_seconds=24 * 3600)  # each writes to an address somebody typed
_SIGNER = signing.Signer(salt="organisations.invitation")


def token_of(invitation: Invitation) -> str:
    """Return what the link of an invitation carries."""
    return _SIGNER.sign(str(invitation.pk)).replace(":", ".")


def get_invitation_for(user: User, token: str, *, at: datetime) -> Invitation:
    """Return the invitation that ``token`` opens for this person: its only door.

    Raises:
        NotFoundError: forged, used, withdrawn, lapsed, or written to another address.
    """
    try:
        number = _SIGNER.unsign(token.replace(".", ":", 1))
    except signing.BadSignature as error:
        raise NotFoundError from error
    found = (
        Invitation.objects.select_related("organisation")
        .filter(pk=int(number), state=InvitationState.PENDING, expires_at__gt=at)
        .first()
    )
    if found is None or found.email != user.email.lower():
        raise NotFoundError
    return found


def require_owner(user: User, organisation: Organisation) -> None:
    """Let pass an owner.

    Raises:
        NotFoundError: the person is none.
    """
    if not is_owner(user, organisation):
        raise NotFoundError


def lock_organisation(organisation_id: int) -> Organisation:
    """Hold an organisation: its members and invitations change one after the other."""
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def is_owner(user: User, organisation: Organisation) -> bool:
    """Tell whether a person owns an organisation; one query."""
    mine = Membership.objects.filter(organisation=organisation, user=user, role=MemberRole.OWNER)
    return user.is_active and mine.exists()


def invite_colleague(
    organisation: Organisation,
    email: str,
    *,
    role: MemberRole,
    user: User,
    portal_slug: str,
    at: datetime,
) -> Invitation:
    """Ask somebody to join, or ask again; the last invitation of an address is the one that counts.

    Raises:
        NotFoundError: who invites is no owner.
        AlreadyMemberError: the person is there.
        RateLimitedError: too many invitations in a day.
    """
    require_owner(user, organisation)
    address = email.strip().lower()
    if organisation.members.filter(email__iexact=address).exists():
        raise AlreadyMemberError
    count_attempt(f"invitation:{organisation.pk}", INVITED, at=at)
    by = Actor.person(user)
    with transaction.atomic():
        lock_organisation(organisation.pk)
        pending = organisation.invitations.filter(email=address, state=InvitationState.PENDING)
        for earlier in pending.order_by("pk"):
            move(earlier, InvitationState.WITHDRAWN, table=INVITATION_TRANSITIONS, by=by, at=at)
        made = Invitation.objects.create(
            organisation=organisation, email=address, role=role, sent_at=at, expires_at=at + LASTS
        )
        record(organisation, "colleague_invited", by=by, at=at, detail={"role": role})
        emit(ColleagueInvited(made.pk, portal_slug), at=at)
    return made


@transaction.atomic
def accept_invitation(invitation: Invitation, user: User, *, at: datetime) -> Membership:
    """Join; the invitation is used up.

    Raises:
        NotFoundError: it was written to another address.
        StaleStateError: it was used or withdrawn meanwhile.
    """
    if invitation.email != user.email.lower() or invitation.expires_at <= at:
        raise NotFoundError
    by = Actor.person(user)
    move(invitation, InvitationState.ACCEPTED, table=INVITATION_TRANSITIONS, by=by, at=at)
    role = MemberRole(invitation.role)
    return add_member(invitation.organisation, user, by=by, at=at, role=role)


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, user: User, at: datetime) -> None:
    """Take an invitation back: its link opens nothing any more.

    Raises:
        NotFoundError: the person is no owner.
        StaleStateError: it was used meanwhile.
    """
    require_owner(user, invitation.organisation)
    by = Actor.person(user)
    move(invitation, InvitationState.WITHDRAWN, table=INVITATION_TRANSITIONS, by=by, at=at)


@transaction.atomic
def remove_member(member: Membership, *, user: User, at: datetime) -> None:
    """End somebody's membership.

    Raises:
        NotFoundError: the person is no owner.
        LastOwnerError: no owner would be left.
    """
    organisation = lock_organisation(member.organisation_id)
    require_owner(user, organisation)
    owners = organisation.memberships.filter(role=MemberRole.OWNER).exclude(pk=member.pk)
    if not owners.exists():
        raise LastOwnerError
    detail = {"user": member.user_id, "role": member.role}
    record(organisation, "member_removed", by=Actor.person(user), at=at, detail=detail)
    member.delete()
