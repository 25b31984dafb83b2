"""The market of the demonstration: merchants who sell, their shelves, their slots, their accounts.

Rows are written in bulk: six thousand actions would keep a visitor waiting for minutes. Everything
the gate of publishing asks for is there all the same, and a test passes every product through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from django.db import connection

from chalandise.catalogue.models import (
    MandateAcceptance,
    Offer,
    PriceChange,
    Product,
    ProductCategory,
    ProductPhoto,
    Promotion,
    SellerProfile,
    Variant,
)
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.sheets import NOT_CONCERNED
from chalandise.catalogue.slugs import product_slug
from chalandise.catalogue.states import ProductState
from chalandise.config.demo.goods import Goods, drawn_icons, goods_of
from chalandise.config.demo.product_pictures import SIDE, draw_pictures, hang, workshop
from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose, Level, Service
from chalandise.journal.states import Actor
from chalandise.kernel.sorting import french_sort_key
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.states import PointKind
from chalandise.organisations.models import Organisation
from chalandise.stock.models import StockLevel

SELLERS = 380
SHELF = 16
BY = Actor.system("demo")
LEVEL = Level.CONFIRMED
SERVICES = (Service.PICKUP, Service.RESERVATION, Service.ONLINE_ORDER)
MAKERS = {
    "apiculteur",
    "boulangerie",
    "boucherie-charcuterie",
    "bougies-savons",
    "ferme",
    "fromage-fermier",
    "patisserie",
    "poterie-ceramique",
    "restaurant",
    "vigneron",
}
ALCOHOL = {"vins": "13.5", "champagnes-effervescents": "12.0", "bieres": "5.5", "cidres": "4.5"}


@dataclass
class _Shelf:
    """What is to be written, in the order in which rows depend on each other."""

    products: list[Product]
    variants: list[Variant]
    offers: list[Offer]
    photos: list[ProductPhoto]
    levels: list[tuple[Offer, int]]


def sellers_among(shops: Sequence[Establishment]) -> list[Establishment]:
    """Return the shops that can sell: looked after, with hours, of a trade that has a shelf."""
    found = []
    for shop in shops:
        has_hours = any(one.purpose == HoursPurpose.VISIT and one.value for one in shop.hours.all())
        if shop.organisation_id and has_hours and goods_of(shop.category_id):
            found.append(shop)
    return found[:SELLERS]


def hire(candidates: Sequence[Establishment], *, at: datetime) -> list[Establishment]:
    """Let somebody look after shops beyond the cast, so that there are sellers all over."""
    wanted = [one for one in candidates if goods_of(one.category_id)][:SELLERS]
    organisations = Organisation.objects.bulk_create(
        Organisation(name=shop.name, created_at=at) for shop in wanted
    )
    for number, (shop, organisation) in enumerate(zip(wanted, organisations, strict=True)):
        shop.organisation = organisation
        shop.claimed_at = at - timedelta(days=1 + number % 40)
        shop.hours_verified_at = shop.services_verified_at = shop.claimed_at
        shop.services = sorted({*shop.services, *SERVICES})
        shop.level = LEVEL
    Establishment.objects.bulk_update(
        wanted,
        [
            "organisation",
            "claimed_at",
            "hours_verified_at",
            "services_verified_at",
            "services",
            "level",
        ],
    )
    return wanted


def open_market(shops: Sequence[Establishment], *, at: datetime, random: Random) -> int:
    """Let shops sell; return how many offers there are."""
    _profiles(shops, at=at)
    _counters(shops)
    with workshop() as drawn:
        pictures = draw_pictures(drawn_icons(), Path(drawn))
        shelf = _shelf(shops, pictures, at=at, random=random)
    _write(shelf, at=at)
    _promote(shelf.offers, at=at, random=random)
    return len(shelf.offers)


def _profiles(shops: Sequence[Establishment], *, at: datetime) -> None:
    owners = {shop.organisation_id: shop for shop in shops}
    profiles, mandates = [], []
    for number, shop in enumerate(owners.values()):
        organisation = shop.organisation
        if organisation is None:
            continue
        siren = f"{900_000_000 + number:09d}"
        profiles.append(
            SellerProfile(
                organisation=organisation,
                legal_name=f"{shop.name} SARL",
                legal_form="SARL",
                address=f"{shop.street or 'Le bourg'}\n{shop.postal_code} {shop.commune.name}",
                email=f"boutique-{organisation.pk}@demo.test",
                phone=shop.phone or "+33536490046",
                siren=siren,
                siret=f"{siren}00018",
                vat_number=f"FR00{siren}",
                mediator_name="Médiation de démonstration",
                mediator_url="https://mediation.demo.test/",
                terms_html=TERMS,
                terms_version=1,
                terms_changed_at=at,
                may_sell_alcohol=True,
                alcohol_licence="Petite licence à emporter (démonstration)",
                epr_ids={"packaging": NOT_CONCERNED},
                updated_at=at,
            )
        )
        mandates.append(
            MandateAcceptance(
                organisation=organisation,
                text_version=MANDATE_VERSION,
                accepted_at=at - timedelta(days=30),
                accepted_by=shop.name,
            )
        )
    SellerProfile.objects.bulk_create(profiles)
    MandateAcceptance.objects.bulk_create(mandates)


TERMS = (
    "<p>Les articles sont vendus par le commerçant nommé ci-dessus, dans la limite de son stock. Le "
    "prix est celui affiché au moment de la commande, toutes taxes comprises. Le retrait se fait au "
    "comptoir, au créneau choisi, sur présentation du code.</p><p>Vous disposez de quatorze jours "
    "pour changer d’avis, sauf pour les produits frais et ceux faits sur commande. Pour toute "
    "question, écrivez ou téléphonez à la boutique.</p>"
)


def _counters(shops: Sequence[Establishment]) -> None:
    PickupPoint.objects.bulk_create(
        PickupPoint(establishment=shop, kind=PointKind.SHOP, timezone=shop.timezone)
        for shop in shops
    )


def _shelf(
    shops: Sequence[Establishment],
    pictures: dict[str, list[Path]],
    *,
    at: datetime,
    random: Random,
) -> _Shelf:
    categories = ProductCategory.objects.in_bulk()
    shelf = _Shelf([], [], [], [], [])
    for shop in shops:
        goods = goods_of(shop.category_id)
        for one in random.sample(goods, min(SHELF, len(goods))):
            _put(shelf, shop, one, categories[one.category], pictures[one.icon], at, random)
    return shelf


def _put(
    shelf: _Shelf,
    shop: Establishment,
    goods: Goods,
    category: ProductCategory,
    picture: list[Path],
    at: datetime,
    random: Random,
) -> None:
    since = at - timedelta(days=random.randint(35, 200))
    product = _product(shop, goods, category, since)
    shelf.products.append(product)
    shelf.photos.append(
        ProductPhoto(product=product, name=hang(picture), alt=goods.name, width=SIDE, height=SIDE)
    )
    price = round(goods.cents * random.uniform(0.92, 1.1) / 10) * 10
    is_counted = random.random() < 0.7
    for place, (name, share) in enumerate(goods.variants):
        variant = Variant(
            product=product, name=name, position=place, **_quantity(goods.unit, share)
        )
        offer = Offer(
            variant=variant,
            price_cents=max(50, round(price * share / 10) * 10),
            vat_code=category.vat_code,
            keeps_stock=is_counted,
            created_at=since,
        )
        shelf.variants.append(variant)
        shelf.offers.append(offer)
        if is_counted:
            shelf.levels.append((offer, random.choice((0, 2, 3, 6, 8, 12, 20, 24, 40))))


def _product(
    shop: Establishment, goods: Goods, category: ProductCategory, since: datetime
) -> Product:
    asks = set(category.requirements)
    is_made_here = shop.category_id in MAKERS
    return Product(
        slug=product_slug(goods.name, shop.name),
        establishment=shop,
        category=category,
        name=goods.name,
        sort_key=french_sort_key(goods.name),
        description=f"<p>{goods.name}, chez {shop.name} à {shop.commune.name}.</p>",
        state=ProductState.PUBLISHED,
        origin=("Lot, France" if is_made_here else "France") if "origin" in asks else "",
        is_made_here=is_made_here,
        allergens=list(goods.allergens) if goods.allergens is not None else None,
        food_sheet=_food_sheet(goods, shop) if "food_sheet" in asks else {},
        safety={"is_own_make": "yes"} if "manufacturer" in asks else {},
        epr_ids={one[4:]: NOT_CONCERNED for one in asks if one.startswith("idu:")},
        alcohol_degree=_degree(category),
        minimum_age=category.minimum_age,
        is_perishable=category.is_perishable,
        withdrawal_exception=category.withdrawal_exception,
        published_at=since,
        created_at=since,
        updated_at=since,
    )


def _food_sheet(goods: Goods, shop: Establishment) -> dict[str, str]:
    return {
        "ingredients": f"{goods.name} : recette de la maison, ingrédients du pays.",
        "storage": "À conserver au sec et à l’abri de la lumière.",
        "operator_name": shop.name,
        "operator_address": f"{shop.postal_code} {shop.commune.name}",
    }


def _degree(category: ProductCategory) -> Decimal | None:
    if not category.is_alcohol:
        return None
    return Decimal(ALCOHOL.get(category.pk, "40.0"))


def _quantity(unit: str, share: float) -> dict[str, object]:
    if not unit:
        return {}
    number, name = unit.split()
    amount = Decimal(number.replace(",", ".")) * Decimal(str(round(share, 2)))
    return {"net_quantity": amount.quantize(Decimal("0.001")), "net_unit": name}


def _write(shelf: _Shelf, *, at: datetime) -> None:
    Product.objects.bulk_create(shelf.products, batch_size=1000)
    Variant.objects.bulk_create(shelf.variants, batch_size=2000)
    Offer.objects.bulk_create(shelf.offers, batch_size=2000)
    ProductPhoto.objects.bulk_create(shelf.photos, batch_size=2000)
    PriceChange.objects.bulk_create(
        (
            PriceChange(
                offer=one, price_cents=one.price_cents, changed_at=one.created_at, changed_by="demo"
            )
            for one in shelf.offers
        ),
        batch_size=2000,
    )
    StockLevel.objects.bulk_create(
        (StockLevel(offer=offer, on_hand=left) for offer, left in shelf.levels), batch_size=2000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what was just filled looks empty to the planner


def _promote(offers: Sequence[Offer], *, at: datetime, random: Random) -> None:
    """Lower one price in fifteen for two weeks."""
    lowered = random.sample(list(offers), len(offers) // 15)
    Promotion.objects.bulk_create(
        Promotion(
            offer=one,
            price_cents=max(40, one.price_cents * 85 // 1000 * 10),
            starts_at=at - timedelta(days=3),
            ends_at=at + timedelta(days=11),
            created_by="demo",
        )
        for one in lowered
    )
