"""What buyers do: fill a cart, choose ways, press the button once or twice, pay, change their mind.

Each function is one step of one person; it returns a word for what happened, blank where there was
nothing to do. Refusals are exceptions of the domain and are counted by the simulator.
"""

from __future__ import annotations

from datetime import timedelta

from tests.simulator.world import CUSTOMER, MERCHANT, PERSON, Buyer, World

from chalandise.accounts.actions import meet_person
from chalandise.accounts.models import User
from chalandise.bank.actions.paying import CardOutcome, answer_challenge, present_card
from chalandise.bank.actions.sessions import abandon_session
from chalandise.bank.cards import SCENARIOS
from chalandise.bank.models import BankSession
from chalandise.fulfilment.actions.asking import choose_offer, choose_refund
from chalandise.fulfilment.actions.moving import move_slot
from chalandise.fulfilment.models import Question
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.fulfilment.states import QuestionState
from chalandise.logistics.queries import slots_of
from chalandise.ordering.actions.cart import accept_changes, add_to_cart, merge_carts
from chalandise.ordering.actions.checkout import (
    WayWish,
    choose_ways,
    say_who,
    start_checkout,
)
from chalandise.ordering.actions.leaving import close_account
from chalandise.ordering.actions.placing import Declarations, place_order
from chalandise.ordering.actions.serving import cancel_merchant_order
from chalandise.ordering.actions.withdrawing import confirm_withdrawal
from chalandise.ordering.errors import TermsChangedError
from chalandise.ordering.models import Cart, Checkout, MerchantOrder, Order, OrderLine
from chalandise.ordering.policies import MOVABLE_STATES, has_slot_to_move, may_cancel
from chalandise.ordering.queries.checkouts import parts_of, preview, ways_for
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.visiting import continue_visit, open_visit
from chalandise.payments.models import Visit

USUAL_CARD = "4242424242424242"


def shop(world: World) -> str:
    """Take the next step towards an order, wherever this buyer stands."""
    buyer = world.dice.choice(world.buyers)
    if buyer.order is not None:
        return _after_order(world, buyer)
    if buyer.checkout is not None:
        return _at_checkout(world, buyer)
    cart = Cart.objects.filter(pk=buyer.cart).first() if buyer.cart else None
    if cart is not None and world.chance(60):
        return _start(world, buyer, cart)
    offer = world.dice.choice(world.offers)
    filled = add_to_cart(
        cart,
        offer.pk,
        quantity=world.dice.choice((1, 1, 2, 3)),
        portal=world.cast.lot,
        user=_user(buyer),
        at=world.now,
    )
    buyer.cart = filled.pk
    return "put in"


def _user(buyer: Buyer) -> User | None:
    """Who this is to us; a person who has closed their account is a guest."""
    found = User.objects.filter(pk=buyer.account).first() if buyer.account else None
    if found is None:
        buyer.account = None
    return found


def _start(world: World, buyer: Buyer, cart: Cart) -> str:
    try:
        checkout = start_checkout(cart, portal=world.cast.lot, user=_user(buyer), at=world.now)
    except TermsChangedError:
        accept_changes(cart, at=world.now)
        if not cart.lines.exists():
            buyer.forget()
        return "cart changed"
    say_who(checkout, buyer.who, at=world.now)
    buyer.checkout = checkout.pk
    return "started"


def _at_checkout(world: World, buyer: Buyer) -> str:
    checkout = Checkout.objects.filter(pk=buyer.checkout).first()
    if checkout is None:
        buyer.forget()
        return ""
    if world.chance(8):
        buyer.forget()  # what is held ends by itself
        return "left"
    if checkout.placed_at is None and (
        world.chance(25) or any(not part.way_key for part in parts_of(checkout))
    ):
        return _choose(world, checkout)
    return _place(world, buyer, checkout)


def _choose(world: World, checkout: Checkout) -> str:
    wishes = {}
    parts = parts_of(checkout)
    shops = {shop.pk: shop for shop in world.shops}
    lead = {part.establishment_id: part.lead_minutes for part in parts}
    for shop_id, ways in sorted(ways_for(checkout, parts, at=world.now).items()):
        way = world.one_of(ways)
        if way is None:  # the shop has left, or closed its counter
            return "no way is left"
        days = (
            slots_of(way.key, shops[shop_id], lead_minutes=lead[shop_id], at=world.now, days=3)
            if way.needs_slot
            else []
        )
        slots = [slot for day in days for slot in day.slots][:3]  # all want the nearest
        slot = world.one_of(slots)
        wishes[shop_id] = WayWish(way.key, slot.starts_at if slot else None)
    choose_ways(checkout, wishes, at=world.now)
    return "chose ways"


def _place(world: World, buyer: Buyer, checkout: Checkout) -> str:
    if checkout.placed_at is not None:  # the answer was lost on its way: pressed again
        seen = Order.objects.get(checkout_id=checkout.public_id).total_cents
    else:
        seen = preview(checkout, at=world.now).recap.total_cents
    order = None
    for _press in range(2 if world.chance(20) else 1):
        try:
            order = place_order(
                checkout,
                seen_total_cents=seen,
                form_token=checkout.form_token,
                declarations=Declarations(terms=True, age=True),
                pays="online" if world.chance(75) else "on_collection",
                at=world.now,
            )
        except TermsChangedError:
            buyer.forget()
            return "terms changed"
    assert order is not None
    buyer.order = order.pk
    return "ordered"


