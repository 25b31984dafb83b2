"""Races for goods and slots: prices, baskets, profiles, the places of a point."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count

from tests.cast import Cast
from tests.factories import (
    catalogue,
    directory,
    logistics,
    market,
    payments,
)
from tests.factories import organisations as companies
from tests.faults.locking import Meeting, Race

from chalandise.catalogue.actions import change_price, compose_basket, publish_product
from chalandise.catalogue.actions.baskets import agree_to_basket, decline_basket
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.catalogue.actions.sellers import save_seller_profile
from chalandise.catalogue.models import (
    PriceChange,
    Product,
    ProductCategory,
    SellerProfile,
)
from chalandise.journal.states import Actor
from chalandise.logistics.actions import edit_point
from chalandise.logistics.models import PickupPoint, SlotCount
from chalandise.logistics.values import PickupSettings

NOW = market.NOW
BY = Actor.system("test")
MERCHANT = Actor("person", "1", "Claire Fournil")
_number = count(1)


def same_price(cast: Cast) -> Meeting:
    """Two people at one shop change a price to the same."""
    offer = catalogue.offer(cast.bakery, price_cents=450)
    change = partial(change_price, offer, price_cents=500, by=MERCHANT, at=NOW)
    return Meeting(change, change, PriceChange.objects.filter(offer=offer, price_cents=500).count)


def yes_taken_back(cast: Cast) -> Meeting:
    """A merchant takes back the yes to a gift basket while it is put on the shelf."""
    own = catalogue.offer(cast.bakery, price_cents=500)
    other = catalogue.offer(cast.bookshop, price_cents=1200, category="livres")
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)
    basket = compose_basket(
        cast.bakery,
        name=f"Panier {next(_number)}",
        price_cents=2500,
        parts={own.pk: 1, other.pk: 1},
        by=MERCHANT,
        at=NOW,
    )
    invitation = basket.invitations.get()
    agree_to_basket(invitation, by=MERCHANT, at=NOW)
    return Meeting(
        partial(decline_basket, invitation, by=MERCHANT, at=NOW),
        partial(publish_product, Product.objects.get(pk=basket.pk), by=MERCHANT, at=NOW),
        lambda: Product.objects.get(pk=basket.pk).state,
    )


def profiles(_cast: Cast) -> Meeting:
    """Two people of one shop write different fields of its profile."""
    company = companies.organisation()
    SellerProfile.objects.create(organisation=company)

    def write(**changes: str) -> None:
        save_seller_profile(company, changes, by=MERCHANT, at=NOW)

    return Meeting(
        partial(write, legal_name="Fournil SARL"),
        partial(write, phone="+33565000001"),
        lambda: SellerProfile.objects.values_list("legal_name", "phone").get(organisation=company),
    )


def shipped_categories(_cast: Cast) -> Meeting:
    """Two processes that have just started bring the shipped classification."""
    catalogue.categories()
    ProductCategory.objects.filter(key="livres").update(icon="old")
    load = partial(load_product_categories, by=BY, at=NOW)
    return Meeting(load, load)


def capacities(cast: Cast) -> Meeting:
    """One person gives a counter more places while another, who saw the old number, saves it."""
    del cast
    shop = directory.establishment(organisation=companies.organisation())
    point = logistics.counter(shop, capacity=2)
    begins = NOW + timedelta(days=1)
    SlotCount.objects.create(
        way_key=point.way_key,
        point=point,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=30),
        capacity=2,
    )

    def run(places: int, lead: int) -> int:
        settings = PickupSettings(capacity=places, lead_minutes=lead)
        return len(edit_point(point, settings=settings, by=BY, at=NOW))

    return Meeting(
        partial(run, 3, 60),
        partial(run, 2, 30),
        lambda: (
            PickupPoint.objects.get(pk=point.pk).capacity,
            SlotCount.objects.get(point=point).capacity,
        ),
    )


RACES: dict[str, Race] = {
    "catalogue.actions.locking.lock_categories": Race(
        shipped_categories, (1, 0, None), (1, 1, None)
    ),
    "catalogue.actions.locking.lock_offers": Race(same_price, (None, None, 1), (None, None, 2)),
    "catalogue.actions.locking.lock_product": Race(
        yes_taken_back,
        (None, "NotPublishableError", "draft"),
        (None, None, "published"),
    ),
    "catalogue.actions.locking.lock_profile": Race(
        profiles,
        (None, None, ("Fournil SARL", "+33565000001")),
        (None, None, ("Fournil SARL", "")),
        stands_in_lock=True,
    ),
    "logistics.actions.locking.lock_point": Race(capacities, (0, 0, (2, 2)), (0, 0, (3, 2))),
}
