"""The third screen: the recap of essentials, and « Commande avec obligation de paiement »."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.catalogue.states import GoodsKind
from chalandise.fulfilment.queries.customers import may_pay_on_collection as is_trusted_to_come
from chalandise.journal.actions import count_attempts
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
from chalandise.ordering.models import Checkout, Order
from chalandise.ordering.queries.checkouts import Preview, preview
from chalandise.ordering.states import Pays
from chalandise.payments.providers.register import pays_all_on_one_page
from chalandise.payments.queries import sells_online
from chalandise.stock.errors import StockBusyError
from chalandise.storefront.buying.bank_visit import to_payment
from chalandise.storefront.buying.cart_cookie import COUNT
from chalandise.storefront.buying.cart_words import said_changes
from chalandise.storefront.buying.checkout import open_checkout, screen
from chalandise.storefront.buying.recap_page import draw_merchant
from chalandise.web.errors import too_many
from chalandise.web.formatting import money, telephone
from chalandise.web.preparing import prepared
from chalandise.web.request import PortalRequest, client_address

SAME_PERSON = Rate(burst=20, period_seconds=3600)

Problem = tuple[str, str]
"""What stops an order: the field that it is about, or blank, and a sentence."""


@prepared
def pay(request: PortalRequest, token: str) -> HttpResponse:
    """Show the recap of essentials and take the order."""
    checkout = open_checkout(request, token, shows_all=True)
    if isinstance(checkout, HttpResponse):
        return checkout
    problems: list[Problem] = []
    try:
        if request.method == "POST":
            done = _order(request, checkout)
            if isinstance(done, HttpResponse):
                return done
            problems = done
        shown = preview(checkout, at=timezone.now())
    except CheckoutIncompleteError as error:
        step = "who" if error.missing == "who" else "how"
        return redirect(f"storefront:checkout_{step}", token=token)
    except EmptyCartError:
        return redirect("storefront:cart")
    status = 422 if problems else 200
    problems = problems or _said(*said_changes(shown.changes))
    return _screen(request, checkout, shown, problems, status=status)


def _count_order(request: PortalRequest, checkout: Checkout) -> None:
    """Let nobody drown a person in letters, or the shops in orders under made-up addresses.

    Raises:
        RateLimitedError: this person or this connection has ordered enough for an hour.
    """
    rates = {f"order:{checkout.customer_email.lower()}": SAME_PERSON}
    if most := int(settings.ORDERS_PER_HOUR):
        own = Rate(burst=most, period_seconds=3600)
        rates[f"orders_from:{client_address(request)}"] = own
    count_attempts(rates, at=timezone.now())


def _order(request: PortalRequest, checkout: Checkout) -> HttpResponse | list[Problem]:
    """Order, and lead on; or return why nothing was ordered."""
    pays = request.POST.get("pays", "")
    try:
        if pays == Pays.ON_COLLECTION and not _is_trusted(checkout):
            raise PaysOnlineOnlyError([])
        _count_order(request, checkout)
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
        return _said(_("This page is from an earlier order. Check it and confirm once more."))
    except TermsChangedError as error:
        sorry = _("Nothing was ordered. Check and confirm again.")
        return _said(*said_changes(error.changes), sorry)
    except DeclarationMissingError as error:
        return _undeclared(error)
    except PaysOnlineOnlyError:
        return _said(_("This order can only be paid online."))
    except (StockBusyError, SlotsBusyError):
        return _said(_("Many people are ordering just now. Nothing was ordered: press once more."))
    return _onward(request, order)


def _onward(request: PortalRequest, order: Order) -> HttpResponse:
    """Lead to the bank, or to the order where nothing waits to be paid online."""
    if order.expires_at is None:
        response: HttpResponse = redirect("storefront:order", token=order.token)
    else:
        response = to_payment(request, order)
    response.delete_cookie(COUNT)  # the basket has become an order
    return response


def _said(*sentences: str) -> list[Problem]:
    """Return sentences that are about no field."""
    return [("", one) for one in sentences]


def _undeclared(error: DeclarationMissingError) -> list[Problem]:
    said = {
        "terms": _("Tick that you accept the terms of sale of the shops."),
        "age": _("Tick that you are at least %(age)s years old.") % {"age": error.minimum_age},
    }
    return [(one, said[one]) for one in error.missing]


def _may_pay_on_collection(checkout: Checkout, shown: Preview) -> bool:
    """Tell whether every shop can take the money, and the customer has not forgotten twice (26)."""
    return (
        bool(shown.parts)
        and all(may_pay_on_collection(one) for one in shown.parts)
        and _is_trusted(checkout)
    )


def _is_trusted(checkout: Checkout) -> bool:
    email, phone = checkout.customer_email, checkout.customer_phone
    return is_trusted_to_come(email, phone, at=timezone.now())


def _seen(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _screen(
    request: PortalRequest,
    checkout: Checkout,
    shown: Preview,
    problems: list[Problem],
    *,
    status: int = 200,
) -> HttpResponse:
    on_collection = _may_pay_on_collection(checkout, shown)
    sellers = [one.part.establishment.organisation_id for one in shown.parts]
    known = [pk for pk in sellers if pk is not None]
    online = bool(sellers) and set(sellers) <= sells_online(known, at=timezone.now())
    recap, stored = shown.recap, shown.recap.as_json()
    said = request.POST.get("pays", Pays.ONLINE if online else Pays.ON_COLLECTION)
    phone, firm = recap.customer["phone"], recap.customer.get("business", {})
    return screen(
        request,
        "pay",
        same={
            "has_alcohol": recap.has_alcohol,
            "has_goods": any(
                line.goods_kind == GoodsKind.GOODS for one in recap.merchants for line in one.lines
            ),
            "may_pay_on_collection": on_collection,
            "may_pay_online": online,
            "one_page": pays_all_on_one_page(),
            "may_order": bool(shown.parts) and not shown.changes and (on_collection or online),
            "pays": said if said in Pays.values else "",
            "age": recap.minimum_age,
            "days": recap.withdrawal_days,
            "has_age": bool(request.POST.get("age")),
            "has_terms": bool(request.POST.get("terms")),
            "wrong": tuple(field for field, _sentence in problems if field),
        },
        own={
            "token": checkout.form_token,
            "total_cents": str(recap.total_cents),
            "digest": recap.digest,
            "problems": problems,
            "name": recap.customer["name"],
            "email": recap.customer["email"],
            "phone": telephone(phone) if phone else "",
            "firm": firm.get("name", ""),
            "siren": firm.get("siren", ""),
            "merchants": [
                draw_merchant(one, plan.part.establishment.slug)
                for one, plan in zip(stored["merchants"], shown.parts, strict=True)
            ],
            "total": money(recap.total_cents),
        },
        status=status,
    )
