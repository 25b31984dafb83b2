"""An order by telephone, typed by the merchant: what, for when, for whom, read back, placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import phonenumbers
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.catalogue.models import Offer
from chalandise.catalogue.queries.terms import terms_of
from chalandise.catalogue.terms import OfferTerms
from chalandise.counter.doors import actor_of, member_of, shop_page
from chalandise.counter.hours import today_of
from chalandise.counter.taps import key_of, new_key
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.actions.tapping import Tap, act_once
from chalandise.fulfilment.queries.boards import counts
from chalandise.kernel.errors import ChalandiseError
from chalandise.logistics.errors import SlotFullError, SlotGoneError
from chalandise.logistics.queries.ways import slots_of, ways_of
from chalandise.logistics.values import Slot, Way
from chalandise.ordering.actions.checkout import WayWish, Who
from chalandise.ordering.actions.phoning import PhoneOrder, place_phone_order
from chalandise.ordering.actions.placing import Declarations
from chalandise.ordering.errors import (
    DeclarationMissingError,
    NotOrderableError,
    PaysOnlineOnlyError,
    TermsChangedError,
    WayGoneError,
)
from chalandise.ordering.states import WayKind
from chalandise.web.formatting import calendar_day, clock
from chalandise.web.request import MemberRequest

MOST_OFFERS = 200
MOST_EACH = 99
DAYS = 7


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


class CallerForm(forms.Form):
    """Who is on the telephone, and when they come."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The confirmation goes there, if they have one."),
    )
    slot = forms.ChoiceField(label=gettext_lazy("When do they come?"))
    note = forms.CharField(label=gettext_lazy("A note"), required=False, max_length=300)

    def __init__(self, slots: Sequence[tuple[str, object]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """Read a number as it is dialled in France."""
        try:
            number = phonenumbers.parse(self.cleaned_data["phone"], "FR")
        except phonenumbers.NumberParseException as error:
            raise forms.ValidationError(_("This number cannot be read.")) from error
        if not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(_("This number cannot be read."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@shop_page
def phone_order(request: MemberRequest, shop: Establishment) -> HttpResponse:
    """Take down an order, read it back, place it: to be paid when the customer comes."""
    at = timezone.now()
    choices = _choices(shop, request, at)
    wanted = [one for one in choices if one.quantity]
    way = _way(shop, at)
    form = CallerForm(_slots(shop, way, at), request.POST or None)
    is_read_back = False
    if request.method == "POST":
        if not wanted:
            form.add_error(None, _("Nothing is ordered yet: write how many of each."))
        if form.is_valid() and way is not None:
            is_seen = request.POST.get("seen") == str(sum(one.cents for one in wanted))
            if request.POST.get("do") == "place" and is_seen:
                begins = datetime.fromisoformat(form.cleaned_data["slot"])
                wish = WayWish(way.key, begins, form.cleaned_data["note"])
                placed = _place(request, shop, form, wanted, wish, at)
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
            "way": way,
            "total_cents": sum(one.cents for one in wanted),
            "minimum_age": max((one.terms.minimum_age for one in wanted), default=0),
            "is_read_back": is_read_back,
            "when": _when(form) if is_read_back else "",
            "today": today_of(shop),
            "request_count": counts(shop).new,
            "new_key": new_key,
        },
        status=422 if form.errors else 200,
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
    return min(int(typed), MOST_EACH) if typed.strip().isdecimal() else 0


def _way(shop: Establishment, at: datetime) -> Way | None:
    """Return the shop's own counter, the only way a telephone order takes here."""
    ways = ways_of([shop], at=at)[shop.pk]
    return next((one for one in ways if one.kind == WayKind.PICKUP), None)


def _slots(shop: Establishment, way: Way | None, at: datetime) -> list[tuple[str, object]]:
    if way is None:
        return []
    return [
        (calendar_day(day.on, "weekday"), [_said(one) for one in day.slots])
        for day in slots_of(way.key, shop, at=at, days=DAYS)
    ]


def _when(form: CallerForm) -> str:
    """Say the day and time that were chosen."""
    chosen, groups = form.cleaned_data["slot"], form.fields["slot"].choices  # type: ignore[attr-defined]
    return next(
        (f"{day}, {words}" for day, slots in groups for value, words in slots if value == chosen),
        "",
    )


def _said(slot: Slot) -> tuple[str, str]:
    """Return a slot as a form sends it, and as it is said."""
    begins, ends = clock(slot.starts_at.time()), clock(slot.ends_at.time())
    return slot.starts_at.isoformat(), f"{begins} – {ends}"


def _place(
    request: MemberRequest,
    shop: Establishment,
    form: CallerForm,
    wanted: list[Choice],
    wish: WayWish,
    at: datetime,
) -> HttpResponse | None:
    """Place the order once; what stops it is told on the form, and nothing is lost."""
    said, by = form.cleaned_data, actor_of(request)
    order = PhoneOrder(
        who=Who(name=said["name"], email=said["email"], phone=said["phone"]),
        lines={one.terms.offer_id: one.quantity for one in wanted},
        ways={shop.pk: wish},
        declarations=Declarations(
            terms=request.POST.get("terms") == "on", age=request.POST.get("age") == "on"
        ),
    )

    def act() -> None:
        made = place_phone_order(
            order, portal=request.portal, typist=member_of(request), by=by, at=at
        )
        for part in made.merchant_orders.filter(establishment=shop):
            accept(part, by=by, at=at)

    tap = Tap(key_of(request), shop, "phone_order", said["phone"])
    try:
        act_once(tap, act, at=at)
    except ChalandiseError as error:
        form.add_error(None, _why(error))
        return None
    done = _("The order of %(name)s is taken down, and accepted.") % {"name": said["name"]}
    messages.success(request, done)
    return redirect("counter:board", shop.slug)


def _why(error: ChalandiseError) -> str:
    match error:
        case DeclarationMissingError():
            return _("Read it out to the customer first, and tick what they agreed to.")
        case SlotFullError() | SlotGoneError() | WayGoneError():
            return _("This time is no longer possible for these goods. Choose another one.")
        case TermsChangedError() | NotOrderableError():
            return _("Something is short or has changed. Look at the quantities once more.")
        case PaysOnlineOnlyError():
            return _("Something in it is paid online only: the customer orders it on the site.")
        case _:
            return _("It could not be taken down, and nothing was kept. Try once more.")
