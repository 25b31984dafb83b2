"""What customers ask to have put aside: answered, readied, handed over from a telephone."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.listing.hours import local_now
from chalandise.counter.serving.taps import Gesture, new_key, perform
from chalandise.directory.models import Establishment
from chalandise.directory.photos import find_private_picture
from chalandise.kernel.errors import StaleStateError
from chalandise.ordering.actions.reservations import (
    accept_reservation,
    decline_reservation,
    hand_over,
    mark_ready,
    take_back_yes,
)
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.queries.reservations import board, get_reservation_for_member
from chalandise.ordering.states import ReservationState
from chalandise.web.request import MemberRequest

LISTS = ("todo", "ready", "done")


class AnswerForm(forms.Form):
    """Yes, with a price if the merchant wants to tell it; or no, with a word why."""

    price = forms.DecimalField(
        label=gettext_lazy("Price in the shop"),
        help_text=gettext_lazy("Leave it blank if it is to be weighed or seen."),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(99999),
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("A word to the customer"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@shop_page
def reservations(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show what waits, what is ready, what is done."""
    chosen = request.GET.get("list", "todo")
    chosen = chosen if chosen in LISTS else "todo"
    waiting = board(shop)
    lists = {
        "todo": [*waiting.to_answer, *waiting.to_prepare],
        "ready": waiting.ready,
        "done": waiting.done,
    }
    return render(
        request,
        "counter/reservations.html",
        {
            "shop": shop,
            "section": "requests",
            "now": local_now(shop),
            "chosen": chosen,
            "tasks": lists[chosen],
            "todo_count": len(lists["todo"]),
            "ready_count": len(lists["ready"]),
            "new_key": new_key,
        },
    )


@shop_page
def reservation(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show one request and answer it."""
    one = _get(request, shop, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = _answer(request, one, form)
        except StaleStateError:
            messages.warning(request, _("It moved meanwhile: here is where it stands now."))
            return redirect("counter:reservation", shop.slug, one.pk)
        if said:
            messages.success(request, said)
            return redirect("counter:home", shop.slug)
    return render(
        request,
        "counter/reservation.html",
        {
            "shop": shop,
            "section": "requests",
            "now": local_now(shop),
            "one": one,
            "form": form,
            "has_picture": bool(one.photo_name),
            "new_key": new_key,
        },
        status=422 if form.errors else 200,
    )


def _answer(request: MemberRequest, one: ReservationRequest, form: AnswerForm) -> str:
    by, at = actor_of(request), timezone.now()
    answer, price = form.cleaned_data["answer"], form.cleaned_data["price"]
    cents = None if price is None else round(price * 100)
    match request.POST.get("do"):
        case "yes":
            accept_reservation(one, by=by, at=at, price_cents=cents, answer=answer)
            return _("It’s a yes: the customer has just been told.")
        case "yes_ready":
            accept_reservation(one, by=by, at=at, price_cents=cents, answer=answer, is_ready=True)
            return _("Yes, and already on the side: the customer has just been told.")
        case "no" if one.state == ReservationState.ACCEPTED:
            take_back_yes(one, by=by, at=at, answer=answer)
            return _("The customer has been told that it will not be possible.")
        case "no":
            decline_reservation(one, by=by, at=at, answer=answer)
            return _("The customer has been told, with your word.")
        case _other:
            return ""


@shop_page
@require_POST
def ready(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Say, once, that a thing is on the side."""
    one = _get(request, shop, pk)
    home = reverse("counter:home", args=[shop.slug])

    def act() -> None:
        mark_ready(one, by=actor_of(request), at=timezone.now())

    said = _("On the side: the customer has just been told.")
    gesture = Gesture("aside_ready", act, said, home)
    return perform(request, shop, gesture, subject=f"aside:{pk}", refused_url=home)


@shop_page
@require_POST
def handed(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Hand over, once, to a customer one knows, without code."""
    one = _get(request, shop, pk)
    back = reverse("counter:hand_over", args=[shop.slug])

    def act() -> None:
        hand_over(one, by=actor_of(request), at=timezone.now())

    gesture = Gesture("aside_handed", act, _("Handed over. Have a good day!"), back)
    return perform(request, shop, gesture, subject=f"aside:{pk}", refused_url=back)


@shop_page
def picture(request: MemberRequest, shop: Establishment, pk: int) -> FileResponse:
    """Send the customer's photograph to the merchant it was meant for, and to nobody else.

    A browser that asks for AVIF gets it: a telephone on a thin line reads half the bytes.
    """
    one = _get(request, shop, pk)
    kind = "avif" if "image/avif" in request.headers.get("Accept", "") else "webp"
    path = find_private_picture(one.photo_name, kind=kind)
    if path is None and kind == "avif":  # stored by an earlier release
        kind, path = "webp", find_private_picture(one.photo_name)
    if path is None:
        raise Http404
    response = FileResponse(path.open("rb"), content_type=f"image/{kind}")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'inline; filename="photo.{kind}"'
    patch_vary_headers(response, ["Accept"])
    return response


def _get(request: MemberRequest, shop: Establishment, pk: int) -> ReservationRequest:
    one: ReservationRequest = found_or_404(get_reservation_for_member, member_of(request), pk)
    if one.establishment_id != shop.pk:
        raise Http404
    return one
