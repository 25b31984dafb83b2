"""Killed with ``kill -9`` at any failpoint, a customer who begins again gets what they would have got.

The story goes from the cart over the bank and the counter to a withdrawal and its money, and passes
every failpoint of the product: a new one that it does not pass fails the first test here. It reads
from the database where it stands, as people do who come back and jobs that start again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from tests.cast import Cast
from tests.factories import market, payments
from tests.killing import failpoints, run_and_be_killed
from tests.simulator.invariants import broken_laws

from chalandise.bank.actions.news import deliver_events
from chalandise.bank.models import BankCharge
from chalandise.catalogue.models import Offer
from chalandise.fulfilment.actions.handing import Checks, hand_over
from chalandise.fulfilment.actions.preparing import accept
from chalandise.fulfilment.states import Proof
from chalandise.journal.models import DeadLetter, OutboxEvent, ReaderPlace
from chalandise.journal.outbox import dispatch
from chalandise.journal.states import Actor
from chalandise.kernel.failpoints import traced
from chalandise.logistics.models import SlotCount
from chalandise.ordering.actions.checkout import choose_ways, say_who, start_checkout
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, return_withdrawal
from chalandise.ordering.models import Cart, Checkout, MerchantOrder, Order, Withdrawal
from chalandise.payments.actions.sending import send_refunds
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.payments.actions.watching import watch_payments
from chalandise.payments.errors import NothingToPayError
from chalandise.payments.models import Discrepancy, Refund
from chalandise.payments.queries import order_paid, refunds_to_send
from chalandise.stock.models import StockLevel

# The outbox is read here by a place of its own, whatever runs elsewhere: no turns to be taken.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]
NOW = market.NOW
BY = Actor("merchant", "1", "Idris")
PLENTY = 200


@pytest.fixture(autouse=True)
def that_morning() -> Iterator[None]:
    """Subscribers and mails that read the clock read the story's, on whatever day this runs."""
    with time_machine.travel(NOW, tick=True):
        yield


@dataclass(frozen=True)
class Story:
    """One customer who wants two of each; only keys, as a browser keeps them."""

    cast: Cast
    cart_id: int

    def tell(self) -> None:
        """Go on from where the database says that things stand."""
        order = self._order()
        self._pay(order)
        work(steps=2)
        part = MerchantOrder.objects.get(order=order)
        if part.state == "placed":
            accept(part, by=BY, at=NOW)
        part.refresh_from_db()
        if part.state == "accepted":
            checks = Checks(Proof.CODE, code=part.pickup_code, is_age_checked=True)
            hand_over(part, checks=checks, by=BY, at=NOW)
        self._withdraw(order)
        work(steps=3)

    def _order(self) -> Order:
        known = Order.objects.filter(checkout_id__in=Checkout.objects.values("public_id")).first()
        checkout = Checkout.objects.filter(cart_id=self.cart_id).first()
        if checkout is not None and checkout.placed_at is not None and known is not None:
            return market.place(checkout)  # pressed once more: the answer is the same order
        if known is not None:
            return known
        cart = Cart.objects.get(pk=self.cart_id)
        checkout = start_checkout(cart, portal=self.cast.lot, at=NOW)
        say_who(checkout, market.NADIA, at=NOW)
        choose_ways(checkout, market.first_ways(checkout, at=NOW), at=NOW)
        return market.place(checkout)

    def _pay(self, order: Order) -> None:
        if order_paid(order).is_complete:
            return
        try:
            visit = open_visit(order, return_url="/r/", cancel_url="/c/", at=NOW)
        except NothingToPayError:  # paid, and not yet seen: the jobs will
            return
        if not BankCharge.objects.filter(state="captured").exists():
            payments.pay(visit, at=NOW)
        continue_visit(visit, at=NOW)

    def _withdraw(self, order: Order) -> None:
        (line,) = MerchantOrder.objects.get(order=order).lines.all()
        if not Withdrawal.objects.exists():
            confirm_withdrawal(order, {line.pk: 1}, name="Nadia", email="n@exemple.test", at=NOW)
        made = Withdrawal.objects.get()
        if made.applied_at is None and made.state == "confirmed":
            return_withdrawal(made, by=BY, at=NOW, goes_on_shelf=True)


