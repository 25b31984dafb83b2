"""The third screen: the recap of essentials, and « Commande avec obligation de paiement »."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chalandise.fulfilment.queries.customers import may_pay_on_collection as is_trusted_to_come
from chalandise.journal.actions import count_attempt
from chalandise.kernel.errors import NotFoundError, RateLimitedError
from chalandise.kernel.rate import Rate
from chalandise.logistics.errors import SlotsBusyError
from chalandise.ordering.actions.placing import (
    Declarations,
    may_pay_on_collection,
    place_order,
)
from chalandise.ordering.errors import (
    CheckoutIncompleteError,
    DeclarationMissingError,
    EmptyCartError,
    PaysOnlineOnlyError,
    TermsChangedError,
)
from chalandise.ordering.models import Checkout
from chalandise.ordering.queries.checkouts import Preview, preview
from chalandise.ordering.states import Pays
from chalandise.payments.queries import sells_online
from chalandise.stock.errors import StockBusyError
from chalandise.storefront.bank_visit import to_payment
from chalandise.storefront.cart_cookie import COUNT
from chalandise.storefront.cart_words import said_changes
from chalandise.storefront.checkout import open_checkout, screen
from chalandise.storefront.recap_words import said_merchant
from chalandise.web.errors import too_many
from chalandise.web.request import PortalRequest

SAME_PERSON = Rate(burst=20, period_seconds=3600)


@never_cache
def pay(request: PortalRequest, token: str) -> HttpResponse:
    """Show the recap of essentials and take the order."""
    checkout = open_checkout(request, token)
    if isinstance(checkout, HttpResponse):
        return checkout
    try:
        shown = preview(checkout, at=timezone.now())
    except CheckoutIncompleteError as error:
        step = "who" if error.missing == "who" else "how"
        return redirect(f"storefront:checkout_{step}", token=token)
    except EmptyCartError:
        return redirect("storefront:cart")
    if request.method != "POST":
        return _screen(request, checkout, shown, said_changes(shown.changes))
    return _order(request, checkout, shown)


def _order(request: PortalRequest, checkout: Checkout, shown: Preview) -> HttpResponse:
    pays = request.POST.get("pays", "")
    if pays == Pays.ON_COLLECTION and not _may_pay_on_collection(checkout, shown):
        problems = [_("This order can only be paid online.")]
        return _screen(request, checkout, shown, problems, status=422)
    problems = []
    try:
        # each order writes to an address that the caller made up
        count_attempt(f"order:{checkout.customer_email.lower()}", SAME_PERSON, at=timezone.now())
        order = place_order(
            checkout,
            seen_total_cents=_seen(request.POST.get("total", "")),
            form_token=request.POST.get("form_token", ""),
            declarations=Declarations(
                terms="terms" in request.POST,
                age="age" in request.POST,
                digest=request.POST.get("digest", "")[:64],
            ),
            pays=Pays(pays) if pays in Pays.values else Pays.ONLINE,
            at=timezone.now(),
        )
    except RateLimitedError as error:
        return too_many(request, error.retry_after_seconds)
    except NotFoundError:
        problems = [_("This page is from an earlier order. Check it and confirm once more.")]
    except TermsChangedError as error:
        problems = [
            *said_changes(error.changes),
            _("Nothing was ordered. Check and confirm again."),
        ]
    except DeclarationMissingError as error:
        problems = _undeclared(error)
    except PaysOnlineOnlyError:
        problems = [_("One of the shops cannot take the money on collection: pay online.")]
    except (StockBusyError, SlotsBusyError):
        problems = [_("Many people are ordering just now. Nothing was ordered: press once more.")]
    except (EmptyCartError, CheckoutIncompleteError):
        return redirect("storefront:checkout_how", token=checkout.form_token)
    else:
        response = to_payment(request, order)
        response.delete_cookie(COUNT)  # the basket has become an order
        return response
    fresh = preview(checkout, at=timezone.now())
    return _screen(request, checkout, fresh, problems, status=422)


def _undeclared(error: DeclarationMissingError) -> list[str]:
    said = {
        "terms": _("Tick that you accept the terms of sale of the shops."),
        "age": _("Tick that you are at least %(age)s years old.") % {"age": error.minimum_age},
    }
    return [said[one] for one in error.missing]


def _may_pay_on_collection(checkout: Checkout, shown: Preview) -> bool:
    """Tell whether every shop can take the money, and the customer has not forgotten twice (26)."""
    at = timezone.now()
    return (
        bool(shown.parts)
        and all(may_pay_on_collection(one) for one in shown.parts)
        and is_trusted_to_come(checkout.customer_email, checkout.customer_phone, at=at)
    )


def _seen(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _screen(
    request: PortalRequest,
    checkout: Checkout,
    shown: Preview,
    problems: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    on_collection = _may_pay_on_collection(checkout, shown)
    sellers = [one.part.establishment.organisation_id for one in shown.parts]
    known = [pk for pk in sellers if pk is not None]
    online = bool(sellers) and set(sellers) <= sells_online(known, at=timezone.now())
    context: dict[str, Any] = {
        "recap": shown.recap,
        "merchants": [
            said_merchant(
                asdict(one), reverse("storefront:shop_terms", args=[plan.part.establishment.slug])
            )
            for one, plan in zip(shown.recap.merchants, shown.parts, strict=True)
        ],
        "digest": shown.recap.digest,
        "problems": problems,
        "may_pay_on_collection": on_collection,
        "may_pay_online": online,
        "may_order": bool(shown.parts) and not shown.changes and (on_collection or online),
        "pays": request.POST.get("pays", "online" if online else "on_collection"),
        "ticked": request.POST,
    }
    return screen(request, checkout, "pay", context, status=status)
