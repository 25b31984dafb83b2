"""A board with an order in every state, for the journeys at the counter."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.factories.fulfilment import MERCHANT, accepted, line_with, placed
from tests.journeys.conftest import Town

from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.fulfilment.actions.preparing import mark_ready
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.states import Pays, WayKind

LONG = "Marie-Antoinette de Castelnau-Montratier de la Tour"


def soon(morning: datetime, hours: int = 4) -> dict[str, datetime]:
    """A time to collect, some hours from now."""
    starts = morning + timedelta(hours=hours)
    return {"starts_at": starts, "ends_at": starts + timedelta(minutes=30)}


def stock_the_board(town: Town, morning: datetime) -> dict[str, MerchantOrder]:
    """An order in every state, with everything that can be in one."""
    shop, lot = town.cast.bakery, town.cast.lot
    found = {
        "new": placed(lot, shop, note="Bien cuit, s’il vous plaît.", **soon(morning, 1)),
        "long": placed(lot, shop, customer={"customer_name": LONG}, **soon(morning)),
        "scales": accepted(lot, shop, pays=Pays.ON_COLLECTION, **soon(morning)),
        "ready": accepted(lot, shop, pays=Pays.ON_COLLECTION, **soon(morning)),
        "asked": accepted(lot, shop, **soon(morning, -1)),
        "door": accepted(lot, shop, way_kind=WayKind.DELIVERY, **soon(morning)),
        "post": accepted(lot, shop, way_kind=WayKind.SHIPPING, starts_at=None, ends_at=None),
    }
    line_with(
        found["scales"],
        "Tomme de causse affinée huit mois en cave naturelle",
        quantity=2,
        unit_price_cents=960,
        is_weight_priced=True,
        estimate_grams=400,
        tolerance_percent=10,
        price_per_kilo_cents=2400,
        allergens=["milk"],
    )
    line_with(found["ready"], "Vin de Cahors", is_alcohol=True, allergens=["sulphites"])
    line = found["asked"].lines.get(position=1)
    report_missing(
        line, quantity=1, substitute=Substitute("Pain de campagne", 400), by=MERCHANT, at=morning
    )
    mark_ready(found["ready"], by=MERCHANT, at=morning, place="Étagère du fond")
    return found
