"""Handing over: by the code the customer tells, or the QR code on their screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.counter.doors import actor_of, as_member, shop_page
from chalandise.counter.listing.hours import local_now, today_of
from chalandise.counter.serving.orders import get_card
from chalandise.counter.serving.taps import new_key
from chalandise.directory.models import Establishment
from chalandise.fulfilment.errors import PassExpiredError, WrongPassError
from chalandise.fulfilment.passes import is_receipt_for, new_receipt
from chalandise.fulfilment.queries.boards import board
from chalandise.fulfilment.queries.doors import (
    find_by_code,
    find_given_by_code,
    get_order_of_pass,
)
from chalandise.fulfilment.queries.points import get_point_of_pass
from chalandise.fulfilment.states import Proof
from chalandise.journal.actions import count_attempt
from chalandise.kernel.errors import NotFoundError, RateLimitedError, StaleStateError
from chalandise.kernel.rate import Rate
from chalandise.kernel.tokens import tidy_spoken_code
from chalandise.ordering.actions.reservations import hand_over, mark_ready
from chalandise.ordering.errors import WrongCodeError
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.queries import reservations
from chalandise.ordering.states import ReservationState
from chalandise.web.formatting import calendar_day, clock
from chalandise.web.request import MemberRequest

USED_LATELY = timedelta(days=14)
"""Of a code used before that, it is more likely a slip that names a stranger."""
CODES_TRIED = Rate(burst=20, period_seconds=600)


class CodeForm(forms.Form):
    """What the customer says on arrival."""

    code = forms.CharField(
        label=gettext_lazy("The customer’s code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


@shop_page
def hand_over_page(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Find what waits for a customer, by the code they tell or the QR code they show."""
    form = CodeForm(request.POST or None)
    asides = reservations.board(shop)
    if request.method == "POST" and form.is_valid():
        answer = _open(request, shop, form, [*asides.ready, *asides.to_prepare])
        if answer is not None:
            return answer
    found = board(shop, timezone.now())
    return render(
        request,
        "counter/hand_over.html",
        {
            "shop": shop,
            "section": "hand_over",
            "form": form,
            "now": local_now(shop),
            "today": today_of(shop),
            "cards": [one for one in found.ready if one.is_collected and not one.is_brought],
            "ready": asides.ready,
            "request_count": len(found.new) + len(asides.to_answer),
            "new_key": new_key,
        },
        status=422 if form.errors else 200,
    )


@shop_page
def order_hand_over(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show whose the bag is and what to look at before letting go of it."""
    card = get_card(request, shop, pk)
    code, receipt = request.GET.get("code", ""), request.GET.get("recu", "")
    proof, shown = Proof.KNOWN, ""
    if receipt and is_receipt_for(pk, receipt, at=timezone.now()):
        proof, shown = Proof.PASS, receipt
    elif code and tidy_spoken_code(code) == card.order.pickup_code:
        proof, shown = Proof.CODE, tidy_spoken_code(code)
    return render(
        request,
        "counter/order_hand_over.html",
        {
            "shop": shop,
            "section": "hand_over",
            "card": card,
            "proof": proof,
            "code": shown,
            "back": request.get_full_path(),
            "today": today_of(shop),
            "new_key": new_key,
        },
    )


@login_required
def open_pass(request: HttpRequest, token: str) -> HttpResponse:
    """Open the order of a QR code that any camera has read: at its shop, or at its point."""
    user, at = as_member(request).user, timezone.now()
    try:
        try:
            order = get_order_of_pass(user, token, at=at)
            address = reverse("counter:order_hand_over", args=[order.establishment.slug, order.pk])
            number = order.pk
        except NotFoundError:
            point, number = get_point_of_pass(user, token, at=at)
            address = reverse("counter:point_order", args=[point.pk, number])
    except NotFoundError as error:
        raise Http404 from error
    except PassExpiredError:
        return render(request, "counter/pass_refused.html", {"is_old": True}, status=410)
    except WrongPassError:
        return render(request, "counter/pass_refused.html", {"is_old": False}, status=404)
    return redirect(f"{address}?{urlencode({'recu': new_receipt(number, at=at)})}")


def _open(
    request: MemberRequest,
    shop: Establishment,
    form: CodeForm,
    asides: list[ReservationRequest],
) -> HttpResponse | None:
    """Open what a code opens; a wrong one is told on the form."""
    typed = tidy_spoken_code(form.cleaned_data["code"])
    if not may_try(f"hand-over:{shop.pk}"):
        form.add_error("code", _("Too many tries. Nothing is lost: wait a few minutes."))
        return None
    order = find_by_code(shop, typed)
    if order is not None:
        address = reverse("counter:order_hand_over", args=[shop.slug, order.pk])
        return redirect(f"{address}?{urlencode({'code': typed})}")
    aside = next((one for one in asides if one.pickup_code == typed), None)
    if aside is None or not _give_aside(request, aside, typed):
        form.add_error("code", _why_not(shop, typed))
        return None
    said = _("For %(name)s: handed over. Have a good day!") % {"name": aside.customer_name}
    messages.success(request, said)
    return redirect("counter:hand_over", shop.slug)


def _why_not(shop: Establishment, typed: str) -> str:
    """Say why a code opens nothing: it was used, and when, or it is nobody's."""
    since = timezone.now() - USED_LATELY
    given = find_given_by_code(shop, typed, since=since)
    if given is not None:
        return code_was_used(given.customer_name, given.handed_at, shop.timezone)
    aside = reservations.find_collected_by_code(shop, typed, since=since)
    if aside is not None and aside.ended_at is not None:
        return code_was_used(aside.customer_name, aside.ended_at, shop.timezone)
    return _("No parcel opens with this code. Ask for the name instead.")


def code_was_used(name: str, at: datetime, zone: str) -> str:
    """Say to whom and when a parcel was handed over whose code is typed again."""
    local = at.astimezone(ZoneInfo(zone))
    return _(
        "This code was used: the parcel of %(name)s was handed over on %(day)s at %(time)s."
    ) % {
        "name": name,
        "day": calendar_day(local.date(), "weekday"),
        "time": clock(local.time(), in_words=True),
    }


def _give_aside(request: MemberRequest, one: ReservationRequest, code: str) -> bool:
    by, at = actor_of(request), timezone.now()
    try:
        if one.state == ReservationState.ACCEPTED:
            mark_ready(one, by=by, at=at)
        hand_over(one, by=by, at=at, code=code)
    except (StaleStateError, WrongCodeError):
        return False
    return True


def may_try(where: str) -> bool:
    """Tell whether one more code may be tried at a counter."""
    try:
        count_attempt(where, CODES_TRIED, at=timezone.now())
    except RateLimitedError:
        return False
    return True
