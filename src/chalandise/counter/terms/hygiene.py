"""Whether a shop is asked for its sanitary approval: animal products that others hand over for it."""

from __future__ import annotations

from chalandise.catalogue.hygiene import ANIMAL_BRANCHES
from chalandise.catalogue.models import BasketInvitation, Product, SellerProfile
from chalandise.catalogue.states import InvitationState
from chalandise.logistics.models import PointService, ShippingRate
from chalandise.organisations.models import Organisation


def asks_for_hygiene(organisation: Organisation, profile: SellerProfile | None) -> bool:
    """Tell whether the two fields concern a seller, or hold something already; few statements."""
    if profile is not None and (profile.sanitary_approval or profile.hygiene_declared_on):
        return True
    animal = Product.objects.of(organisation).filter(category__parent__in=ANIMAL_BRANCHES)
    if not animal.exists():
        return False
    agreed = BasketInvitation.objects.filter(
        organisation=organisation, state=InvitationState.AGREED
    )
    mine = {"establishment__organisation": organisation, "is_active": True}
    return (
        PointService.objects.filter(**mine).exists()
        or ShippingRate.objects.filter(**mine).exists()
        or agreed.exists()
    )
