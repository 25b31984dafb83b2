"""The market of the hostile town: one of everything that is sold, kept, given back or argued about.

`open_the_market` comes before the texts are planted, `trade` after: what is ordered copies texts that
are hostile already, as it would.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.cast import Cast
from tests.clock import moment
from tests.factories import bank, catalogue, logistics, market, payments
from tests.factories.fulfilment import CUSTOMER, MERCHANT
from tests.factories.points import brought
from tests.faults.planting import PAYLOAD

from chalandise.catalogue.actions import agree_to_basket, compose_basket
from chalandise.catalogue.models import BasketInvitation, Offer
from chalandise.directory.actions.decisions import (
    Reasons,
    answer_complaint,
    contest_decision,
    explain_decision,
)
from chalandise.directory.states import DecisionGround, DecisionKind
from chalandise.fulfilment.actions.asking import Substitute, choose_offer, report_missing
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.models import Question
from chalandise.journal.models import OutboxEvent
from chalandise.journal.outbox import dispatch
from chalandise.logistics.actions import invite_keeper, shut_point
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, contest_withdrawal
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.visiting import continue_visit

NOW = market.NOW


@dataclass(frozen=True)
class Stalls:
    """What is for sale, and where it can be had."""

    bread: tuple[Offer, ...]
    books: tuple[Offer, ...]
    basket: Offer
    hall: PickupPoint


def open_the_market(cast: Cast) -> Stalls:
    """Let the baker and the bookseller sell, compose a basket, and use every way there is."""
    bread, books = market.shop(cast.bakery, on_hand=40), market.shop(cast.bookshop, on_hand=40)
    hall = logistics.pooled_point(cast.lot)
    logistics.joins(hall, cast.bakery)
    invite_keeper(hall, cast.nadia, by=catalogue.BY, at=NOW)
    logistics.zone(cast.bakery)
    logistics.parcel(cast.bakery)
    parts = {bread.offers[0].pk: 1, books.offers[0].pk: 1}
    made = compose_basket(
        cast.bakery, name="Panier", price_cents=2000, parts=parts, by=catalogue.BY, at=NOW
    )
    agree_to_basket(BasketInvitation.objects.get(product=made), by=catalogue.BY, at=NOW)
    made.state, made.published_at = "published", NOW
    made.save(update_fields=["state", "published_at"])
    return Stalls(bread.offers, books.offers, catalogue.offer_of(made), hall)


@dataclass(frozen=True)
class Traded:
    """What came of it.

    Attributes:
        paid: paid by card, accepted, one thing replaced, invoiced.
        asked: accepted, with a question to the customer.
        refused: declined with a reason.
        withdrawal: contested by its merchant.
        hall: a pooled point that Nadia keeps, closed for a day.
    """

    paid: Order
    asked: MerchantOrder
    refused: MerchantOrder
    withdrawal: Withdrawal
    hall: PickupPoint


def trade(cast: Cast, stalls: Stalls) -> Traded:
    """Order, prepare, ask, refuse, withdraw and contest."""
    paid = market.ordered(cast.lot, (stalls.bread[0], 2), (stalls.basket, 1), pays="online")
    visit = payments.visit(paid, at=NOW)
    payments.pay(visit, bank.AT_ONCE, at=NOW)
    continue_visit(visit, at=NOW)
    _hand_on()
    first = market.part_of(paid, cast.bakery)
    accept(first, by=MERCHANT, at=NOW)
    choose_offer(_ask(first), by=CUSTOMER, at=NOW)
    asked = market.part_of(_on_collection(cast, stalls.bread[1]), cast.bakery)
    accept(asked, by=MERCHANT, at=NOW)
    _ask(asked)
    refused = market.part_of(_on_collection(cast, stalls.bread[2]), cast.bakery)
    refuse(refused, reason=PAYLOAD, by=MERCHANT, at=NOW)
    _keep_at_the_hall(cast, stalls.hall)
    _decide(cast)
    withdrawal = _withdraw(cast, stalls.books[1])
    _hand_on()
    return Traded(paid, asked, refused, withdrawal, stalls.hall)


def _on_collection(cast: Cast, offer: Offer) -> Order:
    return market.ordered(cast.lot, (offer, 2), user=cast.nadia)


def _ask(part: MerchantOrder) -> Question:
    """Offer something else for one piece of the first line."""
    line = part.lines.order_by("position")[0]
    bread = Substitute(PAYLOAD, 100)
    asked = report_missing(line, quantity=1, substitute=bread, word=PAYLOAD, by=MERCHANT, at=NOW)
    assert asked is not None, "the customer is asked"
    return asked


def _keep_at_the_hall(cast: Cast, hall: PickupPoint) -> None:
    opens = moment("2026-11-19 17:00")
    part = brought(cast.lot, cast.bakery, hall, starts_at=opens, at=NOW)
    mark_ready(part, bags=2, by=MERCHANT, at=NOW, place=PAYLOAD)
    shut_point(
        hall,
        starts_at=opens + timedelta(days=1),
        ends_at=opens + timedelta(days=2),
        reason=PAYLOAD,
        by=MERCHANT,
        at=NOW,
    )


def _decide(cast: Cast) -> None:
    reasons = Reasons(PAYLOAD, DecisionGround.LAW)
    kind = DecisionKind.HIDDEN
    taken = explain_decision(cast.bookshop, kind, reasons, portal=cast.lot, by=MERCHANT, at=NOW)
    contest_decision(taken, complaint=PAYLOAD, email="idris@exemple.test", by=MERCHANT, at=NOW)
    answer_complaint(taken, answer=PAYLOAD, is_reversed=False, by=MERCHANT, at=NOW)


def _withdraw(cast: Cast, offer: Offer) -> Withdrawal:
    part = market.part_of(_on_collection(cast, offer), cast.bookshop)
    MerchantOrder.objects.filter(pk=part.pk).update(
        state=MerchantOrderState.COMPLETED, received_at=NOW - timedelta(days=1), paid_at=NOW
    )
    line = part.lines.get()
    made = confirm_withdrawal(
        part.order, {line.pk: 1}, name=PAYLOAD, email="n@exemple.test", at=NOW
    )[0]
    contest_withdrawal(made, answer=PAYLOAD, by=MERCHANT, at=NOW)
    return made


def _hand_on() -> None:
    """Let invoices, letters and the books follow."""
    dispatch(list(OutboxEvent.objects.order_by("pk")))
