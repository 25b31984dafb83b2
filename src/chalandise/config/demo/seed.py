"""Opening the demonstration: territory, portal, sub-portals, shops, people, life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chalandise.accounts.models import User
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.config.demo import marks
from chalandise.config.demo.baskets import compose_baskets
from chalandise.config.demo.diary import live_through
from chalandise.config.demo.hall import keep_hall
from chalandise.config.demo.life import claim, fill_board, photograph, reserve
from chalandise.config.demo.market import begin_pictures, hire, open_market, sellers_among
from chalandise.config.demo.marks import BY, Found, NoPlaceForDemoError
from chalandise.config.demo.money import connect_merchants
from chalandise.config.demo.past import AT_THE_HEART, DAYS, stories_of
from chalandise.config.demo.pictures import Workshop, workshop
from chalandise.config.demo.queues import fill_queues
from chalandise.config.demo.sales import sell
from chalandise.config.demo.shopfronts import draw_shopfront, is_drawable
from chalandise.config.demo.shops import SEED, FictionalShop, invent_shops
from chalandise.config.demo.ways import open_ways
from chalandise.directory.actions.categories import load_categories
from chalandise.directory.actions.facts import apply_facts_in_bulk
from chalandise.directory.models import Category, Establishment
from chalandise.directory.states import SourceKind
from chalandise.directory.values import Position, PostalAddress, SourceRef
from chalandise.editorial.models import Selection, SelectionItem
from chalandise.journal.outbox import Reader
from chalandise.portals.actions import appoint, open_intercommunalities, open_portal
from chalandise.portals.models import Portal
from chalandise.portals.states import StaffRole
from chalandise.territories.actions import load_territories
from chalandise.territories.models import Territory

DEPARTEMENT = "departement-46"
TOWN = "commune-46042"
BATCH = 250
LIVELY = 48
PHOTOGRAPHED = 24
CUSTOMER, MERCHANT, AGENT = "cliente@demo.test", "boulangere@demo.test", "agente@demo.test"
BAKERY_SLUG = "au-pain-de-chanvre-cahors"
Tell = Callable[[str], None]

_LIVELY_KINDS = (
    "boulangerie",
    "fromagerie",
    "librairie",
    "fleuriste",
    "boucherie-charcuterie",
    "caviste",
    "epicerie-fine",
    "poterie-ceramique",
    "fromage-fermier",
    "apiculteur",
    "primeur",
    "restaurant",
    "vigneron",
    "ferme",
    "jeux-jouets",
    "coiffeur",
    "velo",
    "patisserie",
)
_SELECTIONS = (
    (
        "Sous le sapin, du Lot",
        "sous-le-sapin",
        "Des cadeaux faits ou choisis tout près, à faire mettre de côté d’un mot.",
        (
            "poterie-ceramique",
            "librairie",
            "bijoutier-createur",
            "bougies-savons",
            "jeux-jouets",
            "epicerie-fine",
        ),
    ),
    (
        "Le marché de la semaine",
        "marche-de-la-semaine",
        "De quoi remplir le panier sans faire de détour.",
        (
            "primeur",
            "fromage-fermier",
            "boulangerie",
            "boucherie-charcuterie",
            "apiculteur",
            "maraicher",
        ),
    ),
)


@dataclass(frozen=True)
class DemoPortal:
    """What the demonstration opened."""

    portal: Portal
    shop_count: int
    is_new: bool


def open_demo(*, at: datetime, tell: Tell) -> DemoPortal:
    """Open the demonstration unless it is open already.

    Shops open five weeks before ``at``; those weeks are lived through, and then today begins.

    Raises:
        NoPlaceForDemoError: the database holds data of somebody else, or half a demonstration.
    """
    found = marks.find_out()
    if found is Found.WHOLE:
        first = Portal.objects.filter(parent=None).earliest("pk")
        return DemoPortal(first, Establishment.objects.count(), is_new=False)
    if found is not Found.NOTHING:
        raise NoPlaceForDemoError(found)
    _hurry()
    marks.begin(at=at)
    opened = _open_all(at=at, tell=tell)
    marks.finish(at=at)
    return opened


def _open_all(*, at: datetime, tell: Tell) -> DemoPortal:
    opened_at = at - timedelta(days=DAYS + 1)
    with workshop() as pictures:
        if is_drawable():
            begin_pictures(pictures)
        tell(_("Territories: 34,969 communes…"))
        load_territories(by=BY, at=opened_at)
        load_categories(by=BY, at=opened_at)
        load_product_categories(by=BY, at=opened_at)
        with transaction.atomic():
            portal = _open_portals(opened_at)
            tell(_("Fictional shops of the Lot…"))
            count = _bring_in(invent_shops(_communes()), at=opened_at)
            tell(_("Sheets looked after, selections…"))
            kept = _enliven(portal, opened_at=opened_at, at=at)
            tell(_("The shelves: some thousands of products and their pictures…"))
            sellers = _open_market(kept, pictures, opened_at=opened_at, at=at)
            if sellers:
                open_ways(sellers, portal, at=opened_at, random=_random())
                compose_baskets(sellers, pictures, at=opened_at)
                _photograph(kept[:PHOTOGRAPHED], pictures, at=opened_at)
    nadia = User.objects.get(email=CUSTOMER)
    if sellers:
        tell(_("Five weeks of orders, then those of today…"))
        connect_merchants([one.organisation for one in sellers if one.organisation], at=opened_at)
        live_through(stories_of(sellers, portal, nadia=nadia, until=at, seed=SEED), until=at)
        Reader("subscribers").skip_to_now()  # the letters of those weeks were read long ago
    reserve(kept[1:15], portal, nadia=nadia, at=at, random=_random())
    fill_board(kept[0], portal, nadia=nadia, at=at, random=_random())
    sell(sellers, portal, nadia=nadia, at=at, random=_random())
    keep_hall(sellers, portal, at=at, random=_random())
    fill_queues(portal, at=at, random=_random())
    return DemoPortal(portal, count, is_new=True)


def _hurry() -> None:
    """Let the database answer before the disk has: who loses power now begins anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _random() -> Random:
    return Random(SEED)  # noqa: S311 - a demonstration, repeatable on purpose


