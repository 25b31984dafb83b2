"""Handing over at a pooled point: by the code that is told, or the QR code on a screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.counter.points.doors import actor_of, get_card, point_page, today_at
from chalandise.counter.serving.handing import USED_LATELY, CodeForm, code_was_used, may_try
from chalandise.counter.serving.taps import Gesture, new_key, perform
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.passes import is_receipt_for, new_receipt
from chalandise.fulfilment.queries.points import (
    cards_beside,
    find_by_code_at,
    find_given_by_code_at,
    waiting_at,
)
from chalandise.fulfilment.states import Proof
from chalandise.kernel.tokens import tidy_spoken_code
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.models import MerchantOrder
from chalandise.web.request import MemberRequest

PROOFS = {Proof.CODE.value, Proof.PASS.value, Proof.KNOWN.value}


@point_page
def point_hand_over(request: MemberRequest, point: PickupPoint) -> HttpResponse:
    """Find what waits for a customer, by the code they tell or the QR code they show."""
    form = CodeForm(request.POST or None)
    same_code: list[MerchantOrder] = []
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        if not may_try(f"hand-over-at:{point.pk}"):
            form.add_error("code", _("Too many tries. Nothing is lost: wait a few minutes."))
        else:
            same_code = find_by_code_at(point, typed)
            if len(same_code) == 1:
                address = reverse("counter:point_order", args=[point.pk, same_code[0].pk])
                return redirect(f"{address}?{urlencode({'code': tidy_spoken_code(typed)})}")
            if not same_code:
                given = find_given_by_code_at(point, typed, since=timezone.now() - USED_LATELY)
                wrong = _("No parcel opens with this code. Ask for the name instead.")
                if given is not None:
                    wrong = code_was_used(given.customer_name, given.handed_at, point.timezone)
                form.add_error("code", wrong)
    context = {
        "point": point,
        "section": "hand_over",
        "form": form,
        "today": today_at(point),
        "cards": waiting_at(point, at=timezone.now()),
        "same_code": {one.pk for one in same_code},
        "code": tidy_spoken_code(form.cleaned_data.get("code", "")) if same_code else "",
    }
    status = 422 if form.errors else 200
    return render(request, "counter/point_hand_over.html", context, status=status)


@point_page
def point_order(request: MemberRequest, point: PickupPoint, order_pk: int) -> HttpResponse:
    """Show whose bags they are and what to look at before letting go of them."""
    card, at = get_card(point, order_pk), timezone.now()
    code, receipt = request.GET.get("code", ""), request.GET.get("recu", "")
    proof, shown = Proof.KNOWN, ""
    if receipt and is_receipt_for(order_pk, receipt, at=at):
        proof, shown = Proof.PASS, receipt
    elif code and tidy_spoken_code(code) == card.order.pickup_code:
        proof, shown = Proof.CODE, tidy_spoken_code(code)
    is_proved = proof != Proof.KNOWN
    beside = [
        (one, urlencode({"recu": new_receipt(one.order.pk, at=at)}) if is_proved else "")
        for one in cards_beside(card, point, at=at)
    ]
    context = {
        "point": point,
        "section": "hand_over",
        "card": card,
        "beside": beside,
        "proof": proof,
        "code": shown,
        "back": request.get_full_path(),
        "today": today_at(point),
        "new_key": new_key,
    }
    return render(request, "counter/point_order.html", context)


@point_page
@require_POST
def point_give(request: MemberRequest, point: PickupPoint, order_pk: int) -> HttpResponse:
    """Hand an order over, once; what is to be paid was paid, or it stays here."""
    card = get_card(point, order_pk)
    said = request.POST.get("proof", "")
    checks = Checks(
        proof=Proof(said) if said in PROOFS else Proof.CODE,
        code=request.POST.get("code", "")[:300],
        is_age_checked=request.POST.get("age") == "on",
    )
    by, at = actor_of(request), timezone.now()

    def act() -> None:
        hand_over(card.order, checks=checks, by=by, at=at)

    here = reverse("counter:point_order", args=[point.pk, order_pk])
    back = request.POST.get("back", "")
    done = _("For %(name)s: handed over. Have a good day!") % {
        "name": card.order.order.customer_name
    }
    gesture = Gesture("hand_over", act, done, _onward(point, card.order))
    return perform(
        request,
        card.order.establishment,
        gesture,
        subject=str(order_pk),
        refused_url=back if back.startswith(here) else here,
    )


def _onward(point: PickupPoint, order: MerchantOrder) -> str:
    """Return where to go then: the same customer's other bags are on the list, marked."""
    address = reverse("counter:point_hand_over", args=[point.pk])
    return f"{address}?{urlencode({'commande': order.order_id})}"
