"""The checkout in three screens: who, how for each merchant, pay. Everything works without script."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chalandise.kernel.errors import NotFoundError
from chalandise.logistics.errors import SlotFullError, SlotGoneError, SlotsBusyError
from chalandise.ordering.actions.checkout import choose_ways, say_who, start_checkout
from chalandise.ordering.errors import (
    CheckoutIncompleteError,
    EmptyCartError,
    TermsChangedError,
    WayGoneError,
)
from chalandise.ordering.models import Checkout, Order
from chalandise.ordering.queries.checkouts import get_checkout, get_whole_checkout
from chalandise.stock.errors import StockBusyError
from chalandise.storefront.buying.cart_cookie import cart_of, person_of
from chalandise.storefront.buying.cart_words import said_changes
from chalandise.storefront.buying.round_choices import rounds_of
from chalandise.storefront.buying.round_page import draw_rounds
from chalandise.storefront.buying.way_choices import merchant_choices, wishes_of
from chalandise.storefront.buying.way_page import draw_choices
from chalandise.storefront.buying.who_form import WhoForm
from chalandise.web.doors import found_or_404
from chalandise.web.form_token import form_token
from chalandise.web.formatting import calendar_day, clock, typed_telephone
from chalandise.web.moulds import Made, Own
from chalandise.web.pages import render_page
from chalandise.web.preparing import prepared
from chalandise.web.request import PortalRequest

STEPS = ("who", "how", "pay")


@require_POST
@prepared
def begin(request: PortalRequest) -> HttpResponse:
    """Set the goods aside and ask who orders."""
    mine = cart_of(request)
    if mine is None:
        return redirect("storefront:cart")
    try:
        checkout = start_checkout(
            mine, portal=request.portal, at=timezone.now(), user=person_of(request)
        )
    except EmptyCartError:
        return redirect("storefront:cart")
    except TermsChangedError as error:
        return _sorry(request, said_changes(error.changes))
    except StockBusyError:
        return _sorry(request, [_("Many people are ordering the same thing just now. Try again.")])
    return redirect("storefront:checkout_who", token=checkout.form_token)


@prepared
def who(request: PortalRequest, token: str) -> HttpResponse:
    """First screen: name, e-mail, and an address for what is delivered."""
    checkout = open_checkout(request, token)
    if isinstance(checkout, HttpResponse):
        return checkout
    if request.method != "POST":
        return screen(
            request,
            "who",
            same={
                "has_address": bool(checkout.address),
                "is_business": bool(checkout.business),
            },
            own=_known(request, checkout),
            made=_blank_form,
        )
    form = WhoForm(request.POST)
    if form.is_valid():
        say_who(checkout, form.who(), at=timezone.now())
        return redirect("storefront:checkout_how", token=token)
    return _typed_again(request, checkout, form)


def _blank_form(known: Mapping[str, object]) -> dict[str, object]:
    return {"form": WhoForm(initial=dict(known))}


def _typed_again(request: PortalRequest, checkout: Checkout, form: WhoForm) -> HttpResponse:
    """Show what was typed with what is wrong about it."""
    has_address = bool(checkout.address) or form.has_address_errors
    context = {"form": form, "has_address": has_address, **_same_on("who")}
    response = render(request, "storefront/checkout/who.html", context, status=422)
    response["Referrer-Policy"] = "same-origin"
    return response


@prepared
def how(request: PortalRequest, token: str) -> HttpResponse:
    """Second screen: at each merchant, how and when."""
    checkout = open_checkout(request, token, shows_all=True)
    if isinstance(checkout, HttpResponse):
        return checkout
    if not checkout.customer_name:
        return redirect("storefront:checkout_who", token=token)
    problems: dict[int, str] = {}
    taken, at = request.POST.get("round", ""), timezone.now()
    if request.method == "POST" and not taken:
        problems = _choose(checkout, request)
        if not problems:
            return redirect("storefront:checkout_pay", token=token)
    said = request.POST.dict() if request.method == "POST" else {}
    choices = merchant_choices(checkout, said, problems, at=at)
    rounds = rounds_of(choices, at=at)
    filled = next((one.fields for one in rounds if one.on.isoformat() == taken), {})
    has_lost_round = bool(taken) and not filled
    if filled:
        choices = merchant_choices(checkout, said | filled, problems, at=at)
    wrong = [one for one in choices if one.problem]
    return screen(
        request,
        "how",
        same={"has_problems": bool(problems), "has_lost_round": has_lost_round},
        own={
            "token": checkout.form_token,
            "busy": problems.get(0, ""),
            "problems": [(str(one.shop.pk), one.shop.name, one.problem) for one in wrong],
            "rounds": draw_rounds(rounds, taken, portal=request.portal, at=at),
            "shops": [draw_choices(one, checkout.form_token) for one in choices],
        },
        status=422 if problems else 409 if has_lost_round else 200,
    )


def _choose(checkout: Checkout, request: PortalRequest) -> dict[int, str]:
    """Hold what was chosen; return what is wrong, by establishment (0: with the whole)."""
    try:
        choose_ways(checkout, wishes_of(request.POST.dict()), at=timezone.now())
    except CheckoutIncompleteError as error:
        said = {
            "way": _("Choose how to get your things."),
            "slot": _("Choose a day and a time."),
            "address": _("Go back one step to give the address of the delivery."),
        }
        return dict.fromkeys(error.establishment_ids, said.get(error.missing, said["way"]))
    except WayGoneError as error:
        gone = _("This way is no longer offered. Choose another one.")
        return dict.fromkeys(error.establishment_ids, gone)
    except SlotFullError as error:
        taken = _("The last place of this time has just been taken.")
        return {error.choice.establishment_id: f"{taken} {_instead(error)}"}
    except SlotGoneError as error:
        gone = _("This time is no longer offered.")
        return {error.choice.establishment_id: f"{gone} {_instead(error)}"}
    except SlotsBusyError:
        return {0: _("Many people are choosing just now. Send the page again: nothing is lost.")}
    return {}


def _instead(error: SlotFullError | SlotGoneError) -> str:
    """Say which times are the nearest, each with its day: tomorrow may be nearer than tonight."""
    if not error.next_slots:
        return _("Choose another way, or another day.")
    days = [
        f"{calendar_day(on, 'weekday')}, {', '.join(clock(one.starts_at.time()) for one in some)}"
        for on, some in groupby(error.next_slots, key=lambda slot: slot.starts_at.date())
    ]
    return _("The nearest: %(times)s.") % {"times": " · ".join(days)}


def open_checkout(
    request: PortalRequest, token: str, *, shows_all: bool = False
) -> Checkout | HttpResponse:
    """Return a checkout under way, or where to go instead: its order, or back to the basket.

    Args:
        request: the visitor's.
        token: which checkout.
        shows_all: whether a page shows what is in it; who changes it reads that under its lock.
    """
    is_shown = shows_all and request.method != "POST"
    checkout = found_or_404(get_whole_checkout if is_shown else get_checkout, token)
    if checkout.placed_at is not None:
        order = Order.objects.filter(checkout_id=checkout.public_id).first()
        if order is not None:
            return redirect("storefront:order", token=order.token)
    if checkout.cart_id is None:
        return redirect("storefront:cart")
    if checkout.expires_at <= timezone.now():
        return _renew(request, checkout)
    return checkout


def _renew(request: PortalRequest, checkout: Checkout) -> Checkout | HttpResponse:
    """Hold the goods once more for somebody who took longer than twenty minutes."""
    cart = checkout.cart
    if cart is None:
        return redirect("storefront:cart")
    try:
        return start_checkout(cart, portal=checkout.portal, at=timezone.now(), user=checkout.user)
    except (EmptyCartError, NotFoundError):
        return redirect("storefront:cart")
    except TermsChangedError as error:
        return _sorry(request, said_changes(error.changes))


def screen(
    request: PortalRequest,
    step: str,
    *,
    same: Mapping[str, Hashable],
    own: Mapping[str, Own],
    made: Made | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with one of the three screens; its address is a secret that no other site learns."""
    response = render_page(
        request,
        f"storefront/checkout/{step}.html",
        same={**_same_on(step), **same},
        own={"csrf_token": form_token(request), **own},
        made=made,
        status=status,
    )
    response["Referrer-Policy"] = "same-origin"
    return response


