"""Who may do what with reservations and orders."""

from __future__ import annotations

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState, Service
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState
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


def may_cancel(part: MerchantOrder) -> bool:
    """Tell whether the customer may call it off by a press: until the merchant has said yes.

    After that there is the withdrawal, which needs no reason either.
    """
    return part.gathered_by_id is None and part.state in {
        MerchantOrderState.AWAITING_PAYMENT,
        MerchantOrderState.PLACED,
    }
