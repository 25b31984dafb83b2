"""What is printed: the slip of one order, the sheet of one day; one page of A4 each."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from chalandise.counter.doors import shop_page
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.orders import get_card
from chalandise.directory.models import Establishment
from chalandise.fulfilment.queries.papers import day_sheet
from chalandise.web.address_form import address_lines
from chalandise.web.request import MemberRequest


@shop_page
def picking_slip(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show the slip that goes into the bag: names, quantities, allergens, no price."""
    card = get_card(request, shop, pk)
    return render(
        request,
        "counter/picking_slip.html",
        {
            "shop": shop,
            "section": "requests",
            "card": card,
            "where": address_lines(card.order.order.address),
            "now": local_now(shop),
            "today": today_of(shop),
        },
    )


@shop_page
def day(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show everything wanted on one day, and what to make for it."""
    today = today_of(shop)
    on = read_day(request.GET.get("jour", "")) or today
    return render(
        request,
        "counter/day_sheet.html",
        {
            "shop": shop,
            "section": "requests",
            "sheet": day_sheet(shop, on, at=timezone.now()),
            "now": local_now(shop),
            "today": today,
            "before": on - timedelta(days=1),
            "after": on + timedelta(days=1),
        },
    )


def read_day(typed: str) -> date | None:
    """Return the day an address names, None where it names none."""
    try:
        found = parse_date(typed)
    except ValueError:
        return None
    return found if found and 2000 <= found.year < 2200 else None
