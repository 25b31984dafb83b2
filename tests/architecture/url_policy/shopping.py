"""Who may open the pages of products, basket, checkout and orders; see `__init__.py`."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from tests.architecture.url_policy.rules import ANYONE, Rule
from tests.cast import Cast
from tests.factories import catalogue, market
from tests.factories.fulfilment import MERCHANT, accepted
from tests.factories.orders import order_at
from tests.factories.settlements import sale

from chalandise.bank.actions.accounts import open_account
from chalandise.bank.actions.sessions import ChargeWish, open_session
from chalandise.bank.models import BankAccount, BankSession
from chalandise.catalogue.models import Product
from chalandise.fulfilment.actions.asking import Substitute, report_missing
from chalandise.ordering.actions.checkout import say_who
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.errors import CheckoutIncompleteError
from chalandise.ordering.models import Checkout, MerchantOrder, Order, Withdrawal
from chalandise.ordering.states import MerchantOrderState
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import Invoice
from chalandise.storefront.following.withdrawal_keys import to_code, to_form


def _product(cast: Cast) -> Product:
    return catalogue.product(cast.bakery, "Tourte de seigle")


def _seller(cast: Cast) -> object:
    assert cast.bakery.organisation is not None
    return catalogue.seller(cast.bakery.organisation)


def _checkout(cast: Cast) -> Checkout:
    """A checkout at the button; before the choice of a time where the shop has no readable hours."""
    shop = market.shop(cast.bakery)
    at = timezone.now()
    try:
        return market.checked_out(cast.lot, (shop.offers[0], 1), at=at)
    except CheckoutIncompleteError:
        checkout = market.started(cast.lot, (shop.offers[0], 1), at=at)
        say_who(checkout, market.NADIA, at=at)
        return checkout


def _secret(_cast: Cast, checkout: Checkout) -> dict[str, object]:
    return {"token": checkout.form_token}


def _order(cast: Cast) -> Order:
    order = order_at(cast.lot, cast.bakery)
    Order.objects.filter(pk=order.pk).update(recap={"merchants": [RECAP]})
    return order


def _accepted(cast: Cast) -> MerchantOrder:
    return accepted(cast.lot, cast.bakery)


def _link_of_part(_cast: Cast, part: MerchantOrder) -> dict[str, object]:
    return {"token": part.order.token, "part_id": part.pk}


def _question(cast: Cast) -> object:
    line = accepted(cast.lot, cast.bakery).lines.get(position=1)
    soap = Substitute("Savon", 100)
    return report_missing(line, quantity=1, substitute=soap, by=MERCHANT, at=timezone.now())


def _link(_cast: Cast, order: Order) -> dict[str, object]:
    return {"token": order.token}


def _withdrawal(cast: Cast) -> Withdrawal:
    order = order_at(cast.lot, cast.bakery, state=MerchantOrderState.PLACED)
    line = order.merchant_orders.get().lines.all()[0]
    at = timezone.now()
    return confirm_withdrawal(order, {line.pk: 1}, name="Nadia", email="n@exemple.test", at=at)[0]


def _errand(cast: Cast) -> Order:
    order = order_at(cast.lot, cast.bakery, state=MerchantOrderState.ACCEPTED)
    soon = timezone.now() + timedelta(hours=3)
    order.merchant_orders.update(starts_at=soon, ends_at=soon + timedelta(minutes=30))
    return order


def _invoiced(cast: Cast) -> Order:
    order = order_at(cast.lot, cast.bakery)
    assert cast.bakery.organisation is not None
    told = sale(
        cast.bakery.organisation, at=timezone.now(), reference=order.merchant_orders.get().number
    )
    record_sale(told, source=f"payment:{order.pk}", at=timezone.now())
    return order


def _paid(cast: Cast) -> Order:
    order = _invoiced(cast)
    order.merchant_orders.update(paid_at=timezone.now())
    return order


def _account(_cast: Cast) -> BankAccount:
    at = timezone.now()
    return open_account("Au fournil", email="claire@exemple.test", metadata={}, at=at)


def _session(cast: Cast) -> BankSession:
    account = _account(cast)
    BankAccount.objects.update(is_ready=True)
    at = timezone.now()
    return open_session(
        [ChargeWish(account.reference, 450)],
        return_url="/",
        cancel_url="/",
        expires_at=at + timedelta(minutes=30),
        at=at,
    )


def _token(_cast: Cast, made: Any) -> dict[str, object]:
    return {"token": made.token}


RECAP = {
    "establishment": "Au fournil",
    "seller": {},
    "way": {"kind": "pickup", "label": "Retrait", "address": ""},
    "starts_at": "",
    "ends_at": "",
    "promised_on": "2026-11-24",
    "gathered_by": "",
    "lines": [],
    "vat": [],
}

RULES: dict[str, Rule] = {
    "storefront:products": Rule(ANYONE),
    "storefront:sitemap_products": Rule(
        ANYONE, make=_product, given=lambda _cast, _made: {"number": 1}
    ),
    "storefront:product": Rule(ANYONE, make=_product, given=lambda _cast, one: {"slug": one.slug}),
    "storefront:shop_terms": Rule(
        ANYONE, make=_seller, given=lambda cast, _seller: {"slug": cast.bakery.slug}
    ),
    "storefront:guarantee": Rule(ANYONE),
    "storefront:withdraw": Rule(ANYONE),
    "storefront:withdraw_from": Rule(ANYONE, make=_order, given=_link),
    "storefront:tour": Rule(ANYONE, make=_order, given=_link),
    "storefront:tour_calendar": Rule(ANYONE, make=_errand, given=_link),
    "storefront:order_invoice": Rule(
        ANYONE,
        make=_invoiced,
        given=lambda _cast, order: {
            "token": order.token,
            "invoice_id": Invoice.objects.latest("pk").pk,
        },
    ),
    "storefront:withdraw_form": Rule(
        ANYONE, make=_order, given=lambda _cast, order: {"key": to_form(order).split("/")[-2]}
    ),
    "storefront:withdraw_code": Rule(
        ANYONE, make=_order, given=lambda _cast, order: {"key": to_code(order).split("/")[-2]}
    ),
    "storefront:withdrawn": Rule(ANYONE, make=_withdrawal, given=_token),
    "storefront:acknowledgement": Rule(ANYONE, make=_withdrawal, given=_token),
    "storefront:contract": Rule(ANYONE, make=_order, given=_link),
    "storefront:receipt": Rule(
        ANYONE,
        make=_paid,
        given=lambda _cast, order: {
            "token": order.token,
            "part_id": order.merchant_orders.get().pk,
        },
    ),
    "storefront:sent_back": Rule(ANYONE, make=_withdrawal, given=_token, method="post"),
    "storefront:cart": Rule(ANYONE),
    "storefront:add_to_cart": Rule(ANYONE, method="post", data=lambda _cast: {"offer": "1"}),
    "storefront:accept_cart": Rule(ANYONE, method="post"),
    "storefront:change_cart": Rule(
        ANYONE, method="post", given=lambda _cast: {"line_id": 1}, absent=False
    ),
    "storefront:checkout": Rule(ANYONE, method="post"),
    "storefront:checkout_who": Rule(ANYONE, make=_checkout, given=_secret),
    "storefront:checkout_how": Rule(ANYONE, make=_checkout, given=_secret),
    "storefront:checkout_pay": Rule(ANYONE, make=_checkout, given=_secret),
    "storefront:order": Rule(ANYONE, make=_order, given=_link),
    "storefront:pay_again": Rule(ANYONE, make=_order, given=_link, method="post"),
    "storefront:order_back": Rule(ANYONE, make=_order, given=_link),
    "storefront:cancel_order": Rule(
        ANYONE,
        make=_order,
        given=lambda _cast, order: {
            "token": order.token,
            "part_id": order.merchant_orders.get().pk,
        },
        method="post",
    ),
    "storefront:order_qr": Rule(ANYONE, make=_accepted, given=_link_of_part),
    "storefront:move_slot": Rule(ANYONE, make=_accepted, given=_link_of_part),
    "storefront:late": Rule(ANYONE, make=_accepted, given=_link_of_part),
    "storefront:question": Rule(ANYONE, make=_question, given=_token),
    # whoever calls must sign the body; without a signature the answer is 400, never a state change
    "storefront:payment_events": Rule(
        ANYONE, method="post", given=lambda _cast: {"provider": "simulated"}
    ),
    "storefront:bank": Rule(ANYONE, make=_session, given=_token),
    "storefront:bank_leave": Rule(ANYONE, make=_session, given=_token, method="post"),
    "storefront:bank_account": Rule(ANYONE, make=_account, given=_token),
}
