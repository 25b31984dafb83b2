"""An order by telephone, typed at the counter: what, for when, for whom, read back, placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.models import Offer
from chalandise.catalogue.queries.terms import terms_of
from chalandise.catalogue.terms import OfferTerms
from chalandise.counter.doors import actor_of, member_of, shop_page
from chalandise.counter.listing.hours import today_of
from chalandise.counter.serving.orders import get_card
from chalandise.counter.serving.phone_form import (
    CallerForm,
    Offered,
    Wanted,
    address_said,
    when_said,
)
from chalandise.counter.serving.taps import key_of, new_key
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.errors import SlotFullError, SlotGoneError
from chalandise.ordering.actions.checkout import WayWish, Who
from chalandise.ordering.actions.phoning import PhoneOrder, place_phone_order
from chalandise.ordering.actions.placing import Declarations
from chalandise.ordering.books import Books
from chalandise.ordering.errors import (
    DeclarationMissingError,
    NoEmailError,
    NotOrderableError,
    PaysOnlineOnlyError,
    TermsChangedError,
    WayGoneError,
)
from chalandise.ordering.models import Order
from chalandise.ordering.states import MerchantOrderState, OrderSource, WayKind
from chalandise.payments.queries import sells_online
from chalandise.web.formatting import calendar_day, clock
from chalandise.web.request import MemberRequest

MOST_OFFERS = 200
MOST_EACH = 99


@dataclass(frozen=True)
class Choice:
    """One thing that may be ordered, and how many of it were said."""

    terms: OfferTerms
    quantity: int

    @property
    def name(self) -> str:
        """What it is called, its variant included."""
        return " · ".join(filter(None, (self.terms.product_name, self.terms.variant_name)))

    @property
    def cents(self) -> int:
        """What so many of it cost."""
        return self.terms.price_cents * self.quantity


@shop_page
def phone_order(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Take down an order, read it back, place it: to be paid where the goods change hands."""
    at = timezone.now()
    choices = _choices(shop, request, at)
    wanted = [one for one in choices if one.quantity]
    items_cents = sum(one.cents for one in wanted)
    online = sells_online([shop.organisation_id] if shop.organisation_id else [], at=at)
    offered = Offered(shop, _measured(wanted), is_online=bool(online), at=at)
    form = CallerForm(offered, request.POST or None)
    is_read_back = False
    total_cents = items_cents
    if request.method == "POST":
        if not wanted:
            form.add_error(None, _("Nothing is ordered yet: write how many of each."))
        if form.is_valid() and form.way is not None:
            total_cents += form.way.fee_cents
            is_seen = request.POST.get("seen") == str(total_cents)
            if request.POST.get("do") == "place" and is_seen:
                placed = _place(request, shop, form, wanted, at)
                if placed is not None:
                    return placed
            is_read_back = True
    return render(
        request,
        "counter/phone_order.html",
        {
            "shop": shop,
            "section": "requests",
            "form": form,
            "choices": choices,
            "wanted": wanted,
            "has_ways": bool(offered.choices),
            "point": form.way if form.way and form.way.kind == WayKind.POINT else None,
            "fee_cents": total_cents - items_cents,
            "total_cents": total_cents,
            "minimum_age": max((one.terms.minimum_age for one in wanted), default=0),
            "is_read_back": is_read_back,
            "when": when_said(form) if is_read_back else "",
            "firm": form.business() if is_read_back else {},
            "where": address_said(form.address()) if is_read_back and form.is_brought else "",
            "today": today_of(shop),
            "new_key": new_key,
        },
        status=422 if form.errors else 200,
    )


@shop_page
def phone_slip(request: MemberRequest, shop: Establishment, pk: int) -> HttpResponse:
    """Show what to tell the customer, and print it: the number and the code, in place of an e-mail.

    Only of what was ordered by telephone: of any other order the code is the customer's alone.
    """
    card = get_card(request, shop, pk)
    if card.order.order.source != OrderSource.PHONE:
        raise Http404
    return render(
        request,
        "counter/phone_slip.html",
        {
            "shop": shop,
            "section": "requests",
            "card": card,
            "where": address_said(card.order.order.address),
            "today": today_of(shop),
        },
    )


