"""What keeps a person from closing their account."""

from __future__ import annotations

from collections.abc import Iterator

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.ordering.models import MerchantOrder, ReservationRequest
from chalandise.ordering.states import RESERVATION_TRANSITIONS, Leaving, MerchantOrderState
from chalandise.organisations.models import Membership
from chalandise.organisations.states import MemberRole

UNDER_WAY = (
    MerchantOrderState.AWAITING_PAYMENT,
    MerchantOrderState.PLACED,
    MerchantOrderState.ACCEPTED,
)


def what_holds(user: User) -> list[Leaving]:
    """Return what must be settled first; nothing: the account may be closed (fault 87)."""
    return list(_holds(user))


def _holds(user: User) -> Iterator[Leaving]:
    orders = MerchantOrder.objects.filter(order__user=user)
    if orders.filter(state__in=UNDER_WAY).exists():
        yield Leaving.ORDERS
    asked = ReservationRequest.objects.filter(user=user)
    if asked.exclude(state__in=RESERVATION_TRANSITIONS.final).exists():
        yield Leaving.RESERVATIONS
    owners = Membership.objects.filter(role=MemberRole.OWNER)
    mine = owners.filter(user=user).values_list("organisation", flat=True)
    shared = owners.filter(organisation__in=mine, user__is_active=True).exclude(user=user)
    alone = set(mine) - set(shared.values_list("organisation", flat=True))
    if Establishment.objects.filter(organisation__in=alone).exists():
        yield Leaving.SHOP
    if user.is_staff or user.is_superuser or user.portal_roles.exists():
        yield Leaving.STAFF