def _after_order(world: World, buyer: Buyer) -> str:
    order = Order.objects.get(pk=buyer.order)
    waits = order.merchant_orders.filter(state=MerchantOrderState.AWAITING_PAYMENT).order_by("pk")
    waits = [part for part in waits if may_cancel(part)]
    if not waits and (buyer.visit is None or world.chance(70)):
        buyer.forget()
        return "went home"
    if world.chance(5):
        buyer.forget()
        return "forgot to pay"
    if waits and world.chance(5):
        for part in waits:
            cancel_merchant_order(part, by=CUSTOMER, at=world.now)
        return "called off"
    visit = Visit.objects.filter(pk=buyer.visit).first() if buyer.visit else None
    if visit is None or world.chance(10):
        opened = open_visit(order, return_url="/retour/", cancel_url="/panier/", at=world.now)
        buyer.visit = opened.pk
        return "went to the bank"
    return _at_bank(world, buyer, visit)


def _at_bank(world: World, buyer: Buyer, visit: Visit) -> str:
    if visit.provider == "stripe" and world.second_bank is not None:
        said = world.second_bank.visit(world, visit)
        if said == "paid" and world.chance(30):
            buyer.forget()
            return "paid at the second bank, and the browser never came back"
        return said or _come_back(world, buyer, visit)
    references = list(visit.payments.values_list("provider_reference", flat=True))
    session = BankSession.objects.filter(charges__reference__in=references).distinct().first()
    if session is None or session.state not in ("open", "challenged"):
        return _come_back(world, buyer, visit)
    if world.chance(10):
        abandon_session(session, at=world.now)
        return "left the bank"
    if session.state == "challenged":
        code = session.challenge_code if world.chance(80) else "000000"
        return f"code: {answer_challenge(session, code=code, at=world.now).outcome.value}"
    number = USUAL_CARD if world.chance(45) else world.dice.choice(SCENARIOS).number
    answer = present_card(session, number=number, month=12, year=2030, code="123", at=world.now)
    if answer.outcome is CardOutcome.PAID and world.chance(30):
        buyer.forget()
        return "paid, and the browser never came back"
    return f"card: {answer.outcome.value}"


def _come_back(world: World, buyer: Buyer, visit: Visit) -> str:
    onward = continue_visit(visit, at=world.now)
    if not onward.is_checking and not onward.url:
        buyer.visit = None
    return "checking" if onward.is_checking else "came back"


def change_mind(world: World) -> str:
    """Cancel what may still be cancelled."""
    parts = [part for part in MerchantOrder.objects.order_by("pk") if may_cancel(part)]
    part = world.one_of(parts)
    if part is None:
        return ""
    cancel_merchant_order(part, by=CUSTOMER, at=world.now)
    return "cancelled"


def withdraw(world: World) -> str:
    """Withdraw from a line or two, or from the whole, whatever state it is in."""
    order = world.one_of(list(Order.objects.order_by("pk")))
    if order is None:
        return ""
    lines = list(OrderLine.objects.filter(merchant_order__order=order).order_by("pk"))
    chosen = lines if world.chance(30) else world.dice.sample(lines, 1)
    confirm_withdrawal(
        order,
        {line.pk: world.dice.randint(1, line.quantity) for line in chosen},
        name=order.customer_name,
        email=order.customer_email,
        at=world.now,
        goods_of=goods_of,
    )
    return "withdrew"


def sign(world: World) -> str:
    """Sign in, with what is in the cart of a guest, or close the account."""
    buyer = world.dice.choice(world.buyers)
    user = _user(buyer)
    if user is not None:
        close_account(user, at=world.now)
        buyer.account = None
        buyer.forget()
        return "account closed"
    if buyer.checkout is not None:
        return ""
    user = meet_person(buyer.who.name.lower() + PERSON, at=world.now, name=buyer.who.name)
    guest = Cart.objects.filter(pk=buyer.cart).first() if buyer.cart else None
    mine = merge_carts(guest, user=user, portal=world.cast.lot, at=world.now)
    buyer.account, buyer.cart = user.pk, mine.pk if mine else None
    return "signed in"


def come_later(world: World) -> str:
    """Move the slot of what is ordered, through the link or by a call to the shop."""
    states = MerchantOrder.objects.filter(state__in=MOVABLE_STATES).order_by("pk")
    parts = [part for part in states.select_related("establishment") if has_slot_to_move(part)]
    part = world.one_of(parts)
    if part is None:
        return ""
    days = slots_of(part.way_key, part.establishment, at=world.now, days=3)
    slot = world.one_of([slot for day in days for slot in day.slots][:6])
    by_customer = world.chance(60)
    moved = move_slot(
        part,
        slot.starts_at if slot and world.chance(90) else world.now + timedelta(hours=5),
        is_by_customer=by_customer,
        by=CUSTOMER if by_customer else MERCHANT,
        at=world.now,
    )
    who = "by the customer" if by_customer else "by the merchant"
    return f"slot moved {who}" if moved else "as it was"


def answer(world: World) -> str:
    """Answer a merchant's question."""
    asked = Question.objects.filter(state=QuestionState.OPEN).select_related("line", "fulfilment")
    question = world.one_of(list(asked.order_by("pk")))
    if question is None:
        return ""
    choose = choose_offer if world.chance(50) else choose_refund
    choose(question, by=CUSTOMER, at=world.now)
    return choose.__name__