def _communes() -> list[Territory]:
    communes = Territory.objects.communes().within([DEPARTEMENT])
    return list(communes.select_related("departement").order_by("key"))


def _open_portals(at: datetime) -> Portal:
    portal = open_portal(
        "Achat Lot",
        slug="lot",
        scope=[Territory.objects.get(key=DEPARTEMENT)],
        by=BY,
        at=at,
        tagline="Tout le Lot, à portée de panier.",
        introduction="Commerces, artisans, tables et producteurs\u00a0: trouvez qui est ouvert, faites "
        "mettre de côté, passez prendre.",
        hotline="+33536490046",
        hotline_hours="du lundi au vendredi, de 9\u00a0h à 18\u00a0h",
        operator_name="Chambre de démonstration du Lot",
        operator_address="1 place de la Démonstration, 46000 Cahors",
        operator_email="bonjour@demo.test",
        operator_siren="900099995",
        publication_director="La direction de la démonstration",
        accessibility_level="partial",
    )
    open_intercommunalities(portal, by=BY, at=at)
    return portal


def _bring_in(shops: list[FictionalShop], *, at: datetime) -> int:
    """Bring the shops in as an import would, from two sources of different strength."""
    register = SourceRef(
        SourceKind.REGISTER,
        "Registre Sirene (données fictives)",
        "Licence Ouverte 2.0",
        (at - timedelta(days=20)).date(),
    )
    osm = SourceRef(
        SourceKind.COMMUNITY,
        "OpenStreetMap (données fictives)",
        "ODbL 1.0",
        (at - timedelta(days=45)).date(),
    )
    categories = {category.key: category for category in Category.objects.all()}
    for start in range(0, len(shops), BATCH):
        batch = shops[start : start + BATCH]
        registered = [_register_facts(shop, categories) for shop in batch]
        made = apply_facts_in_bulk(
            [
                (None, facts | _osm_facts(shop))
                for facts, shop in zip(registered, batch, strict=True)
            ],
            source=osm,
            by=BY,
            at=at,
        )
        # The register says the same of what it knows, and is believed more: nothing else moves.
        apply_facts_in_bulk(
            [
                (applied.establishment, facts)
                for applied, facts in zip(made, registered, strict=True)
            ],
            source=register,
            by=BY,
            at=at,
        )
    return len(shops)


def _register_facts(shop: FictionalShop, categories: dict[str, Category]) -> dict[str, object]:
    category = categories[shop.kind.category]
    postal_code = shop.commune.postal_codes[0] if shop.commune.postal_codes else ""
    return {
        "name": shop.name,
        "category": category,
        "activity_code": category.naf_codes[0] if category.naf_codes else "",
        "address": PostalAddress(shop.street, postal_code, shop.commune),
    }


def _osm_facts(shop: FictionalShop) -> dict[str, object]:
    facts: dict[str, object] = {
        "position": Position(shop.latitude, shop.longitude),
        "phone": shop.phone,
        "services": shop.services,
        "labels": shop.labels,
    }
    if shop.hours:
        facts["hours:visit"] = shop.hours
    return facts


