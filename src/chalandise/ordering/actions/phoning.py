"""Orders by telephone: a merchant or an agent types what the customer says.

The same road as on the site, so that goods, slots and sums are kept by the same rules: only the words
above the button are read out instead of shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.errors import EmptyCartError
from chalandise.ordering.models import Cart, Order
from chalandise.ordering.policies import may_sell_for
from chalandise.ordering.queries.checkouts import preview
from chalandise.ordering.states import OrderSource, Pays
from chalandise.portals.models import Portal


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
    """Order for somebody on the telephone, to be paid on collection.

    Args:
        wanted: what the customer says.
        portal: where the order belongs.
        typist: a member of every shop concerned, or an agent of the portal.
        by: the same, as the journal names them.
        at: now.

    Raises:
        NotFoundError: the typist may not sell for one of the shops.
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
    order = place_order(
        checkout,
        seen_total_cents=preview(checkout, at=at).recap.total_cents,
        form_token=checkout.form_token,
        declarations=wanted.declarations,
        pays=Pays.ON_COLLECTION,
        at=at,
        by=by,
    )
    cart.delete()
    return order
