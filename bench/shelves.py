"""Fills the shelves of a bench installation: `python -m bench.shelves OFFERS`, in the product's own environment.

Ten offers a shop, two shops in three counting their stock, everybody collecting at the counter all
day, fifty orders a slot, so that a minute of orders finds room.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from random import Random

import django

OFFERS_A_SHOP = 10
ON_HAND = 100_000
ALL_DAY = "Mo-Su,PH 08:00-20:00"
NAMES = (
    "Tourte",
    "Miel",
    "Savon",
    "Bol",
    "Confiture",
    "Carnet",
    "Bougie",
    "Huile",
    "Jus",
    "Terrine",
)


def main() -> None:
    """Insert in bulk what actions would take an hour to write."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
    django.setup()
    fill(int(sys.argv[1]))


def fill(offers: int) -> None:
    """Let as many shops sell as ``offers`` need."""
    # Django's tables can be named only once it is set up.
    from django.utils import timezone  # noqa: PLC0415

    from chalandise.catalogue.actions.categories import load_product_categories  # noqa: PLC0415
    from chalandise.catalogue.models import (  # noqa: PLC0415
        MandateAcceptance,
        Offer,
        PriceChange,
        Product,
        ProductCategory,
        SellerProfile,
        Variant,
    )
    from chalandise.catalogue.sellers import MANDATE_VERSION  # noqa: PLC0415
    from chalandise.directory.models import Establishment, EstablishmentHours  # noqa: PLC0415
    from chalandise.directory.states import HoursPurpose, ListingState  # noqa: PLC0415
    from chalandise.journal.states import Actor  # noqa: PLC0415
    from chalandise.kernel.sorting import french_sort_key  # noqa: PLC0415
    from chalandise.logistics.models import PickupPoint  # noqa: PLC0415
    from chalandise.organisations.models import Organisation  # noqa: PLC0415
    from chalandise.stock.models import StockLevel  # noqa: PLC0415

    at = timezone.now()
    random = Random(46)
    load_product_categories(by=Actor.system("bench"), at=at)
    bread = ProductCategory.objects.get(pk="pains")
    shops = list(
        Establishment.objects.filter(status=ListingState.PUBLISHED).order_by("pk")[
            : max(2, offers // OFFERS_A_SHOP)
        ]
    )
    sellers = Organisation.objects.bulk_create([Organisation(name=one.name) for one in shops])
    for shop, seller in zip(shops, sellers, strict=True):
        shop.organisation = seller
    Establishment.objects.bulk_update(shops, ["organisation"], batch_size=2000)
    EstablishmentHours.objects.filter(establishment__in=shops).delete()
    EstablishmentHours.objects.bulk_create(
        [
            EstablishmentHours(establishment=one, purpose=HoursPurpose.VISIT, value=ALL_DAY)
            for one in shops
        ],
        batch_size=2000,
    )
    SellerProfile.objects.bulk_create(
        [
            SellerProfile(
                organisation=one,
                legal_name=one.name,
                address="1 rue du Banc",
                email="banc@exemple.test",
                phone="+33565000001",
                siret="12345678200010",
                vat_number="FR00123456782",
                mediator_name="Médiation",
                mediator_url="https://mediation.exemple.test/",
                terms_html="<p>Conditions.</p>",
                terms_version=1,
            )
            for one in sellers
        ],
        batch_size=2000,
    )
    MandateAcceptance.objects.bulk_create(
        [
            MandateAcceptance(
                organisation=one, text_version=MANDATE_VERSION, accepted_at=at, accepted_by="banc"
            )
            for one in sellers
        ],
        batch_size=2000,
    )
    PickupPoint.objects.bulk_create(
        [PickupPoint(establishment=one, capacity=500, lead_minutes=30) for one in shops],
        batch_size=2000,
    )
    products = [
        Product(
            slug=f"{NAMES[n % len(NAMES)].lower()}-{shop.pk}-{n}",
            establishment=shop,
            category=bread,
            name=f"{NAMES[n % len(NAMES)]} {n}",
            sort_key=french_sort_key(NAMES[n % len(NAMES)]),
            state="published",
            allergens=[],
            is_made_here=n % 2 == 0,
            published_at=at,
        )
        for shop in shops
        for n in range(OFFERS_A_SHOP)
    ]
    Product.objects.bulk_create(products, batch_size=2000)
    variants = Variant.objects.bulk_create(
        [Variant(product=one) for one in products], batch_size=2000
    )
    made = Offer.objects.bulk_create(
        [
            Offer(
                variant=one,
                price_cents=random.randint(10, 400) * 10,
                vat_code=bread.vat_code,
                keeps_stock=place % 3 != 0,
                created_at=at - timedelta(days=40),
            )
            for place, one in enumerate(variants)
        ],
        batch_size=2000,
    )
    PriceChange.objects.bulk_create(
        [
            PriceChange(offer=one, price_cents=one.price_cents, changed_at=one.created_at)
            for one in made
        ],
        batch_size=2000,
    )
    StockLevel.objects.bulk_create(
        [StockLevel(offer=one, on_hand=ON_HAND) for one in made if one.keeps_stock], batch_size=2000
    )


if __name__ == "__main__":
    main()
