"""Reads about claims."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from chalandise.accounts.models import User
from chalandise.directory.models import Claim, Establishment
from chalandise.directory.states import ClaimChannel, ClaimState
from chalandise.kernel.errors import NotFoundError
from chalandise.organisations.models import Membership
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_filter


def is_looked_after(establishment: Establishment, *, but_for: User | None = None) -> bool:
    """Tell whether somebody, other than ``but_for``, already acts for the establishment.

    The members of its legal unit count: one letter must not hand over another shop of theirs.
    """
    members = Membership.objects.filter(
        organisation__establishments=establishment.pk, user__is_active=True
    )
    return members.exclude(user=but_for).exists() if but_for else members.exists()


def list_open_claims(establishment: Establishment, user: User) -> QuerySet[Claim]:
    """Return the pending claims whose code ``user`` may type.

    A code sent by e-mail belongs to whoever asked for it. A letter belongs to whoever opens it
    behind the counter, even when somebody else had it sent.
    """
    return Claim.objects.filter(establishment=establishment, state=ClaimState.PENDING).filter(
        Q(user=user) | Q(channel=ClaimChannel.LETTER)
    )


def list_waiting_claims(portal: Portal) -> QuerySet[Claim]:
    """Return what the operator has to look at: disputes, and letters to print, oldest first.

    A letter written to a shop that nobody has answered for asks for no decision.
    """
    return (
        Claim.objects.filter(scope_filter(portal, prefix="establishment__commune"))
        .filter(state=ClaimState.PENDING)
        .exclude(channel=ClaimChannel.EMAIL)
        .exclude(user=None)
        .select_related("establishment__commune", "user")
        .order_by("requested_at", "pk")
    )


def get_claim_on(portal: Portal, claim_id: int) -> Claim:
    """Return a claim about an establishment of the portal.

    Raises:
        NotFoundError: absent or outside the portal.
    """
    found = (
        Claim.objects.filter(scope_filter(portal, prefix="establishment__commune"), pk=claim_id)
        .select_related("establishment__commune", "establishment__organisation", "user")
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def list_letters_to_print(portal: Portal, *, at: datetime) -> QuerySet[Claim]:
    """Return the letters that were asked for and not printed yet."""
    return list_waiting_claims(portal).filter(
        channel=ClaimChannel.LETTER, letter_printed_at__isnull=True, expires_at__gt=at
    )
