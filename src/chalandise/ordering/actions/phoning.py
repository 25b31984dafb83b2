"""Orders by telephone: a merchant or an agent types what the customer says.

The same road as on the site, so that goods, slots and sums are kept by the same rules: only the words
above the button are read out instead of shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from chalandise.accounts.models import User
from chalandise.journal.states import Actor
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.actions.cart import add_to_cart
from chalandise.ordering.actions.checkout import (
    WayWish,
    Who,
    choose_ways,
    say_who,
    start_checkout,
)
from chalandise.ordering.actions.expiring import keep_for_payment
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.errors import EmptyCartError, NoEmailError
from chalandise.ordering.models import Cart, Order
from chalandise.ordering.policies import may_sell_for
from chalandise.ordering.queries.checkouts import parts_of, preview
from chalandise.ordering.states import OrderSource, Pays, WayKind
from chalandise.portals.models import Portal

PAID_WITHIN = timedelta(days=1)
BEFORE_SLOT = timedelta(hours=1)


@dataclass(frozen=True)
class PhoneOrder:
    """What the customer says.

    Attributes:
        who: name and telephone; an e-mail address only if they have one.
        lines: how many of which offer.
        ways: how they get each merchant's part, by establishment.
        declarations: what was read out to them and answered.
    """

    who: Who
    lines: Mapping[int, int]
    ways: Mapping[int, WayWish]
    declarations: Declarations


@transaction.atomic
def place_phone_order(
    wanted: PhoneOrder, *, portal: Portal, typist: User, by: Actor, at: datetime
) -> Order:
    """Order for somebody on the telephone, to be paid where the goods change hands.

    What is sent, or collected at a pooled point, is paid online only: it awaits its payment for a
    day, or until an hour before its slot, and the link to pay leaves by e-mail.

    Args:
        wanted: what the customer says.
        portal: where the order belongs.
        typist: a member of every shop concerned, or an agent of the portal.
        by: the same, as the journal names them.
        at: now.

    Raises:
        NotFoundError: the typist may not sell for one of the shops.
        NoEmailError: it is paid online, and the link has nowhere to go.
        EmptyCartError, BadQuantityError, NotOrderableError, TermsChangedError, WayGoneError,
            CheckoutIncompleteError, DeclarationMissingError, PaysOnlineOnlyError: as on the site;
            nothing is kept.
    """
    cart: Cart | None = None
    for offer_id, quantity in wanted.lines.items():
        cart = add_to_cart(cart, offer_id, quantity=quantity, portal=portal, at=at)
    if cart is None:
        raise EmptyCartError
    checkout = start_checkout(cart, portal=portal, at=at, source=OrderSource.PHONE)
    shops = {part.establishment_id for part in checkout.parts.all()}
    if not may_sell_for(typist, shops, portal=portal):
        raise NotFoundError
    say_who(checkout, wanted.who, at=at)
    choose_ways(checkout, wanted.ways, at=at)
    checkout.refresh_from_db()
    pays = pays_by_phone({one.way_kind for one in parts_of(checkout) if not one.gathered_by_id})
    if pays == Pays.ONLINE and not wanted.who.email:
        raise NoEmailError
    order = place_order(
        checkout,
        seen_total_cents=preview(checkout, at=at).recap.total_cents,
        form_token=checkout.form_token,
        declarations=wanted.declarations,
        pays=pays,
        at=at,
        by=by,
    )
    cart.delete()
    if order.expires_at is not None:
        until = _pays_until(order, at)
        if until > order.expires_at:
            keep_for_payment(order, until=until, at=at)
    return order


def pays_by_phone(way_kinds: Iterable[str]) -> Pays:
    """Return how an order by telephone is paid: on the spot, unless nobody is there to take money."""
    there = {WayKind.PICKUP, WayKind.DELIVERY}
    return Pays.ON_COLLECTION if set(way_kinds) <= there else Pays.ONLINE


def _pays_until(order: Order, at: datetime) -> datetime:
    starts = order.merchant_orders.exclude(starts_at=None).values_list("starts_at", flat=True)
    latest = [one - BEFORE_SLOT for one in starts if one is not None]
    return min([at + PAID_WITHIN, *latest])