def _measured(wanted: Sequence[Choice]) -> Wanted:
    return Wanted(
        cents=sum(one.cents for one in wanted),
        books=Books(
            sum(one.cents for one in wanted if one.terms.is_new_book),
            any(one.terms.is_reduced_book for one in wanted),
        ),
        grams=sum((one.terms.weight_grams or 0) * one.quantity for one in wanted),
        lead_minutes=max((one.terms.lead_minutes for one in wanted), default=0),
    )


def _choices(shop: Establishment, request: MemberRequest, at: datetime) -> list[Choice]:
    offers = Offer.objects.filter(variant__product__establishment=shop).order_by(
        "variant__product__sort_key", "variant__position", "pk"
    )
    keys = list(offers.values_list("pk", flat=True)[:MOST_OFFERS])
    terms = terms_of(keys, at=at)
    found = [terms[key] for key in keys if key in terms and terms[key].is_orderable]
    return [Choice(one, _count(request.POST.get(f"o{one.offer_id}", ""))) for one in found]


def _count(typed: str) -> int:
    return min(int(typed[:9]), MOST_EACH) if typed.strip().isdecimal() else 0


def _place(
    request: MemberRequest,
    shop: Establishment,
    form: CallerForm,
    wanted: list[Choice],
    at: datetime,
) -> HttpResponse | None:
    """Place the order once; what stops it is told on the form, and nothing is lost."""
    said, by, way = form.cleaned_data, actor_of(request), form.way
    assert way is not None  # noqa: S101 - looked at before
    begins = datetime.fromisoformat(said["slot"]) if said["slot"] else None
    address = form.address() if form.is_brought else {}
    parts: list[int] = []
    awaited: list[Order] = []
    order = PhoneOrder(
        who=Who(said["name"], said["email"], said["phone"], address, form.business()),
        lines={one.terms.offer_id: one.quantity for one in wanted},
        ways={shop.pk: WayWish(way.key, begins, said["note"])},
        declarations=Declarations(
            terms=request.POST.get("terms") == "on", age=request.POST.get("age") == "on"
        ),
    )

    def act() -> None:
        made = place_phone_order(
            order, portal=request.portal, typist=member_of(request), by=by, at=at
        )
        awaited.append(made)
        placed = made.merchant_orders.filter(establishment=shop, state=MerchantOrderState.PLACED)
        for part in placed:
            accept(part, by=by, at=at)
            parts.append(part.pk)

    tap = Tap(key_of(request), shop, "phone_order", said["phone"])
    try:
        act_once(tap, act, at=at)
    except ChalandiseError as error:
        form.add_error(None, _why(error))
        return None
    if awaited and awaited[0].expires_at is not None:
        messages.success(request, _say_awaited(awaited[0], shop))
        return redirect("counter:board", shop.slug)
    done = _("The order of %(name)s is taken down, and accepted.") % {"name": said["name"]}
    messages.success(request, done)
    if parts:
        return redirect("counter:phone_slip", shop.slug, parts[0])
    return redirect("counter:board", shop.slug)


def _say_awaited(order: Order, shop: Establishment) -> str:
    """Say that a link to pay is on its way, and until when it waits."""
    until = (order.expires_at or order.placed_at).astimezone(ZoneInfo(shop.timezone))
    return _(
        "Order %(number)s is taken down. The link to pay has left for %(email)s: it is kept until"
        " %(day)s, %(time)s, and comes onto your board once it is paid."
    ) % {
        "number": order.number,
        "email": order.customer_email,
        "day": calendar_day(until.date(), "weekday"),
        "time": clock(until.time()),
    }


def _why(error: ChalandiseError) -> str:
    match error:
        case DeclarationMissingError():
            return _("Read it out to the customer first, and tick what they agreed to.")
        case SlotFullError() | SlotGoneError() | WayGoneError():
            return _("This time is no longer possible for these goods. Choose another one.")
        case TermsChangedError() | NotOrderableError():
            return _("Something is short or has changed. Look at the quantities once more.")
        case NoEmailError():
            return _("It is paid online: the link to pay leaves for this address.")
        case PaysOnlineOnlyError():
            return _("Something in it is paid online only: the customer orders it on the site.")
        case _:
            return _("It could not be taken down, and nothing was kept. Try once more.")
