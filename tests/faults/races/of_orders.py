"""Races for orders: carts, payments, sweepers, withdrawals."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count

from tests.cast import Cast
from tests.factories import (
    accounts,
    catalogue,
    logistics,
    market,
    stock,
)
from tests.factories.ordering import reservation
from tests.faults.locking import Meeting, Race

from chalandise.catalogue.models import (
    BasketInvitation,
    BasketPart,
)
from chalandise.catalogue.states import InvitationState, ProductKind
from chalandise.directory.models import Establishment
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor
from chalandise.logistics.models import PickupPoint
from chalandise.ordering.actions.cart import merge_carts
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.ordering.actions.paying import mark_paid
from chalandise.ordering.actions.refund_turns import say_sent, turn_refund_clock
from chalandise.ordering.actions.reservations import expire_reservations
from chalandise.ordering.actions.serving import (
    accept_merchant_order,
    complete_merchant_order,
)
from chalandise.ordering.actions.withdrawing import (
    check_withdrawal_code,
    confirm_withdrawal,
    new_withdrawal_code,
)
from chalandise.ordering.errors import WrongCodeError
from chalandise.ordering.models import (
    Cart,
    CartLine,
    MerchantOrder,
    Order,
    Withdrawal,
    WithdrawalCode,
)

NOW = market.NOW
LATER = NOW + timedelta(hours=1)
BY = Actor.system("test")
MERCHANT = Actor("person", "1", "Claire Fournil")
_number = count(1)


def signs_in_twice(cast: Cast) -> Meeting:
    """Two pages opened at once bring a guest's cart along."""
    offer = catalogue.offer(cast.bakery)
    person = accounts.user("Rose", email=f"rose{next(_number)}@exemple.test")
    guest = market.cart(cast.lot, (offer, 3))

    def merge() -> bool:
        cart = merge_carts(Cart.objects.get(pk=guest.pk), user=person, portal=cast.lot, at=LATER)
        return cart is not None

    lines = CartLine.objects.filter(cart__user=person)
    return Meeting(merge, merge, lambda: list(lines.values_list("quantity", flat=True)))


def ordered(cast: Cast, *, pays: str = "online") -> MerchantOrder:
    """An order of two loaves."""
    collected_at(cast.bakery)
    offer = stock.counted(cast.bakery, on_hand=9)
    return market.ordered(cast.lot, (offer, 2), pays=pays).merchant_orders.get()


def collected_at(*shops: Establishment) -> None:
    """Let shops hand over at their counters."""
    for shop in shops:
        if not PickupPoint.objects.filter(establishment=shop).exists():
            logistics.counter(shop, capacity=9)


def money_twice(cast: Cast) -> Meeting:
    """Money for one order is seen by two workers."""
    part = ordered(cast)

    def pay() -> str:
        return str(mark_paid(part.pk, at=NOW))

    return Meeting(pay, pay)


def sweepers(cast: Cast) -> Meeting:
    """Two sweepers let go of an order that nobody paid."""
    MerchantOrder.objects.update(state="cancelled")
    part = ordered(cast)
    late = NOW + timedelta(hours=2)
    sweep = partial(expire_unpaid, at=late)
    return Meeting(sweep, sweep, lambda: MerchantOrder.objects.get(pk=part.pk).state)


def tries(cast: Cast) -> Meeting:
    """Two wrong codes are typed at once."""
    order = ordered(cast, pays="on_collection").order
    new_withdrawal_code(order, at=NOW)
    typed = partial(check_withdrawal_code, order, "AAAAAA", at=NOW)

    def wrong() -> None:
        with suppress(WrongCodeError):
            typed()

    return Meeting(wrong, wrong, lambda: WithdrawalCode.objects.get(order=order).tries_left)


def received(cast: Cast) -> MerchantOrder:
    """An order that was paid and handed over."""
    part = ordered(cast)
    mark_paid(part.pk, at=NOW)
    part.refresh_from_db()
    accept_merchant_order(part, by=MERCHANT, at=NOW)
    complete_merchant_order(part, by=MERCHANT, at=NOW)
    return part


