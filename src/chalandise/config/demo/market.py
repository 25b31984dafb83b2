"""The market of the demonstration: merchants who sell, their shelves, their slots, their accounts.

Rows are written in bulk: six thousand actions would keep a visitor waiting for minutes. Everything
the gate of publishing asks for is there all the same, and a test passes every product through it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from django.db import connection
from stdnum import luhn

from chalandise.catalogue.models import (
    MandateAcceptance,
    Offer,
    PriceChange,
    Product,
    ProductPhoto,
    Promotion,
    SellerProfile,
    SoleTrader,
    Variant,
)
from chalandise.catalogue.sellers import MANDATE_VERSION
from chalandise.catalogue.sheets import NOT_CONCERNED
from chalandise.config.demo.goods import drawings_of, goods_of, trades
from chalandise.config.demo.pictures import Workshop
from chalandise.config.demo.product_pictures import draw
from chalandise.config.demo.shelving import Shelf, fill_shelves
from chalandise.directory.models import Establishment
from chalandise.directory.states import HoursPurpose, Level, Service
from chalandise.journal.states import Actor
from chalandise.logistics.models import PickupPoint
from chalandise.logistics.states import PointKind
from chalandise.organisations.models import Organisation
from chalandise.stock.models import StockLevel

SELLERS = 380
HIRED = 330
"""The others of the sellers are the cast."""
OF_A_TRADE = 14
"""No trade fills the shelves alone: restaurants are everywhere, weavers are not."""
FIRST_NAMES = (
    "Aurélie",
    "Bastien",
    "Cécile",
    "Damien",
    "Élodie",
    "Firmin",
    "Gisèle",
    "Hugo",
    "Inès",
)
LAST_NAMES = (
    "Castelvert",
    "Desgranges",
    "Fontbelle",
    "Grandval",
    "Labastide",
    "Montaigu",
    "Puyfol",
)
"""Nine and seven: sixty-three people before one returns."""
BY = Actor.system("demo")
LEVEL = Level.CONFIRMED
SERVICES = (Service.PICKUP, Service.RESERVATION, Service.ONLINE_ORDER)


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
    wanted = _varied([one for one in candidates if goods_of(one.category_id)])
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


def _varied(candidates: Sequence[Establishment]) -> list[Establishment]:
    """Keep the first of every trade, then the second: potters and vine growers sell as bakers do."""
    count: Counter[str] = Counter()
    ranked: list[tuple[int, Establishment]] = []
    for shop in candidates:
        count[shop.category_id] += 1
        ranked.append((count[shop.category_id], shop))
    ranked.sort(key=lambda one: one[0])
    return [shop for rank, shop in ranked[:HIRED] if rank <= OF_A_TRADE]


def begin_pictures(pictures: Workshop[object]) -> None:
    """Have the pictures drawn of all that the market sells."""
    for drawing in drawings_of(one for trade in trades() for one in goods_of(trade)):
        pictures.begin(drawing, partial(draw, drawing))


def open_market(
    shops: Sequence[Establishment],
    pictures: Workshop[object],
    *,
    at: datetime,
    now: datetime,
    random: Random,
) -> int:
    """Let shops sell; return how many offers there are.

    Args:
        shops: who sells.
        pictures: drawn, or being drawn.
        at: since when; their shelves are older.
        now: around which prices are lowered.
        random: chooses.
    """
    _profiles(shops, at=at)
    _counters(shops)
    shelf = fill_shelves(shops, pictures, at=at, random=random)
    _write(shelf, at=at)
    _promote(shelf.offers, at=now, random=random)
    return len(shelf.offers)


def sole_trader_of(number: int) -> tuple[str, str, date] | None:
    """Return who sells in their own name: two sellers of five, with names that are nobody's."""
    if number % 5 not in (1, 3):
        return None
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
    return first, last, date(1958, 3, 4) + timedelta(days=number * 397 % 16_000)


def _with_key(digits: str) -> str:
    """Return a number of the register of firms, with its key."""
    return digits + str(luhn.calc_check_digit(digits))


def _profiles(shops: Sequence[Establishment], *, at: datetime) -> None:
    owners = {shop.organisation_id: shop for shop in shops}
    profiles, traders, mandates = [], [], []
    for number, shop in enumerate(owners.values()):
        organisation = shop.organisation
        if organisation is None:
            continue
        siren = _with_key(f"{90_000_000 + number:08d}")
        person = sole_trader_of(number)
        profiles.append(
            SellerProfile(
                organisation=organisation,
                legal_name=f"{person[0]} {person[1]} EI" if person else f"{shop.name} SARL",
                legal_form="Entrepreneur individuel" if person else "SARL",
                address=f"{shop.street or 'Le bourg'}\n{shop.postal_code} {shop.commune.name}",
                email=f"boutique-{organisation.pk}@demo.test",
                phone=shop.phone or "+33536490046",
                siren=siren,
                siret=_with_key(f"{siren}0001"),
                vat_number=f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}",
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
        if person:
            first_name, last_name, born_on = person
            traders.append(
                SoleTrader(
                    profile=profiles[-1],
                    first_name=first_name,
                    last_name=last_name,
                    born_on=born_on,
                )
            )
        mandates.append(
            MandateAcceptance(
                organisation=organisation,
                text_version=MANDATE_VERSION,
                accepted_at=at,
                accepted_by=shop.name,
            )
        )
    SellerProfile.objects.bulk_create(profiles)
    SoleTrader.objects.bulk_create(traders)
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


def _write(shelf: Shelf, *, at: datetime) -> None:
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
    """Lower one price in twelve for two weeks, of what keeps: the former price is then shown."""
    lasting = [
        one
        for one in offers
        if not one.variant.product.is_perishable and one.publisher_price_cents is None
    ]
    lowered = random.sample(lasting, len(lasting) // 12)
    Promotion.objects.bulk_create(
        Promotion(
            offer=one,
            price_cents=max(40, one.price_cents * random.choice((75, 80, 85, 90)) // 1000 * 10),
            starts_at=at - timedelta(days=3),
            ends_at=at + timedelta(days=11),
            created_by="demo",
        )
        for one in lowered
    )
