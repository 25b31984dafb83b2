"""« Retrait et livraison »: the shop's own counter, rounds, parcels, points that several share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chalandise.counter.doors import actor_of, found_or_404, member_of, shop_page
from chalandise.counter.terms.giving_forms import (
    BringingForm,
    PickupForm,
    ShippingForm,
    pickup_of,
)
from chalandise.counter.terms.outline_view import outline_view
from chalandise.counter.terms.zone_forms import ZoneForm, say_bad_outline
from chalandise.directory.models import Establishment
from chalandise.kernel.errors import NotAllowedError, NotFoundError
from chalandise.logistics.actions import (
    close_point,
    close_shipping,
    close_zone,
    edit_point,
    edit_shipping,
    edit_zone,
    join_point,
    leave_point,
    open_counter_pickup,
    open_shipping,
    open_zone,
)
from chalandise.logistics.errors import BadSettingError, NotYetDescribedError
from chalandise.logistics.models import DeliveryZone, PickupPoint, PointService, ShippingRate
from chalandise.logistics.policies import get_shipping_for_member, get_zone_for_member
from chalandise.logistics.queries import over_booked, points_to_join, ways_to_edit
from chalandise.web.request import MemberRequest


@shop_page
def ways(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Show how customers get what they buy, and run the shop's own counter."""
    opened = ways_to_edit(shop)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    data = request.POST if do in ("open", "settings") else None
    form = PickupForm(data, initial=pickup_of(opened.counter))
    if do and _run_counter(request, shop, opened.counter, do, form):
        return redirect("counter:ways", shop.slug)
    at = timezone.now()
    return render(
        request,
        "counter/ways.html",
        {
            "shop": shop,
            "section": "shelf",
            "counter": opened.counter,
            "services": opened.services,
            "zones": opened.zones,
            "rates": opened.rates,
            "points": points_to_join(shop, request.portal),
            "over_booked": over_booked(shop, at=at),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@shop_page
def zone(request: MemberRequest, shop: Establishment, pk: int = 0) -> HttpResponse:
    """Describe where the shop brings; a zone is given up here too."""
    one: DeliveryZone | None = _own(shop, get_zone_for_member, request, pk) if pk else None
    by, at = actor_of(request), timezone.now()
    if one is not None and request.POST.get("do") == "close":
        close_zone(one, by=by, at=at)
        messages.success(request, _("You no longer deliver there; what is booked stays booked."))
        return redirect("counter:ways", shop.slug)
    form = ZoneForm(request.POST or None, request.FILES or None, shop=shop, zone=one)
    if request.method == "POST" and form.is_valid():
        try:
            if one is None:
                open_zone(shop, form.draft(), by=by, at=at)
                messages.success(request, _("Noted: customers of this zone can have it delivered."))
            else:
                _say_over(request, edit_zone(one, form.draft(), by=by, at=at))
        except BadSettingError as refused:
            field = {"commune_keys": "communes", "radius_metres": "radius_km", "rate": "fee"}
            if refused.field == "polygon":
                form.add_error("outline", say_bad_outline(refused))
            else:
                _refuse(form, field.get(refused.field, refused.field), refused)
        except NotYetDescribedError:
            text = _("We do not know where your shop stands on the map: tick communes instead.")
            form.add_error("kind", text)
        else:
            return redirect("counter:ways", shop.slug)
    if request.method == "POST" and form.rounds.error:
        form.add_error(None, form.rounds.error)
    context = {
        "shop": shop,
        "section": "shelf",
        "form": form,
        "zone": one,
        "drawing": outline_view(shop, one),
        "tiles": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_CREDIT,
    }
    return render(request, "counter/zone.html", context, status=422 if form.errors else 200)


@shop_page
def shipping(request: MemberRequest, shop: Establishment, pk: int = 0) -> HttpResponse:
    """Say what a parcel costs; a rate is given up here too."""
    one: ShippingRate | None = _own(shop, get_shipping_for_member, request, pk) if pk else None
    by, at = actor_of(request), timezone.now()
    if one is not None and request.POST.get("do") == "close":
        close_shipping(one, by=by, at=at)
        messages.success(request, _("You no longer send at this price; what is ordered stands."))
        return redirect("counter:ways", shop.slug)
    form = ShippingForm(request.POST or None, rate=one)
    if request.method == "POST" and form.is_valid():
        try:
            if one is None:
                open_shipping(shop, form.draft(), by=by, at=at)
            else:
                edit_shipping(one, form.draft(), by=by, at=at)
        except BadSettingError as refused:
            _refuse(form, {"rate": "fee"}.get(refused.field, refused.field), refused)
        else:
            messages.success(request, _("Noted: customers can have it sent."))
            return redirect("counter:ways", shop.slug)
    context = {"shop": shop, "section": "shelf", "form": form, "rate": one}
    return render(request, "counter/shipping.html", context, status=422 if form.errors else 200)


@shop_page
def bringing(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Bring to a point that several merchants share, bring otherwise, or no more."""
    opened = {one.point_id: one for one in ways_to_edit(shop).services}
    service: PointService | None = opened.get(pk)
    free = [] if service else points_to_join(shop, request.portal)
    point: PickupPoint | None = (
        service.point if service else next((one for one in free if one.pk == pk), None)
    )
    if point is None:
        raise Http404
    by, at = actor_of(request), timezone.now()
    if service is not None and request.POST.get("do") == "close":
        leave_point(service, by=by, at=at)
        messages.success(request, _("You no longer bring there; what is booked is still to bring."))
        return redirect("counter:ways", shop.slug)
    form = BringingForm(request.POST or None, service=service)
    if request.method == "POST" and form.is_valid():
        try:
            join_point(point, shop, draft=form.draft(), by=by, at=at)
        except BadSettingError as refused:
            _refuse(form, {"fee_cents": "fee"}.get(refused.field, refused.field), refused)
        except NotAllowedError:
            form.add_error(None, _("This point is for the shops of another territory."))
        else:
            text = _("Noted: your customers can collect at %(name)s.") % {"name": point.name}
            messages.success(request, text)
            return redirect("counter:ways", shop.slug)
    context = {"shop": shop, "section": "shelf", "form": form, "point": point, "service": service}
    return render(request, "counter/bringing.html", context, status=422 if form.errors else 200)


def _run_counter(
    request: MemberRequest,
    shop: Establishment,
    counter: PickupPoint | None,
    do: str,
    form: PickupForm,
) -> bool:
    """Open, pause, resume or change the counter; tell whether it was done."""
    by, at = actor_of(request), timezone.now()
    if do == "pause" and counter is not None:
        close_point(counter, by=by, at=at)
        text = _("Pickup is paused: no new slot is offered. What is booked stays booked.")
        messages.success(request, text)
        return True
    try:
        if do == "resume" and counter is not None:
            open_counter_pickup(shop, by=by, at=at)
            messages.success(request, _("Pickup is on again: customers can choose a slot."))
            return True
        if not form.is_valid():
            return False
        if counter is None:
            open_counter_pickup(shop, settings=form.settings(), by=by, at=at)
            messages.success(request, _("Pickup is on: customers can choose a slot."))
        else:
            _say_over(request, edit_point(counter, settings=form.settings(), by=by, at=at))
    except NotYetDescribedError:
        text = _("Your hours are not known yet: confirm them first, slots are made from them.")
        messages.warning(request, text)
        return True
    except BadSettingError as refused:
        _refuse(form, refused.field, refused)
    return not form.errors


def _say_over(request: MemberRequest, over: list[Any]) -> None:
    if over:
        text = ngettext(
            "Noted. %(count)d slot to come holds more orders than that: nobody is cancelled,"
            " have a look.",
            "Noted. %(count)d slots to come hold more orders than that: nobody is cancelled,"
            " have a look.",
            len(over),
        )
        messages.warning(request, text % {"count": len(over)})
    else:
        messages.success(request, _("Noted: it is so from now on."))


def _refuse(form: forms.Form, field: str, refused: BadSettingError) -> None:
    text = {
        "overlapping": _("Two rounds overlap: look at their times."),
        "bad_times": _("A round must end after it starts."),
        "missing": _("This is needed."),
        "out_of_range": _("This number is too small or too large."),
        "bad_steps": _("Write the weights from the lightest to the heaviest, each once."),
        "bad_amount": _("This amount is too large."),
        "too_long": _("This is too long: shorten it a little."),
    }.get(refused.code, _("This cannot be kept as it is. Nothing else is lost."))
    form.add_error(field if field in form.fields else None, text)


def _own(shop: Establishment, door: Any, request: MemberRequest, pk: int) -> Any:
    """Return what a door opens if it is this very shop's; else 404."""

    def opened() -> Any:
        found = door(member_of(request), pk)
        if found.establishment_id != shop.pk:
            raise NotFoundError
        return found

    return found_or_404(opened)