def work(*, steps: int) -> None:
    """Do what the workers do: news of the bank, the outbox, refunds to send."""
    for step in range(steps):
        now = NOW + timedelta(minutes=step)
        watch_payments(at=now)
        deliver_events(at=now)
        read_outbox()
        send_refunds(refunds_to_send(at=now, most=9), at=now)


@transaction.atomic
def read_outbox() -> None:
    """Hand events on; the place moves with the transaction, as `journal.outbox.Reader` keeps it."""
    place, _is_new = ReaderPlace.objects.get_or_create(name="killed anywhere")
    rows = list(OutboxEvent.objects.filter(pk__gt=place.event_id).order_by("pk"))
    dispatch(rows)
    if rows:
        place.event_id = rows[-1].pk
        place.save(update_fields=["event_id"])


def picture(offer: Offer) -> dict[str, object]:
    """What must be the same at the end, whatever died on the way."""
    level = StockLevel.objects.get(offer=offer)
    (part,) = MerchantOrder.objects.all()
    bank = BankCharge.objects.aggregate(Sum("captured_cents"), Sum("refunded_cents"))
    told = ("payments.payment_captured", "payments.refund_done", "ordering.order_placed")
    return {
        "orders": Order.objects.count(),
        "state": part.state,
        "paid": part.paid_at is not None,
        "withdrawals": list(Withdrawal.objects.values_list("state", "amount_cents")),
        "refunds": list(Refund.objects.values_list("state", "amount_cents", "reason")),
        "bank": bank,
        "stock": (level.on_hand, level.reserved, level.allocated),
        "booked": sum(SlotCount.objects.values_list("booked", flat=True)),
        "told": {kind: OutboxEvent.objects.filter(kind=kind).count() for kind in told},
        "letters": DeadLetter.objects.count(),
        "queue": Discrepancy.objects.count(),
        "broken": broken_laws(),
    }


def stage(cast: Cast) -> tuple[Story, Offer]:
    """A bookshop with many copies of one book, and a cart with two of them."""
    shop = market.shop(cast.bookshop, prices=(1290,), on_hand=PLENTY, category="livres")
    payments.merchant_account(cast.bookshop)
    cart = market.cart(cast.lot, (shop.offers[0], 2))
    return Story(cast, cart.pk), shop.offers[0]


THE_END = {
    "orders": 1,
    "state": "completed",
    "paid": True,
    "withdrawals": [("refunded", 1290)],
    "refunds": [("done", 1290, "withdrawn")],
    "bank": {"captured_cents__sum": 2580, "refunded_cents__sum": 1290},
    "stock": (PLENTY - 1, 0, 0),
    "booked": 1,
    "told": {
        "payments.payment_captured": 1,
        "payments.refund_done": 1,
        "ordering.order_placed": 1,
    },
    "letters": 0,
    "queue": 0,
    "broken": [],
}
# Goods are held, kept, promised, given and taken back: five times through the same two places.
AGAIN = [
    (place, time)
    for place in ("stock.levels.read", "stock.levels.written")
    for time in (1, 2, 3, 4)
]


def test_the_story_passes_every_failpoint_there_is(cast: Cast) -> None:
    """A new failpoint fails here until the story below passes it, and is killed there."""
    story, offer = stage(cast)
    with traced() as places:
        story.tell()
    assert set(places) == failpoints()
    assert {places.count(place) for place, _time in AGAIN} == {5}
    assert picture(offer) == THE_END


@pytest.mark.parametrize(
    ("place", "time"), [*((place, 0) for place in sorted(failpoints())), *AGAIN]
)
def test_fault_28_killed_there_the_story_ends_as_if_nothing_had_happened(
    cast: Cast, place: str, time: int
) -> None:
    story, offer = stage(cast)
    run_and_be_killed(story.tell, time, [place])
    work(steps=5)  # what happens by itself within some minutes
    story.tell()
    assert picture(offer) == THE_END
