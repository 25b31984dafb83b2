"""The sheet of an establishment."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from chalandise.directory.hours import Opening, Schedule
from chalandise.directory.models import Establishment, Photo
from chalandise.directory.queries import (
    get_establishment_on,
    list_provenance,
    local_day,
    openings_of,
)
from chalandise.directory.states import HoursPurpose, Label
from chalandise.discovery.criteria import Point
from chalandise.discovery.nearest import find_nearest
from chalandise.ordering.policies import takes_reservations
from chalandise.portals.models import Portal
from chalandise.portals.queries import scope_keys
from chalandise.storefront.addresses import canonical_of_shop, path_of, root_base, social_image
from chalandise.storefront.finding.drawing import HEIGHT, WIDTH, situate
from chalandise.storefront.finding.opening import (
    closings_to_come,
    say_opening,
    schedule_of,
    short_week_of,
    week_of,
)
from chalandise.storefront.finding.shop_cards import find_cards, photo_view, picture_of
from chalandise.storefront.finding.sources import SourceLine, source_lines
from chalandise.storefront.finding.structured import breadcrumbs, first_words, local_business
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.shelves.product_rows import shelf_of
from chalandise.web.cards import ShopCard
from chalandise.web.doors import found_or_404
from chalandise.web.drawing import (
    draw_card,
    draw_lead_picture,
    draw_part,
    draw_rich_text,
    draw_status,
    draw_tile,
)
from chalandise.web.formatting import calendar_day, telephone
from chalandise.web.json_ld import write_json_ld
from chalandise.web.memory import while_unchanged
from chalandise.web.page_cache import shared_page
from chalandise.web.pages import render_page
from chalandise.web.pictures import photo_link
from chalandise.web.request import PortalRequest

NEIGHBOURS = 4
LONG_NAME = 60
LONGEST_CRUMB = 48
NEIGHBOURS_M = 3000.0


@shared_page
def shop(request: PortalRequest, slug: str) -> HttpResponse:
    """Show who it is, where, when it is open, how to get things, and where we know that from."""
    shown = found_or_404(_establishment, request.portal, slug)
    at = timezone.now().replace(second=0, microsecond=0)
    openings = openings_of(shown)
    schedules = _schedules(openings)
    today = local_day(shown, at)
    photos = list(shown.photos.all())
    picture = picture_of(shown)
    canonical = canonical_of_shop(request, shown)
    crumbs = _crumbs(request, shown)
    closings = closings_to_come(shown, at)
    situation = situate(shown)
    verified = shown.hours_verified_at
    return render_page(
        request,
        "storefront/shops/detail.html",
        same={
            "section": "shops",
            "is_long_name": len(shown.name) > LONG_NAME,
            "is_illustration": picture.is_illustration,
            "takes_reservations": takes_reservations(shown),
            "is_claimed": shown.claimed_at is not None,
            "labels": tuple(str(Label(one).label) for one in shown.labels if one in Label.values),
            "width": WIDTH,
            "height": HEIGHT,
        },
        own={
            "canonical": canonical,
            "social_image": social_image(request, [picture]),
            "first_words": first_words(shown.description) if shown.description else "",
            "crumbs": crumbs,
            "structured": _structured(request, shown, schedules, at, crumbs),
            "name": shown.name,
            "slug": shown.slug,
            "category": shown.category.shown_name,
            "picture": draw_lead_picture(picture, "(max-width: 56rem) 100vw, 700px"),
            "photos": _draw_photos(shown, photos[1:]),
            "checked_on": calendar_day(verified) if verified else "",
            "status": draw_status(say_opening(openings.get(HoursPurpose.VISIT), at), "large"),
            "closings": [(one.sentence, one.reason) for one in closings],
            "week": _draw_week(schedules.get(HoursPurpose.VISIT), today),
            "apart": _draw_apart(schedules, today),
            "street": shown.street,
            "complement": shown.complement,
            "postal_code": shown.postal_code,
            "place": shown.commune.name,
            "land": situation.land if situation else "",
            "around": situation.around if situation else "",
            "x": str(situation.x) if situation else "",
            "y": str(situation.y) if situation else "",
            "map_url": f"{path_of('storefront:map')}?{urlencode({'territory': shown.commune_id})}",
            "directions_url": _directions(shown),
            "order_url": shown.order_url,
            "phone": shown.phone,
            "phone_shown": telephone(shown.phone) if shown.phone else "",
            "website": shown.website,
            "description": draw_rich_text(shown.description) if shown.description else "",
            "services": _draw_services(tuple(shown.services)),
            "sources": _draw_sources(source_lines(list_provenance(shown))),
            "shelf": [draw_tile(one, heading=3) for one in shelf_of(request.portal, shown, at=at)],
            "neighbours": [draw_card(one, heading=3) for one in _neighbours(request, shown, at)],
        },
    )


def _draw_photos(shown: Establishment, photos: list[Photo]) -> str:
    views = tuple(photo_view(one, shown) for one in photos)
    return draw_part("storefront/shops/_photos.html", photos=views) if views else ""


def _schedules(openings: dict[HoursPurpose, Opening]) -> dict[HoursPurpose, Schedule]:
    read = {purpose: schedule_of(one) for purpose, one in openings.items()}
    return {purpose: one for purpose, one in read.items() if one is not None}


def _draw_week(schedule: Schedule | None, today: dt.date) -> str:
    if schedule is None:
        return ""
    rows = week_of(schedule, today)
    return draw_part("web/components/hours.html", rows=rows, today=today)


def _draw_apart(schedules: dict[HoursPurpose, Schedule], today: dt.date) -> list[tuple[str, str]]:
    """Draw the hours for collecting and for delivering, where they are not the visiting hours."""
    if schedules.keys() <= {HoursPurpose.VISIT}:
        return []
    titles = {HoursPurpose.COLLECT: _("Collecting orders"), HoursPurpose.DELIVER: _("Delivery")}
    return [
        (
            title,
            draw_part(
                "web/components/hours.html",
                rows=short_week_of(schedules[purpose], today),
                today=today,
                caption=title,
            ),
        )
        for purpose, title in titles.items()
        if purpose in schedules
    ]


def _draw_services(services: tuple[str, ...]) -> str:
    return draw_part("web/components/services.html", services=services) if services else ""


def _draw_sources(lines: tuple[SourceLine, ...]) -> str:
    return draw_part("web/components/sources.html", sources=lines) if lines else ""


@while_unchanged(128)
def _establishment(portal: Portal, slug: str) -> Establishment:
    """Return what a sheet shows, read again when something changed."""
    return get_establishment_on(portal, slug)


def _crumbs(request: PortalRequest, shown: Establishment) -> list[tuple[str, str]]:
    base = path_of("storefront:directory")
    place = f"{base}?{urlencode({'territory': shown.commune_id})}"
    category = path_of("storefront:category", shown.category_id)
    return crumbs_to(
        request,
        (_("Shops"), base),
        (shown.commune.name, place),
        (shown.category.shown_plural, category),
        (Truncator(shown.name).chars(LONGEST_CRUMB), ""),
    )


def _neighbours(request: PortalRequest, shown: Establishment, at: dt.datetime) -> list[ShopCard]:
    if shown.latitude is None or shown.longitude is None:
        return []
    around = find_nearest(
        Point(shown.latitude, shown.longitude),
        scope=tuple(scope_keys(request.portal)),
        within_m=NEIGHBOURS_M,
        most=NEIGHBOURS + 1,
    )
    ids = [pk for pk in around if pk != shown.pk][:NEIGHBOURS]
    origin = None if shown.is_located_by_commune else (shown.latitude, shown.longitude)
    return find_cards(ids, at=at, origin=origin)


def _directions(shown: Establishment) -> str:
    """Return an address that the device's own map application opens."""
    if shown.latitude is None or shown.longitude is None or shown.is_located_by_commune:
        return ""
    return (
        "https://www.openstreetmap.org/?"
        f"mlat={shown.latitude:.5f}&mlon={shown.longitude:.5f}"
        f"#map=18/{shown.latitude:.5f}/{shown.longitude:.5f}"
    )


def _structured(
    request: PortalRequest,
    shown: Establishment,
    schedules: dict[HoursPurpose, Schedule],
    at: dt.datetime,
    crumbs: list[tuple[str, str]],
) -> str:
    base = root_base(request)
    return write_json_ld(
        local_business(
            shown,
            url=canonical_of_shop(request, shown),
            schedules=schedules,
            at=at,
            images=[photo_link(one.name, "1600.jpg", base=base) for one in shown.photos.all()],
        ),
        breadcrumbs([(label, f"{base}{url}" if url else "") for label, url in crumbs]),
    )
