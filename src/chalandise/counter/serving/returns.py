"""Withdrawals at the counter: what customers give up, until when the money is due, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.taps import (
    BadGestureError,
    Gesture,
    new_key,
    perform,
    refuse,
    say_refusal,
)
from chalandise.directory.models import Establishment
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.ordering.actions.withdrawing import (
    contest_withdrawal,
    grant_withdrawal,
    return_withdrawal,
)
from chalandise.ordering.models import Withdrawal
from chalandise.ordering.queries.refunds import (
    facts_of,
    open_withdrawals_of_shop,
    withdrawals_of_shop,
)
from chalandise.ordering.queries.withdrawals import get_withdrawal_for_member
from chalandise.ordering.refund_clock import RefundFacts, paid_back_on
from chalandise.ordering.states import WithdrawalState
from chalandise.web.request import MemberRequest

MOST_PAST = 30


@dataclass(frozen=True)
class Return:
    """One withdrawal as the counter shows it.

    Attributes:
        withdrawal: which.
        facts: what the refund clock knows.
        goes_back_on: the day the money goes back by itself; None while one may wait for the goods.
        is_late: whether the fourteenth day has passed.
    """

    withdrawal: Withdrawal
    facts: RefundFacts
    goes_back_on: date | None
    is_late: bool


@shop_page
def returns(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show the withdrawals that wait, what is due soonest first, then those of before."""
    today = today_of(shop)
    context = {
        "shop": shop,
        "section": "requests",
        "now": local_now(shop),
        "today": today,
        "waiting": [_shown(one, today) for one in open_withdrawals_of_shop(shop)],
        "past": withdrawals_of_shop(shop)
        .exclude(applied_at=None)
        .order_by("-confirmed_at", "-pk")[:MOST_PAST],
        "new_key": new_key,
    }
    return render(request, "counter/returns.html", context)


@shop_page
@require_POST
def return_do(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Do what a button of a withdrawal says, once."""
    found: Withdrawal = found_or_404(get_withdrawal_for_member, member_of(request), pk)
    if found.merchant_order.establishment_id != shop.pk:
        found_or_404(get_withdrawal_for_member, member_of(request), 0)
    here = reverse("counter:returns", args=[shop.slug])
    reading = GESTURES.get(request.POST.get("do", ""))
    try:
        if reading is None:
            raise BadGestureError(_("This button is not known. Open the page again."))
        gesture = reading(request, found, here)
    except BadGestureError as error:
        return refuse(request, say_refusal(error), url=here)
    return perform(request, shop, gesture, subject=f"withdrawal:{pk}", refused_url=here)


def _shown(withdrawal: Withdrawal, today: date) -> Return:
    facts = facts_of(withdrawal)
    is_contested = withdrawal.state == WithdrawalState.CONTESTED
    day = None if is_contested or facts.is_by_hand else paid_back_on(facts)
    return Return(withdrawal, facts, day, is_late=withdrawal.refund_due_on < today)


def _came_back(request: MemberRequest, found: Withdrawal, here: str) -> Gesture:
    def act() -> None:
        return_withdrawal(
            found,
            by=actor_of(request),
            at=timezone.now(),
            goes_on_shelf=request.POST.get("on_shelf") == "on",
            goods_of=goods_of,
        )

    return Gesture("came_back", act, _("Noted: the goods are back, and the money goes back."), here)


def _give_back(request: MemberRequest, found: Withdrawal, here: str) -> Gesture:
    def act() -> None:
        grant_withdrawal(found, by=actor_of(request), at=timezone.now(), goods_of=goods_of)

    return Gesture("give_back", act, _("The money goes back; the customer is told."), here)


def _object(request: MemberRequest, found: Withdrawal, here: str) -> Gesture:
    reason = request.POST.get("reason", "").strip()[:1000]
    if not reason:
        raise BadGestureError(_("Say why in a few words: the customer reads them."))

    def act() -> None:
        contest_withdrawal(found, answer=reason, by=actor_of(request), at=timezone.now())

    said = _("The customer has been told, with your reason and the name of your mediator.")
    return Gesture("object", act, said, here)


GESTURES: dict[str, Callable[[MemberRequest, Withdrawal, str], Gesture]] = {
    "came_back": _came_back,
    "give_back": _give_back,
    "object": _object,
}
