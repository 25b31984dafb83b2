"""Who may do what with a reservation."""

from __future__ import annotations

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState, Service
from chalandise.kernel.errors import NotFoundError
from chalandise.organisations.models import Membership


def takes_reservations(establishment: Establishment) -> bool:
    """Tell whether somebody looks after the sheet and offers to put things aside."""
    return (
        establishment.status == ListingState.PUBLISHED
        and establishment.organisation_id is not None
        and Service.RESERVATION in establishment.services
    )


def require_may_serve(user: User, establishment: Establishment) -> None:
    """Let pass a member of the establishment's organisation.

    Raises:
        NotFoundError: anybody else.
    """
    organisation = establishment.organisation
    if (
        organisation is None
        or not Membership.objects.filter(organisation=organisation, user=user).exists()
    ):
        raise NotFoundError
