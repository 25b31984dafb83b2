"""Who may do what with reservations and orders."""

from __future__ import annotations

from collections.abc import Collection

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.directory.states import ListingState, Service
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.organisations.models import Membership
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES, has_role


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


MOVABLE_STATES = (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)


def has_slot_to_move(part: MerchantOrder) -> bool:
    """Tell whether a part is collected in a slot of its own, wherever it stands."""
    return (
        part.way_kind in (WayKind.PICKUP, WayKind.POINT)
        and part.gathered_by_id is None
        and part.starts_at is not None
    )


def may_sell_for(user: User, establishment_ids: Collection[int], *, portal: Portal) -> bool:
    """Tell whether a person may type an order for shops: an agent of the portal, or one of theirs."""
    if has_role(user, portal, DESK_ROLES):
        return True
    own = Establishment.objects.filter(
        pk__in=establishment_ids, organisation__memberships__user=user
    )
    return user.is_active and own.count() == len(set(establishment_ids))
