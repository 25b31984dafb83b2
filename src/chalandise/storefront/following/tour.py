"""« Ma tournée »: in which order to collect at several shops, when to set off, and a calendar file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.logistics.ical import Appointment, calendar_of
from chalandise.logistics.plan import PACES, Plan, Spot, Stop, Visit, plans_by_day
from chalandise.ordering.models import MerchantOrder
from chalandise.ordering.queries.orders import get_order_by_token
from chalandise.ordering.states import MerchantOrderState, WayKind
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.round_map import Told, picture_of
from chalandise.storefront.rounds import PACE_WORDS, Ground, usual_pace
from chalandise.web.doors import found_or_404
from chalandise.web.formatting import calendar_day, clock, duration, metres
from chalandise.web.request import PortalRequest


@dataclass(frozen=True)
class Errand:
    """One place and time to collect at, for one shop or several that bring there."""

    parts: tuple[MerchantOrder, ...]

    @property
    def first(self) -> MerchantOrder:
        """The part that place and time are read from."""
        return self.parts[0]

    @property
    def name(self) -> str:
        """The name on the door."""
        label = str(self.first.way.get("label", ""))
        is_point = self.first.way_kind == WayKind.POINT
        return label if is_point and label else self.first.establishment.name

    @property
    def shops(self) -> str:
        """Whose things wait there."""
        return ", ".join(one.establishment.name for one in self.parts)

    @property
    def address(self) -> str:
        """Where the door is."""
        shop = self.first.establishment
        own = " ".join(one for one in (shop.street, shop.postal_code, shop.commune.name) if one)
        return str(self.first.way.get("address") or own)

    @property
    def spot(self) -> Spot | None:
        """Where it is on earth; the shop's own place where the way did not say."""
        way, shop = self.first.way, self.first.establishment
        latitude, longitude = way.get("latitude"), way.get("longitude")
        if latitude is None or longitude is None:
            latitude, longitude = shop.latitude, shop.longitude
        if latitude is None or longitude is None:
            return None
        return Spot(float(latitude), float(longitude))

    @property
    def commune_key(self) -> str:
        """The commune whose ground is drawn: of the shop, near enough for a point that it uses."""
        return self.first.establishment.commune_id

    @property
    def timezone(self) -> str:
        """The clock on its wall."""
        return str(self.first.way.get("timezone") or self.first.establishment.timezone)


def errands_of(parts: Iterable[MerchantOrder], *, at: datetime) -> dict[str, Errand]:
    """Return what is still to be collected at a known time, by the key of its stop."""
    found: dict[str, list[MerchantOrder]] = {}
    for part in parts:
        stands = part.state in (MerchantOrderState.PLACED, MerchantOrderState.ACCEPTED)
        is_collected = part.way_kind in (WayKind.PICKUP, WayKind.POINT)
        is_ahead = part.starts_at is not None and part.ends_at is not None and part.ends_at > at
        if stands and is_collected and is_ahead and part.gathered_by_id is None:
            place = part.way_key if part.way_kind == WayKind.POINT else str(part.establishment_id)
            found.setdefault(f"{place}@{part.starts_at}", []).append(part)
    return {key: Errand(tuple(parts)) for key, parts in found.items()}


def plans_of(errands: dict[str, Errand], *, pace: str, at: datetime) -> list[Plan]:
    """Return one round a day."""
    stops = [
        Stop(
            key,
            tuple(
                (part.starts_at, part.ends_at)
                for part in one.parts[:1]
                if part.starts_at is not None and part.ends_at is not None
            ),
            one.spot,
        )
        for key, one in errands.items()
    ]
    zone = next(iter(errands.values())).timezone
    return plans_by_day(stops, ready_at=at, timezone=zone, pace=PACES[pace])


def _pace(request: PortalRequest, errands: Sequence[Errand]) -> str:
    """Return how the customer gets about: as they say, or on foot where all is near."""
    asked = request.GET.get("allure", "")
    said = next((key for key, (word, _label) in PACE_WORDS.items() if word == asked), "")
    if said:
        return said
    return usual_pace(one.spot for one in errands)


