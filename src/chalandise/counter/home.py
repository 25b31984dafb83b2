"""The counter's first page: today, what waits, the next step. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.accounts.models import User
from chalandise.catalogue.queries.baskets import count_asked
from chalandise.counter.doors import as_member, member_of, shop_page, stand_in_of
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.taps import new_key
from chalandise.directory.ladder import Step
from chalandise.directory.models import Establishment
from chalandise.directory.queries import list_establishments_of_member, next_step, opening_of
from chalandise.fulfilment.queries import boards
from chalandise.kernel.sorting import by_name
from chalandise.logistics.queries.keepers import points_kept_by
from chalandise.ordering.queries.refunds import open_withdrawals_of_shop
from chalandise.ordering.queries.reservations import board
from chalandise.web.request import MemberRequest
from chalandise.web.week import day_rows

SHOWN_TASKS = 3


@dataclass(frozen=True)
class NextStep:
    """What the merchant is asked next, in a few words and one button."""

    icon: str
    title: str
    text: str
    url: str
    label: str


@login_required
def shops(request: HttpRequest) -> HttpResponse:
    """List the shops of a person and the points they keep, or open the only one."""
    user = as_member(request).user
    mine, points = list(list_establishments_of_member(user)), by_name(points_kept_by(user))
    if len(mine) == 1 and not points:
        return redirect("counter:home", mine[0].slug)
    if len(points) == 1 and not mine:
        return redirect("counter:point", points[0].pk)
    at = timezone.now()
    to_do = boards.to_do_by_shop(mine)
    opened = [(shop, _status(shop, at), to_do.get(shop.pk, 0)) for shop in mine]
    return render(request, "counter/shops.html", {"shops": opened, "points": points})


@shop_page
def home(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show today's state, what is to do, and one next step."""
    waiting, orders = board(shop), boards.board(shop, timezone.now())
    cards = [*orders.new, *orders.to_prepare]
    today = today_of(shop)
    schedule = opening_of(shop)
    week = schedule.week(today)[:1] if schedule else ()
    return render(
        request,
        "counter/home.html",
        {
            "shop": shop,
            "section": "requests",
            "now": local_now(shop),
            "status": schedule.status(timezone.now()) if schedule else None,
            "today_row": day_rows(week)[0] if week else None,
            "closed_today": next(
                (one for one in shop.closings.all() if one.starts_on <= today <= one.ends_on), None
            ),
            "today": today,
            "cards": cards[:SHOWN_TASKS],
            "order_count": len(cards),
            "has_orders": bool(cards or orders.ready or orders.waiting or orders.done),
            "new_key": new_key,
            "tasks": [*waiting.to_answer, *waiting.to_prepare][:SHOWN_TASKS],
            "task_count": len(waiting.to_answer) + len(waiting.to_prepare),
            "request_count": len(waiting.to_answer) + len(orders.new),
            "ready_count": len(waiting.ready),
            "return_count": open_withdrawals_of_shop(shop).count(),
            "asked_count": count_asked(shop),
            "has_other_places": not stand_in_of(request)
            and _has_other_places(member_of(request), shop),
            "step": say_step(next_step(shop, at=timezone.now()), shop),
        },
    )


def _has_other_places(user: User, shop: Establishment) -> bool:
    """Tell whether somebody has another shop or a point to go to; one statement."""
    others = list_establishments_of_member(user).exclude(pk=shop.pk).order_by().values("pk")
    return others.union(points_kept_by(user).order_by().values("pk"), all=True).exists()


def _status(shop: Establishment, at: object) -> object:
    schedule = opening_of(shop)
    return schedule.status(timezone.now()) if schedule else None


def say_step(step: Step, shop: Establishment) -> NextStep | None:
    """Put the next step of the ladder into words; the last one leaves in peace."""

    def to(name: str) -> str:
        return reverse(f"counter:{name}", args=[shop.slug])

    match step:
        case Step.CONFIRM | Step.CLAIM:
            return NextStep(
                "calendar-clock",
                _("Are these your hours?"),
                _("They come from a register. Two minutes, and your customers can trust them."),
                to("hours"),
                _("Check my hours"),
            )
        case Step.RECONFIRM:
            return NextStep(
                "calendar-clock",
                _("Still right?"),
                _("Your hours were last confirmed more than a year ago."),
                to("hours"),
                _("Look them over"),
            )
        case Step.PHOTO:
            return NextStep(
                "camera",
                _("Show your shop"),
                _("A photograph from the street is enough to be recognised on arrival."),
                to("photos"),
                _("Take the photograph"),
            )
        case Step.DESCRIPTION:
            return NextStep(
                "pencil",
                _("In your own words"),
                _("Two sentences: what you make, what people come for."),
                to("text"),
                _("Write them"),
            )
        case Step.RESERVATIONS:
            return NextStep(
                "set-aside",
                _("“Put it aside for me”"),
                _("Customers ask you with a sentence, you answer yes or no. No payment online."),
                to("hours") + "#services",
                _("Switch it on"),
            )
        case Step.DONE:
            return None