def withdrawn(part: MerchantOrder) -> Withdrawal:
    """A withdrawal from one loaf of an order."""
    line = part.lines.get()
    return confirm_withdrawal(
        part.order, {line.pk: 1}, name="Nadia", email="nadia@exemple.test", at=LATER
    )[0]


def proofs(cast: Cast) -> Meeting:
    """The proof that goods were sent back is typed on two pages."""
    withdrawal = withdrawn(received(cast))

    def prove() -> None:
        mine = Withdrawal.objects.get(pk=withdrawal.pk)
        say_sent(mine, sent_on=LATER.date(), tracking="", by=BY, at=LATER)

    return Meeting(prove, prove)


def clocks(cast: Cast) -> Meeting:
    """Two workers turn the refund clock on the day before it strikes."""
    withdrawal = withdrawn(received(cast))
    near = LATER + timedelta(days=13)
    turn = partial(turn_refund_clock, at=near)
    told = Entry.objects.filter(
        subject=f"ordering.withdrawal:{withdrawal.pk}", verb__startswith="clock_"
    ).count
    return Meeting(turn, turn, told)


def forgotten_requests(cast: Cast) -> Meeting:
    """Two sweepers let go of a reservation that nobody answered."""
    asked = reservation(cast.bakery, cast.lot, at=NOW, wanted_at=NOW + timedelta(hours=5))
    sweep = partial(expire_reservations, at=NOW + timedelta(days=3))
    return Meeting(sweep, sweep, lambda: type(asked).objects.get(pk=asked.pk).state)


def gathered(cast: Cast) -> Meeting:
    """A gift basket is handed over while the baker says yes to what was gathered for it."""
    collected_at(cast.bakery, cast.bookshop)
    books = catalogue.offer(cast.bookshop, category="livres")
    brioche = catalogue.offer(cast.bakery)
    made = catalogue.product(
        cast.bookshop, "Goûter lu", price_cents=3000, category="livres", kind=ProductKind.BASKET
    )
    gift = catalogue.offer_of(made)
    BasketPart.objects.bulk_create(
        BasketPart(basket=gift, offer=offer, quantity=1, share_cents=share, position=place)
        for place, (offer, share) in enumerate(((books, 2100), (brioche, 900)))
    )
    neighbour = cast.bakery.organisation
    assert neighbour is not None
    BasketInvitation.objects.create(
        product=made, organisation=neighbour, state=InvitationState.AGREED
    )
    order: Order = market.ordered(cast.lot, (gift, 1), pays="online")
    own, brought = order.merchant_orders.order_by("number")
    for part in (own, brought):
        mark_paid(part.pk, at=NOW)
        part.refresh_from_db()
    accept_merchant_order(own, by=MERCHANT, at=NOW)
    return Meeting(
        partial(accept_merchant_order, brought, by=MERCHANT, at=NOW),
        partial(complete_merchant_order, own, by=MERCHANT, at=NOW),
        lambda: [one.state for one in order.merchant_orders.order_by("number")],
    )


RACES: dict[str, Race] = {
    "ordering.queries.locking.lock_cart": Race(
        signs_in_twice, (True, True, [3]), (True, True, []), stands_in_lock=True
    ),
    "ordering.queries.locking.lock_code": Race(tries, (None, None, 3), (None, None, 4)),
    "ordering.queries.locking.lock_gathered": Race(
        gathered,
        (None, None, ["completed", "completed"]),
        (None, None, ["completed", "accepted"]),
    ),
    "ordering.queries.locking.lock_overdue_reservation": Race(
        forgotten_requests, (1, 0, "expired"), (1, "StaleStateError", "expired")
    ),
    "ordering.queries.locking.lock_part": Race(
        money_twice, ("placed", "already", None), ("placed", "StaleStateError", None)
    ),
    "ordering.queries.locking.lock_running_withdrawal": Race(clocks, (0, 0, 1), (0, 0, 2)),
    "ordering.queries.locking.lock_unpaid_part": Race(
        sweepers, (1, 0, "expired"), (1, "StaleStateError", "expired")
    ),
    "ordering.queries.locking.lock_withdrawal": Race(
        proofs, (None, "StaleStateError", None), (None, None, None)
    ),
}
