"""The board of orders: what is new, to prepare, ready, waiting and done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chalandise.counter.doors import shop_page
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.taps import new_key
from chalandise.directory.models import Establishment
from chalandise.fulfilment.queries.boards import board
from chalandise.ordering.queries import reservations
from chalandise.ordering.queries.refunds import open_withdrawals_of_shop
from chalandise.web.request import MemberRequest

LISTS = ("todo", "ready", "waiting", "done")
REFRESHED = "board_is_refreshed"
REFRESH_SECONDS = 60


@shop_page
def orders(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show one list of the board; asked by htmx, its fragment alone."""
    chosen = request.GET.get("list", "todo")
    chosen = chosen if chosen in LISTS else "todo"
    found, asides = board(shop, timezone.now()), reservations.board(shop)
    lists = {
        "todo": [*found.new, *found.to_prepare],
        "ready": found.ready,
        "waiting": found.waiting,
        "done": found.done,
    }
    tasks = {
        "todo": [*asides.to_answer, *asides.to_prepare],
        "ready": asides.ready,
        "waiting": [],
        "done": asides.done,
    }
    numbers = {name: len(lists[name]) + len(tasks[name]) for name in LISTS}
    is_refreshed = _is_refreshed(request)
    is_part = bool(request.headers.get("HX-Request"))
    response = render(
        request,
        "counter/board_list.html" if is_part else "counter/board.html",
        {
            "shop": shop,
            "section": "requests",
            "now": local_now(shop),
            "today": today_of(shop),
            "chosen": chosen,
            "is_refreshed": is_refreshed,
            "overdue": [one for one in (*found.ready, *found.waiting) if one.is_to_decide],
            "cards": lists[chosen],
            "tasks": tasks[chosen],
            "numbers": numbers,
            "new_count": len(found.new) + len(asides.to_answer),
            "request_count": len(found.new) + len(asides.to_answer),
            "return_count": open_withdrawals_of_shop(shop).count(),
            "newest": max((one.order.pk for one in found.new), default=0),
            "new_key": new_key,
        },
    )
    if is_refreshed and not is_part:
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


def _is_refreshed(request: MemberRequest) -> bool:
    """Tell whether whoever has no script asked for a page that loads again by itself.

    It never does unasked: whoever reads slowly would lose their place (WCAG 2.2.1). The wish holds
    until it is taken back, or until they sign out.
    """
    was = bool(request.session.get(REFRESHED))
    wish = request.GET.get("refresh", "yes" if was else "no") == "yes"
    if wish != was:
        request.session[REFRESHED] = wish
    return wish