def _same_on(step: str) -> dict[str, Hashable]:
    return {"noindex": True, "steps": _steps(step)}


def _steps(current: str) -> tuple[tuple[str, str], ...]:
    labels = {"who": _("You"), "how": _("Collecting or delivery"), "pay": _("Payment")}
    now = STEPS.index(current)
    return tuple(
        (labels[step], "is-done" if n < now else "is-now" if n == now else "")
        for n, step in enumerate(STEPS)
    )


def _known(request: PortalRequest, checkout: Checkout) -> dict[str, str]:
    person = person_of(request)
    address, firm = checkout.address, checkout.business
    return {
        "name": checkout.customer_name or (person.name if person else ""),
        "email": checkout.customer_email or (person.email if person else ""),
        "phone": typed_telephone(checkout.customer_phone or (person.phone if person else "")),
        "street": address.get("street", ""),
        "complement": address.get("complement", ""),
        "postal_code": address.get("postal_code", ""),
        "city": address.get("commune_name", ""),
        "company": firm.get("name", ""),
        "siren": firm.get("siren", ""),
        "vat_number": firm.get("vat_number", ""),
        "company_address": firm.get("address", ""),
    }


def _sorry(request: PortalRequest, sentences: list[str]) -> HttpResponse:
    context = {"sentences": sentences, "noindex": True}
    return render(request, "storefront/checkout/sorry.html", context, status=409)
