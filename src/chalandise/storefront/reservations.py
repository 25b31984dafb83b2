"""« Mettez-le-moi de côté »: ask, follow by a private link, change one's mind."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from chalandise.accounts.models import User
from chalandise.directory.errors import PictureRefusedError
from chalandise.directory.models import Establishment
from chalandise.directory.photos import MOST_BYTES, forget_picture, store_picture
from chalandise.directory.queries import get_establishment_on
from chalandise.journal.actions import count_attempt
from chalandise.kernel.errors import ChalandiseError, RateLimitedError, StaleStateError
from chalandise.kernel.rate import Rate
from chalandise.ordering.actions.reservations import (
    Customer,
    cancel_reservation,
    request_reservation,
)
from chalandise.ordering.errors import (
    OutsideHoursError,
    ReservationsNotTakenError,
    ShopOverrunError,
)
from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.policies import takes_reservations
from chalandise.ordering.queries.reservations import get_reservation_by_token
from chalandise.ordering.states import RESERVATION_TRANSITIONS, ReservationState
from chalandise.storefront.finding.opening import status_of
from chalandise.storefront.finding.shop_cards import picture_of
from chalandise.storefront.home import crumbs_to
from chalandise.storefront.reservation_form import ReservationForm, time_choices
from chalandise.web.doors import found_or_404
from chalandise.web.errors import too_many
from chalandise.web.formatting import calendar_day, clock, telephone, typed_telephone
from chalandise.web.request import PortalRequest, client_address

PHOTOS_SENT = Rate(burst=10, period_seconds=3600)


STATE_TITLES = {
    ReservationState.REQUESTED: gettext_lazy("Your request has been sent"),
    ReservationState.ACCEPTED: gettext_lazy("The shop says yes"),
    ReservationState.DECLINED: gettext_lazy("Not possible this time"),
    ReservationState.READY: gettext_lazy("It is waiting for you"),
    ReservationState.COLLECTED: gettext_lazy("You have it"),
    ReservationState.CANCELLED: gettext_lazy("You have cancelled"),
    ReservationState.EXPIRED: gettext_lazy("This request has lapsed"),
}
STEPS = (
    (ReservationState.REQUESTED, pgettext_lazy("step", "You asked")),
    (ReservationState.ACCEPTED, pgettext_lazy("step", "The shop says yes")),
    (ReservationState.READY, pgettext_lazy("step", "Put aside")),
    (ReservationState.COLLECTED, pgettext_lazy("step", "Collected")),
)


def ask(request: PortalRequest, slug: str) -> HttpResponse:
    """Ask a shop to put something aside."""
    shop = found_or_404(get_establishment_on, request.portal, slug)
    if not takes_reservations(shop):
        raise Http404
    at = timezone.now()
    times = time_choices(shop, at)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReservationForm(*sent, times=times, initial=_known_person(request))
    if form.is_valid():
        try:
            reservation = _send(request, shop, form.cleaned_data, at)
        except PictureRefusedError as error:
            form.add_error("photo", refusal_of(error))
        except OutsideHoursError as error:
            form.add_error("wanted_at", _too_late(error, shop))
        except ReservationsNotTakenError as error:
            raise Http404 from error
        except ShopOverrunError:
            form.add_error(None, _overrun(shop))
        except RateLimitedError as error:
            return too_many(request, error.retry_after_seconds)
        else:
            return redirect("storefront:reservation", token=reservation.token)
    context = {
        "section": "shops",
        "shop": shop,
        "form": form,
        "status": status_of(shop, at),
        "picture": picture_of(shop),
        "has_times": bool(times),
        "crumbs": crumbs_to(
            request,
            (_("Shops"), reverse("storefront:directory")),
            (shop.name, reverse("storefront:shop", args=[shop.slug])),
            (_("Put it aside for me"), ""),
        ),
        "noindex": True,
    }
    status = 422 if form.is_bound else 200
    return render(request, "storefront/reservations/ask.html", context, status=status)


def _known_person(request: HttpRequest) -> dict[str, str]:
    user = request.user
    if not isinstance(user, User):
        return {}
    return {"name": user.name, "email": user.email, "phone": typed_telephone(user.phone)}


def _send(
    request: PortalRequest, shop: Establishment, said: dict[str, Any], at: dt.datetime
) -> ReservationRequest:
    user = request.user if isinstance(request.user, User) else None
    photo_name = _keep_photo(request, said["photo"], at) if said["photo"] else ""
    try:
        return _request(request, shop, user, said, at, photo_name)
    except ChalandiseError:
        if photo_name:
            forget_picture(photo_name, is_private=True)
        raise


def _keep_photo(request: PortalRequest, photo: UploadedFile[Any], at: dt.datetime) -> str:
    """Decode and store a picture, which costs a little: so many an hour from one connection."""
    if (photo.size or 0) > MOST_BYTES:
        raise PictureRefusedError("too_heavy")
    count_attempt(f"reservation-photo:{client_address(request)}", PHOTOS_SENT, at=at)
    return store_picture(photo.read(), is_private=True).name


def refusal_of(error: PictureRefusedError) -> str:
    """Say why a picture is not taken, and what to do."""
    if error.reason in ("too_heavy", "too_large"):
        return _("This picture is too large. Send a smaller one, or go on without it.")
    return _("This file is no picture that we can read: send a JPEG or a PNG, or go on without it.")


def _request(
    request: PortalRequest,
    shop: Establishment,
    user: User | None,
    said: dict[str, Any],
    at: dt.datetime,
    photo_name: str,
) -> ReservationRequest:
    return request_reservation(
        shop,
        portal=request.portal,
        customer=Customer(
            said["name"], said["email"], said["phone"], user, client_address(request)
        ),
        text=said["text"],
        wanted_at=dt.datetime.fromisoformat(said["wanted_at"]),
        at=at,
        photo_name=photo_name,
    )


def _overrun(shop: Establishment) -> str:
    said = _("This shop is asked so much at the moment that we let it breathe.")
    if not shop.phone:
        return said + " " + _("Nothing was sent: try again in a quarter of an hour.")
    return (
        said
        + " "
        + _("Nothing was sent: call them on %(phone)s, or try again later.")
        % {"phone": telephone(shop.phone)}
    )


def _too_late(error: OutsideHoursError, shop: Establishment) -> str:
    if not error.proposals:
        return _("The shop is closed at this time. Choose another one.")
    near = error.proposals[0]
    return _("The shop is closed at this time. The nearest is %(day)s at %(time)s.") % {
        "day": calendar_day(near.date(), "weekday"),
        "time": clock(near.time()),
    }


def reservation(request: PortalRequest, token: str) -> HttpResponse:
    """Show where a request stands, to whoever holds its private link."""
    found = found_or_404(get_reservation_by_token, token)
    context = reservation_context(found)
    response = render(request, "storefront/reservations/detail.html", context)
    # The address is the secret: no other site learns it. "no-referrer" would go too far, browsers
    # then send "Origin: null" with the form below, which the CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def reservation_context(found: ReservationRequest) -> dict[str, Any]:
    """Return what the page of a request shows."""
    state = ReservationState(found.state)
    shop = found.establishment
    zone = shop.timezone
    return {
        "reservation": found,
        "shop": shop,
        "zone": zone,
        "title": STATE_TITLES[state],
        "steps": _steps(found),
        "is_live": state not in RESERVATION_TRANSITIONS.final,
        "may_cancel": RESERVATION_TRANSITIONS.allows(state, ReservationState.CANCELLED),
        "has_code": state in (ReservationState.ACCEPTED, ReservationState.READY),
        "price": _price(found.price_cents),
        "noindex": True,
    }


def _steps(found: ReservationRequest) -> list[tuple[str, str]]:
    """Return the steps with `is-done`, `is-now` or nothing."""
    order = [state for state, _label in STEPS]
    if found.state not in order:
        return []
    now = order.index(ReservationState(found.state))
    last = len(order) - 1
    return [
        (str(label), "is-done" if n < now or n == now == last else "is-now" if n == now else "")
        for n, (_state, label) in enumerate(STEPS)
    ]


def _price(cents: int | None) -> str:
    if cents is None:
        return ""
    return _("€%(euros)s.%(cents)s") % {"euros": cents // 100, "cents": f"{cents % 100:02d}"}


@require_POST
def cancel(request: PortalRequest, token: str) -> HttpResponse:
    """Let the customer change their mind."""
    found = found_or_404(get_reservation_by_token, token)
    with suppress(StaleStateError):  # it ended meanwhile: the page says how
        cancel_reservation(found, at=timezone.now())
    return redirect("storefront:reservation", token=token)
