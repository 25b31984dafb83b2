"""Orders without a single page: `python -m bench.domain SECONDS CORES OFFERS`, where the product is.

The actions alone, from an empty basket to an order of two shops paid on collection, one after the
other in a process for each core. Beside the orders that visitors place over HTTP it tells what the
pages cost. Prints for each process how many orders, in how many seconds, for how much processor time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from random import Random

import django

DAYS_SHOWN = 8


def main() -> None:
    """Place orders for some seconds."""
    seconds, cores, offers = sys.argv[1:]
    if cores != "1":
        one = [sys.executable, "-m", "bench.domain", seconds, "1", offers]
        started = [
            subprocess.Popen(one, stdout=subprocess.PIPE, text=True) for _core in range(int(cores))
        ]
        told = [process.communicate()[0].split("\n")[-2] for process in started]
        print(json.dumps([json.loads(figures)[0] for figures in told]))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
    django.setup()
    pairs, random = json.loads(offers), Random(os.getpid())
    place_orders(1.0, pairs, random)  # nobody's first order counts
    began, spent = time.perf_counter(), time.process_time()
    placed = place_orders(float(seconds), pairs, random)
    print(json.dumps([[placed, time.perf_counter() - began, time.process_time() - spent]]))


def place_orders(seconds: float, offers: list[tuple[int, int]], random: Random) -> int:
    """Place orders of pairs of offers until the time is over; return how many."""
    # Django's tables can be named only once it is set up.
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from chalandise.ordering.actions.cart import put_in_cart  # noqa: PLC0415
    from chalandise.ordering.actions.checkout import (  # noqa: PLC0415
        WayWish,
        Who,
        choose_ways,
        say_who,
        start_checkout,
    )
    from chalandise.ordering.actions.placing import Declarations, place_order  # noqa: PLC0415
    from chalandise.ordering.queries.checkouts import (  # noqa: PLC0415
        days_for,
        get_checkout,
        parts_of,
        preview,
    )
    from chalandise.portals.models import Portal  # noqa: PLC0415
    from chalandise.web.preparing import preparing  # noqa: PLC0415

    portal = Portal.objects.get(slug=settings.DEFAULT_PORTAL)
    placed = 0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        cart = None
        with preparing():
            for offer in random.choice(offers):
                at = timezone.now()
                cart = put_in_cart(cart, offer, quantity=1, portal=portal, at=at).cart
            assert cart is not None  # noqa: S101 - two offers were put in
            checkout = start_checkout(cart, portal=portal, at=timezone.now())
            say_who(checkout, Who("Banc", "banc@exemple.test"), at=timezone.now())
            at = timezone.now()
            days = days_for(checkout, parts_of(checkout), at=at, days=DAYS_SHOWN)
            wishes = {}
            for shop, ways in days.items():
                way, open_days = ways[0]
                starts, _ends = random.choice(random.choice(open_days).windows)
                wishes[shop] = WayWish(way.key, datetime.fromtimestamp(starts, UTC))
            choose_ways(checkout, wishes, at=timezone.now())
            shown = preview(get_checkout(checkout.form_token), at=timezone.now())
            place_order(
                checkout,
                seen_total_cents=shown.recap.total_cents,
                form_token=checkout.form_token,
                declarations=Declarations(terms=True, digest=shown.recap.digest),
                pays="on_collection",
                at=timezone.now(),
            )
        placed += 1
    return placed


if __name__ == "__main__":
    main()
