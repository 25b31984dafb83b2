"""Scenes of money: paid or not, given back, disputed, withdrawn, declared."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.clock import moment
from tests.factories import bank, catalogue, logistics, market, payments
from tests.factories.fulfilment import MERCHANT
from tests.factories.settlements import sale
from tests.messaging.letters import Facts, Freeze, Post, scene

from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.disputing import end_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.paying_out import pay_out, send_payout_back
from chalandise.bank.models import BankAccount, BankPayout
from chalandise.bank.states import FaultKind
from chalandise.catalogue.actions import save_seller_profile
from chalandise.catalogue.models import SellerProfile
from chalandise.catalogue.states import VatRegime
from chalandise.journal.states import Actor
from chalandise.kernel.money import euros
from chalandise.messaging.paper_mails import QUIET, tell_of_documents
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.refund_turns import say_sent, turn_refund_clock
from chalandise.ordering.actions.serving import accept_merchant_order, complete_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, contest_withdrawal
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.payments.actions.accounts import refresh_account
from chalandise.payments.actions.refunding import Cause, refund_payment
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.actions.settling import settle
from chalandise.payments.actions.visiting import continue_visit
from chalandise.payments.actions.watching import compare_books
from chalandise.payments.models import Payment
from chalandise.portals.models import Portal
from chalandise.settlements.actions.diligence import check_sellers, tell_sellers_of_year
from chalandise.settlements.actions.rates import change_commission
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.actions.thresholds import warn_of_thresholds
from chalandise.settlements.facts import SoldLine
from chalandise.settlements.models import Invoice

NOW = market.NOW
BAKERY = "Au Pain de Chanvre"


def paid_at_the_bank(cast: Cast, card: str = bank.AT_ONCE) -> Payment:
    """Nadia pays two loaves by card."""
    bread = market.shop(cast.bakery)
    visit = payments.visit(market.ordered(cast.lot, (bread.offers[0], 2), pays="online"), at=NOW)
    payments.pay(visit, card, at=NOW)
    continue_visit(visit, at=NOW)
    return Payment.objects.select_related("merchant_order__order").get()


@scene("order_unpaid")
def nobody_pays(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    bread = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bread.offers[0], 2), pays="online")
    expire_unpaid(at=NOW + timedelta(days=2))
    loaf = order.merchant_orders.get().lines.get().product_name
    return {"order_unpaid": [BAKERY, f"2 × {loaf}", "9,00 €", order.token]}


@scene("order_to_pay")
def somebody_telephones_and_pays_by_the_link(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    bread = market.shop(cast.bakery)
    logistics.parcel(cast.bakery)
    payments.merchant_account(cast.bakery, at=NOW)
    said = {
        "name": "Lucile Rivière",
        "phone": "05 65 00 00 09",
        "email": "lucile@exemple.test",
        "street": "3 chemin du Moulin",
        "postal_code": "46000",
        "city": "Cahors",
        "means": "shipping",
        f"o{bread.offers[0].pk}": "2",
    }
    claire, form = Client(), reverse("counter:phone_order", args=[cast.bakery.slug])
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    total = claire.post(form, {**said, "do": "check"}).context["total_cents"]
    agreed = {"do": "place", "seen": str(total), "terms": "on", "age": "on"}
    claire.post(form, {**said, **agreed, "key": str(uuid.uuid4())})
    return {"order_to_pay": [BAKERY, euros(total), Order.objects.get().token]}


@scene("order_refunded", "document_issued")
def a_part_is_given_back(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    payment = paid_at_the_bank(cast)
    post()
    given = refund_payment(
        payment, amount_cents=100, cause=Cause("gesture:0", "gesture"), by=MERCHANT, at=NOW
    )
    send_refund(given.pk, at=NOW)
    post()
    for _again in range(2):
        tell_of_documents(at=NOW + QUIET)
    order = payment.merchant_order.order
    papers = Invoice.objects.order_by("pk")
    assert papers.count() == 2, "an invoice and a credit note"
    return {
        "order_refunded": [BAKERY, order.number, "1,00 €", "9,00 €", "8,00 €", order.token],
        "document_issued": [
            *(one.number for one in papers),
            *(f"/commande/suivi/{order.token}/factures/{one.pk}.pdf" for one in papers),
        ],
    }


@scene("refund_delayed")
def a_merchant_has_no_balance_for_a_refund(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    payment = paid_at_the_bank(cast)
    given = refund_payment(
        payment, amount_cents=450, cause=Cause("k", "gesture"), by=MERCHANT, at=NOW
    )
    script_fault(FaultKind.NO_BALANCE)
    send_refund(given.pk, at=NOW)
    return {"refund_delayed": [payment.merchant_order.number, "4,50 €"]}


@scene("payment_disputed", "dispute_ended")
def a_cardholder_disputes(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    payment = paid_at_the_bank(cast, bank.DISPUTED)
    post()
    end_dispute(payment.provider_reference, is_won=False, at=NOW)
    settle(payment.pk, at=NOW)
    about = [payment.merchant_order.number, "9,00 €"]
    return {"payment_disputed": about, "dispute_ended": about}


@scene("payout_came_back")
def a_payout_comes_back(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    payment = paid_at_the_bank(cast)
    left = NOW + timedelta(days=1)
    pay_out(at=left)
    compare_books(since=NOW - timedelta(days=1), at=left)
    send_payout_back(BankPayout.objects.get(), at=left)
    for _again in range(2):
        compare_books(since=NOW - timedelta(days=1), at=left)
    about = payment.merchant_order.organisation.name
    return {"payout_came_back": [about, "9,00 €", f"/comptoir/{cast.bakery.slug}/"]}


@scene("payout_account_changed")
def payouts_go_elsewhere(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    account = refresh_account(payments.merchant_account(cast.bakery, at=NOW), at=NOW)
    verify_account(BankAccount.objects.get(), iban="FR76 9999", at=NOW)
    refresh_account(account, at=NOW)
    return {"payout_account_changed": [account.organisation.name]}


def withdrawn(cast: Cast, *, pays: str = "online") -> Withdrawal:
    """Nadia gives up a book that was brought to her."""
    books = market.shop(cast.bookshop, category="livres")
    logistics.zone(cast.bookshop)
    order = market.ordered(
        cast.lot, (books.offers[0], 2), pays=pays, kinds={cast.bookshop.pk: "delivery"}
    )
    part = order.merchant_orders.get()
    if pays == "online":
        mark_paid(part.pk, at=NOW)
    part.refresh_from_db()
    accept_merchant_order(part, by=MERCHANT, at=NOW)
    complete_merchant_order(part, by=MERCHANT, at=moment("2026-12-01 10:00"))
    MerchantOrder.objects.filter(pk=part.pk).update(paid_at=NOW)
    line, at = part.lines.get(), moment("2026-12-03 10:00")
    who = {"name": "Nadia Cabas", "email": "nadia@exemple.test"}
    return confirm_withdrawal(part.order, {line.pk: 1}, at=at, **who)[0]


def turn_every_day(first: int, last: int) -> None:
    """Let the refund clock run on these days of December."""
    for day in range(first, last + 1):
        turn_refund_clock(at=moment(f"2026-12-{day} 06:00"))


@scene(
    "withdrawal_acknowledged",
    "withdrawal_received",
    "refund_near",
    "refund_waiting",
    "withdrawal_contested",
)
def a_withdrawal_is_waited_for_and_contested(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    freeze("2026-12-03 10:00")
    made = withdrawn(cast)
    post()
    turn_every_day(13, 18)
    post()
    contest_withdrawal(made, answer="Le livre est taché.", by=MERCHANT, at=made.confirmed_at)
    post()
    part, line = made.merchant_order, made.merchant_order.lines.get()
    receipt = f"http://localhost:8000{reverse('storefront:withdrawn', args=[made.token])}"
    return {
        "withdrawal_acknowledged": [part.order.number, line.product_name, "4,50 €", receipt],
        "withdrawal_received": [
            *("Nadia Cabas", part.order.number, f"1 × {line.product_name}", "4,50 €"),
            *(
                "17 décembre 2026",
                "3 décembre",
                f"/comptoir/{cast.bookshop.slug}/commandes/retours/",
            ),
        ],
        "refund_near": ["4,50 €", "17 décembre", "Nadia Cabas"],
        "refund_waiting": ["Le Livre d’Olt", receipt],
        "withdrawal_contested": ["Le Livre d’Olt", "Le livre est taché.", made.number, receipt],
    }


@scene("withdrawal_sent", "refund_by_hand")
def goods_come_back_that_were_paid_at_the_door(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    freeze("2026-12-08 18:00")
    made = withdrawn(cast, pays="on_collection")
    sent = {"sent_on": date(2026, 12, 8), "tracking": "6A 123"}
    say_sent(made, by=MERCHANT, at=moment("2026-12-08 18:00"), **sent)
    post()
    turn_every_day(13, 18)
    return {
        "withdrawal_sent": [made.number, "6A 123", "mardi 8 décembre", "jeudi 17 décembre"],
        "refund_by_hand": ["Nadia Cabas", "4,50 €"],
    }


@scene("withdrawal_code")
def a_guest_asks_to_withdraw(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    bread = market.shop(cast.bakery)
    order = market.ordered(cast.lot, (bread.offers[0], 1))
    given = {"number": order.number, "email": order.customer_email}
    answer = Client().post(reverse("storefront:withdraw"), given)
    assert answer.status_code == 302, "the page of the code comes"
    return {"withdrawal_code": [order.number, "http://localhost:8000/retractation/"]}


@scene("tax_data_asked", "tax_data_held", "tax_data_given", "tax_year")
def the_tax_office_wants_to_know(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    market.shop(cast.bakery)
    organisation = cast.bakery.organisation
    assert organisation is not None, "the bakery has an organisation"
    SellerProfile.objects.update(address="1 rue du Marché")
    first = freeze("2026-03-02 06:00")
    for day in (0, 20, 40, 60):
        check_sellers(at=first + timedelta(days=day))
        post()
    address = {"address": "1 rue du Marché\n46000 Cahors"}
    save_seller_profile(organisation, address, by=catalogue.BY, at=first + timedelta(days=61))
    post()
    post()
    line = SoldLine("1", "Fournil", 1, 3_000_00, 550)  # type: ignore[arg-type]
    record_sale(sale(organisation, line, at=first), source="payment:1", at=first)
    assert tell_sellers_of_year(year=2026, at=first) == 1
    selling = f"/comptoir/{cast.bakery.slug}/"
    return {
        "tax_data_asked": [organisation.name, selling],
        "tax_data_held": [organisation.name, selling],
        "tax_data_given": [organisation.name],
        "tax_year": [organisation.name, "2026", "annee-2026.pdf"],
    }


@scene("vat_threshold")
def a_seller_without_vat_sells_a_lot(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    organisation = cast.bakery.organisation
    assert organisation is not None, "the bakery has an organisation"
    catalogue.seller(organisation, vat_regime=VatRegime.FRANCHISE, vat_number="")
    at = freeze("2026-11-20 06:00")
    line = SoldLine("1", "Fournil", 1, 86_000_00, 0)  # type: ignore[arg-type]
    told = sale(organisation, line, at=at, is_franchise=True, mandatary="")
    record_sale(told, source="a", at=at)
    for _again in range(2):
        warn_of_thresholds(at=at)
    return {"vat_threshold": [organisation.name, euros(86_000_00), euros(85_000_00), "2026"]}


@scene("commission_announced")
def the_operator_will_take_more(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    market.shop(cast.bakery)
    organisation = cast.bakery.organisation
    assert organisation is not None, "the bakery has an organisation"
    portal = Portal.objects.get(pk=cast.lot.pk)
    change_commission(portal, 250, by=Actor.system("test"), at=freeze("2026-11-23 10:00"))
    return {"commission_announced": [organisation.name, "9 décembre 2026", "2,5\u00a0%"]}


@scene("commission_withdrawn")
def the_operator_thinks_better_of_it(cast: Cast, post: Post, freeze: Freeze) -> Facts:
    told = the_operator_will_take_more(cast, post, freeze)["commission_announced"]
    post()
    portal = Portal.objects.get(pk=cast.lot.pk)
    change_commission(portal, 0, by=Actor.system("test"), at=moment("2026-11-24 10:00"))
    return {"commission_withdrawn": told}
