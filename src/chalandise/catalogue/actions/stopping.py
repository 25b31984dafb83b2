"""A merchant who stops selling online, and one who begins again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chalandise.catalogue.actions.locking import lock_profile
from chalandise.catalogue.actions.sellers import save_seller_profile
from chalandise.catalogue.actions.shelf import publish_ready, withdraw_product
from chalandise.catalogue.models import Product, SellerProfile
from chalandise.catalogue.states import ProductState
from chalandise.journal.actions import record
from chalandise.journal.states import Actor
from chalandise.organisations.models import Organisation


@transaction.atomic
def stop_selling(organisation: Organisation, *, by: Actor, at: datetime) -> int:
    """Take everything of a seller off the shelf and take no new order; tell how many products.

    What is ordered goes on to its end, and papers stay where they are. Again changes nothing.
    """
    if not SellerProfile.objects.filter(organisation=organisation, is_selling=True).exists():
        return 0
    save_seller_profile(organisation, {"is_selling": False}, by=by, at=at)
    shown = Product.objects.of(organisation).filter(state=ProductState.PUBLISHED)
    products = list(shown.order_by("pk"))
    for product in products:
        withdraw_product(product, by=by, at=at, reason="seller:stopped")
    profile = lock_profile(organisation)
    profile.set_aside = [one.pk for one in products]
    profile.save(update_fields=["set_aside"])
    record(organisation, "selling_stopped", by=by, at=at, detail={"products": len(products)})
    return len(products)


@transaction.atomic
def sell_again(organisation: Organisation, *, by: Actor, at: datetime) -> int:
    """Take orders again, and put back on the shelf what left it then and lacks nothing.

    Returns:
        How many products came back.
    """
    if not SellerProfile.objects.filter(organisation=organisation, is_selling=False).exists():
        return 0
    save_seller_profile(organisation, {"is_selling": True}, by=by, at=at)
    profile = lock_profile(organisation)
    away = Product.objects.of(organisation).filter(
        pk__in=profile.set_aside, state=ProductState.WITHDRAWN
    )
    products = list(away.order_by("pk"))
    lacking = publish_ready(products, by=by, at=at)
    profile.set_aside = []
    profile.save(update_fields=["set_aside"])
    back = len(products) - len(lacking)
    record(organisation, "selling_resumed", by=by, at=at, detail={"products": back})
    return back
