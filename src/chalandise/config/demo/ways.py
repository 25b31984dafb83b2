"""How fictional merchants bring things: shared pickup points, rounds, parcels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from random import Random

from chalandise.directory.models import Establishment
from chalandise.journal.states import Actor
from chalandise.logistics.actions.counters import join_point, open_pooled_point
from chalandise.logistics.actions.delivery import open_shipping, open_zone
from chalandise.logistics.states import PointKind, ZoneKind
from chalandise.logistics.values import (
    BringingDraft,
    PickupSettings,
    PointDraft,
    RoundDraft,
    ShippingDraft,
    ZoneDraft,
)
from chalandise.portals.models import Portal
from chalandise.territories.models import Territory

BY = Actor.system("demo")
BRINGING = 30
DELIVERING = 40
SENDING = 45
SENT_TRADES = {
    "bijoutier-createur",
    "bougies-savons",
    "caviste",
    "conserverie",
    "cuir-sellerie",
    "epicerie-fine",
    "fleuriste",
    "huilerie-moulin",
    "jeux-jouets",
    "librairie",
    "poterie-ceramique",
    "tissage-textile",
    "vannerie-bois",
    "vigneron",
    "vetements",
}
_POINTS = (  # kind, name, address, commune, hours, dx, dy in degrees from the town hall
    (PointKind.MARKET_HALL, "La Halle, casier du fond", "Place de la Halle", "46042",
     "Mo-Sa 08:00-12:30,15:30-19:00; Su 08:30-12:30", 0.0008, -0.0006),
    (PointKind.LOCKER, "Consignes de la gare", "Place de la Gare", "46042",
     "Mo-Su 06:00-22:00", -0.0012, -0.0074),
    (PointKind.TOWN_HALL, "Mairie, accueil", "Place de l’Hôtel-de-Ville", "46102",
     "Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00", 0.0, 0.0),
    (PointKind.MARKET_HALL, "Halle du marché", "Place du Marché", "46127",
     "We,Sa 08:00-13:00; Fr 16:00-19:00", 0.0004, 0.0005),
)  # fmt: skip


def open_ways(
    shops: Sequence[Establishment], portal: Portal, *, at: datetime, random: Random
) -> int:
    """Open shared points, rounds and parcels; return how many points there are."""
    _deliver(shops, at=at, random=random)
    _send(shops, at=at)
    count = 0
    for kind, name, address, code, hours, north, east in _POINTS:
        commune = Territory.objects.filter(key=f"commune-{code}").first()
        if commune is None:
            continue
        draft = PointDraft(
            kind=kind,
            name=name,
            address=f"{address}, {commune.postal_codes[0]} {commune.name}",
            commune=commune,
            hours=hours,
            latitude=(commune.latitude or 0) + north,
            longitude=(commune.longitude or 0) + east,
        )
        settings = PickupSettings(slot_minutes=60, capacity=20, lead_minutes=240)
        point = open_pooled_point(portal, draft, settings=settings, by=BY, at=at)
        near = [one for one in shops if one.commune.epci_id == commune.epci_id]
        bringing = BringingDraft(bring_by=time(11), lead_minutes=240)
        for shop in near[1 : 1 + BRINGING // len(_POINTS)]:
            join_point(point, shop, draft=bringing, by=BY, at=at)
        count += 1
    return count


def _deliver(shops: Sequence[Establishment], *, at: datetime, random: Random) -> None:
    """Let some drive: around their shop, or through the communes they know."""
    rounds = (
        RoundDraft(1, time(16), time(19), 8),
        RoundDraft(3, time(16), time(19), 8),
        RoundDraft(5, time(9), time(12), 10),
    )
    for number, shop in enumerate(shops[2 : 2 + 2 * DELIVERING : 2]):
        if number % 3:
            draft = ZoneDraft(
                name="En vélo-cargo" if number % 2 else "Autour de la boutique",
                kind=ZoneKind.RADIUS,
                radius_metres=random.choice((4000, 6000, 10000)),
                rate={"kind": "free_from", "cents": random.choice((290, 390)), "from_cents": 4000},
                minimum_order_cents=1500,
                rounds=rounds,
            )
        else:
            keys = list(
                Territory.objects.filter(epci=shop.commune.epci_id, kind="commune")
                .order_by("-population", "key")
                .values_list("key", flat=True)[:12]
            )
            draft = ZoneDraft(
                name="Tournée de la vallée",
                kind=ZoneKind.COMMUNES,
                commune_keys=tuple(keys),
                rate={"kind": "flat", "cents": 450},
                minimum_order_cents=2000,
                rounds=rounds[:2],
            )
        open_zone(shop, draft, by=BY, at=at)


def _send(shops: Sequence[Establishment], *, at: datetime) -> None:
    able = [shop for shop in shops if shop.category_id in SENT_TRADES][:SENDING]
    for shop in able:
        rate = {"kind": "weight", "steps": [[1000, 590], [5000, 890], [15000, 1490]]}
        draft = ShippingDraft("Colis suivi", {**rate, "free_from_cents": 9000})
        open_shipping(shop, draft, by=BY, at=at)