def _enliven(portal: Portal, *, opened_at: datetime, at: datetime) -> list[Establishment]:
    """Give shops people who look after them; return these shops, the baker's first."""
    User.objects.create_user(CUSTOMER, "Nadia Cabas", phone="+33639980046")
    claire = User.objects.create_user(MERCHANT, "Claire Fournil")
    helene = User.objects.create_user(AGENT, "Hélène Standard", is_staff=True)
    appoint(helene, portal, StaffRole.ADMINISTRATOR, by=BY, at=opened_at)
    appoint(helene, portal, StaffRole.AGENT, by=BY, at=opened_at)
    bakery = _bakery(opened_at)
    claim(bakery, claire, at=opened_at - timedelta(days=3))
    others = _lively_shops(bakery)
    for number, shop in enumerate(others):
        owner = User.objects.create_user(f"commerce{number}@demo.test", f"Équipe {shop.name}"[:120])
        since = opened_at if number < AT_THE_HEART else at
        claim(shop, owner, at=since - timedelta(days=1 + number % 30, hours=number % 9))
    _select(portal)
    return [bakery, *others]


def _photograph(
    shops: Sequence[Establishment], pictures: Workshop[object], *, at: datetime
) -> None:
    """Show the fronts of some shops."""
    for shop in shops:
        pictures.begin(shop.pk, partial(draw_shopfront, shop.name, shop.category_id))
    for shop in shops:
        photograph(shop, pictures[shop.pk], at=at)


def _open_market(
    kept: list[Establishment], pictures: Workshop[object], *, opened_at: datetime, at: datetime
) -> list[Establishment]:
    """Let the shops of the cast and some hundreds of others sell; return them, the cast first."""
    if not is_drawable():
        return []
    with_all = Establishment.objects.select_related("commune", "organisation").prefetch_related(
        "hours", "closings"
    )
    others = with_all.filter(organisation=None).exclude(hours=None)
    hire(list(others.order_by("-commune__population", "pk")), at=opened_at)
    cast = with_all.filter(pk__in=[one.pk for one in kept])
    everybody = with_all.exclude(organisation=None).exclude(pk__in=[one.pk for one in kept])
    first = sorted(cast, key=lambda one: one.pk != kept[0].pk)
    sellers = sellers_among([*first, *everybody.order_by("-commune__population", "pk")])
    open_market(sellers, pictures, at=opened_at, now=at, random=_random())
    return sellers


def _bakery(at: datetime) -> Establishment:
    """Give the merchant of the demonstration a shop with a name that people remember."""
    bakery = (
        Establishment.objects.filter(commune=TOWN, category="boulangerie")
        .exclude(hours=None)
        .order_by("pk")[0]
    )
    source = SourceRef(SourceKind.OPERATOR, "Chambre de démonstration du Lot", dated_on=at.date())
    facts = {
        "name": "Au Pain de Chanvre",
        "hours:visit": "Tu-Su 06:45-13:00,15:00-19:30; Mo 07:00-13:00",
        "hours:collect": "Tu-Su 08:00-13:00,16:00-19:30; Mo 08:00-13:00",
    }
    apply_facts_in_bulk([(bakery, facts)], source=source, by=BY, at=at)
    Establishment.objects.filter(pk=bakery.pk).update(slug=BAKERY_SLUG)  # nobody has a link yet
    bakery.refresh_from_db()
    return bakery


def _lively_shops(bakery: Establishment) -> list[Establishment]:
    """Choose shops of warm categories, the larger towns first."""
    candidates = (
        Establishment.objects.filter(category__in=_LIVELY_KINDS)
        .exclude(pk=bakery.pk)
        .exclude(hours=None)
        .order_by("-commune__population", "pk")
    )
    chosen: list[Establishment] = []
    count: dict[str, int] = {}
    for shop in candidates:
        if count.get(shop.category_id, 0) < 3:
            count[shop.category_id] = count.get(shop.category_id, 0) + 1
            chosen.append(shop)
        if len(chosen) == LIVELY - 1:
            break
    return chosen


def _select(portal: Portal) -> None:
    for position, (title, slug, introduction, categories) in enumerate(_SELECTIONS):
        selection = Selection.objects.create(
            portal=portal, title=title, slug=slug, introduction=introduction, position=position
        )
        for number, category in enumerate(categories):
            shop = (
                Establishment.objects.filter(category=category)
                .order_by("-level", "-commune__population", "pk")
                .first()
            )
            if shop is not None:
                SelectionItem.objects.create(
                    selection=selection, establishment=shop, position=number
                )