def tour(request: PortalRequest, token: str) -> HttpResponse:
    """Show in which order to collect, with times, and a drawing."""
    order = found_or_404(get_order_by_token, token)
    at = timezone.now()
    errands = errands_of(order.merchant_orders.all(), at=at)
    pace = _pace(request, list(errands.values()))
    plans = plans_of(errands, pace=pace, at=at) if errands else []
    ground = Ground(one.commune_key for one in errands.values())
    context = {
        "section": "order",
        "order": order,
        "days": [_day(one, errands, ground, request.portal) for one in plans],
        "paces": [(word, label, key == pace) for key, (word, label) in PACE_WORDS.items()],
        "pace": PACE_WORDS[pace][0],
        "crumbs": crumbs_to(
            request,
            (
                _("Order %(number)s") % {"number": order.number},
                reverse("storefront:order", args=[token]),
            ),
            (_("My round"), ""),
        ),
        "noindex": True,
    }
    response = render(request, "storefront/orders/tour.html", context)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _day(
    plan: Plan, errands: dict[str, Errand], ground: Ground, portal: Portal
) -> dict[str, object]:
    zone = ZoneInfo(errands[(plan.visits[0].stop if plan.visits else plan.missed[0]).key].timezone)
    with timezone.override(zone):
        return {
            "day": calendar_day(plan.leaves_at, "long") if plan.visits else "",
            "ends": clock(plan.ends_at),
            "visits": [_visit(one, errands[one.stop.key]) for one in plan.visits],
            "missed": [(errands[one.key], clock(one.windows[0][0])) for one in plan.missed],
            "picture": picture_of(
                plan.visits,
                [_told(one, errands[one.stop.key]) for one in plan.visits],
                [errands[one.stop.key].commune_key for one in plan.visits],
                portal=portal,
                ground=ground,
            ),
        }


def _told(visit: Visit, errand: Errand) -> Told:
    return Told(clock(visit.begins_at), errand.name, errand.address)


def _visit(visit: Visit, errand: Errand) -> dict[str, object]:
    way = visit.distance_metres
    return {
        "errand": errand,
        "time": clock(visit.begins_at),
        "travel": duration(visit.travel_minutes) if visit.travel_minutes else "",
        "distance": metres(way) if way else "",
        "wait": duration(visit.wait_minutes) if visit.wait_minutes else "",
    }


def calendar(request: PortalRequest, token: str) -> HttpResponse:
    """Give the round as a calendar file."""
    order = found_or_404(get_order_by_token, token)
    at = timezone.now()
    errands = errands_of(order.merchant_orders.all(), at=at)
    if not errands:
        raise Http404
    pace = _pace(request, list(errands.values()))
    url = link_to(order.portal, "storefront:order", token)
    spans: list[tuple[str, tuple[datetime, datetime]]] = []
    for plan in plans_of(errands, pace=pace, at=at):
        spans += [(one.stop.key, (one.begins_at, one.leaves_at)) for one in plan.visits]
        spans += [(one.key, one.windows[0]) for one in plan.missed]  # booked all the same
    appointments = [_appointment(errands[key], span, url) for key, span in spans]
    name = _("Order %(number)s") % {"number": order.number}
    return attached(
        calendar_of(appointments, name=name, at=at), "tournee.ics", "text/calendar; charset=utf-8"
    )


def _appointment(errand: Errand, span: tuple[datetime, datetime], url: str) -> Appointment:
    part, spot = errand.first, errand.spot
    return Appointment(
        uid=f"{part.holder}@chalandise",
        starts_at=span[0],
        ends_at=span[1],
        timezone=errand.timezone,
        title=_("Collect: %(shops)s") % {"shops": errand.shops},
        place=f"{errand.name}, {errand.address}",
        text=", ".join(one.number for one in errand.parts),
        url=url,
        latitude=spot.latitude if spot else None,
        longitude=spot.longitude if spot else None,
        sequence=part.slot_moves,
    )


def attached(content: bytes, name: str, media_type: str) -> HttpResponse:
    """Answer with a private file to keep."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
