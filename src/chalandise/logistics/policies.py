"""Who may run what: members their shop's ways, the operator's staff the pooled points."""

from __future__ import annotations

from typing import TypeVar

from chalandise.accounts.models import User
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.models import DeliveryZone, PickupPoint, PointService, ShippingRate
from chalandise.logistics.queries.keepers import points_kept_by
from chalandise.portals.models import Portal
from chalandise.portals.policies import DESK_ROLES, require_role

_MEMBER = "organisation__memberships__user"
_Thing = TypeVar("_Thing")


def get_counter_for_member(user: User, establishment: Establishment) -> PickupPoint:
    """Return the counter of a shop the person looks after.

    Raises:
        NotFoundError: none was opened, or it is somebody else's.
    """
    return _found(
        PickupPoint.objects.select_related("establishment__commune")
        .filter(establishment=establishment, **{f"establishment__{_MEMBER}": user})
        .first()
    )


def get_zone_for_member(user: User, zone_id: int) -> DeliveryZone:
    """Return a delivery zone of a shop the person looks after.

    Raises:
        NotFoundError: absent, given up, or somebody else's.
    """
    return _found(
        DeliveryZone.objects.select_related("establishment__commune")
        .filter(pk=zone_id, is_active=True, **{f"establishment__{_MEMBER}": user})
        .first()
    )


def get_shipping_for_member(user: User, rate_id: int) -> ShippingRate:
    """Return a shipping rate of a shop the person looks after.

    Raises:
        NotFoundError: absent, given up, or somebody else's.
    """
    return _found(
        ShippingRate.objects.select_related("establishment")
        .filter(pk=rate_id, is_active=True, **{f"establishment__{_MEMBER}": user})
        .first()
    )


def get_service_for_member(user: User, service_id: int) -> PointService:
    """Return how a shop the person looks after brings to a pooled point.

    Raises:
        NotFoundError: absent, left, or somebody else's.
    """
    return _found(
        PointService.objects.select_related("point", "establishment")
        .filter(pk=service_id, is_active=True, **{f"establishment__{_MEMBER}": user})
        .first()
    )


def get_pooled_point_for_staff(user: User, portal: Portal, point_id: int) -> PickupPoint:
    """Return a pooled point of a portal to its administrators and agents.

    Raises:
        NotFoundError: absent, or the person is no staff of its portal.
    """
    point = _found(
        PickupPoint.objects.select_related("portal", "commune")
        .filter(pk=point_id)
        .on(portal)
        .first()
    )
    if point.portal is None:
        raise NotFoundError
    require_role(user, point.portal, DESK_ROLES)
    return point


def get_point_for_keeper(user: User, point_id: int) -> PickupPoint:
    """Return a pooled point to somebody who was invited to keep it; closed ones too.

    Raises:
        NotFoundError: absent, or the person keeps another one.
    """
    return _found(points_kept_by(user).filter(pk=point_id).first() if user.is_active else None)


def _found(found: _Thing | None) -> _Thing:
    if found is None:
        raise NotFoundError
    return found
