"""What two people at once come to, for each lock of the rooms: with it, and without it.

Each race says what the first is told, what the second is told, and what is there afterwards.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count

from django.core import mail
from tests.cast import Cast
from tests.factories import (
    accounts,
    bank,
    catalogue,
    directory,
    logistics,
    market,
    operations,
    payments,
    stock,
    territories,
)
from tests.factories import organisations as companies
from tests.factories.ordering import reservation
from tests.factories.settlements import sale
from tests.faults.locking import Meeting, Race

from chalandise.bank.actions import news, paying_out
from chalandise.bank.actions.accounts import verify_account
from chalandise.bank.actions.news import tell
from chalandise.bank.actions.refunding import refund_charge
from chalandise.bank.gateway import request
from chalandise.bank.models import BankAccount, BankCharge, BankEvent, BankPayout, BankRefund
from chalandise.catalogue.actions import change_price, compose_basket, publish_product
from chalandise.catalogue.actions.baskets import agree_to_basket, decline_basket
from chalandise.catalogue.actions.categories import load_product_categories
from chalandise.catalogue.actions.sellers import save_seller_profile
from chalandise.catalogue.models import (
    BasketInvitation,
    BasketPart,
    PriceChange,
    Product,
    ProductCategory,
    SellerProfile,
)
from chalandise.catalogue.states import InvitationState, ProductKind
from chalandise.directory.actions.categories import CategoryEdit, edit_category
from chalandise.directory.actions.claims import NO_CODE, issue_code
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.listing import move_listings
from chalandise.directory.actions.reminding import remind_of_hours
from chalandise.directory.models import Category, Establishment
from chalandise.directory.states import ClaimChannel, ListingState, SourceKind
from chalandise.directory.values import PostalAddress, SourceRef
from chalandise.editorial.actions import SelectionText, make_selection, pick
from chalandise.federation.actions.runs import alone_on
from chalandise.journal.actions import count_attempt
from chalandise.journal.models import DeadLetter, Entry, OutboxEvent
from chalandise.journal.outbox import try_again
from chalandise.journal.states import Actor
from chalandise.kernel.rate import Rate
from chalandise.logistics.actions import edit_point
from chalandise.logistics.models import PickupPoint, SlotCount
from chalandise.logistics.values import PickupSettings
from chalandise.messaging.actions import deliver
from chalandise.messaging.models import Message, PaperToTell
from chalandise.messaging.paper_mails import tell_of_documents
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
from chalandise.organisations.invitations import remove_member
from chalandise.payments.actions.accounts import refresh_account
from chalandise.settlements.actions.recording import record_sale
from chalandise.settlements.models import Invoice

NOW = market.NOW
LATER = NOW + timedelta(hours=1)
BY = Actor.system("test")
MERCHANT = Actor("person", "1", "Claire Fournil")
_number = count(1)


# -- journal ------------------------------------------------------------------------------------


def attempts(_cast: Cast) -> Meeting:
    """One attempt is left, and two people make it."""
    key, rate = f"door:{next(_number)}", Rate(burst=2, period_seconds=3600)
    count_attempt(key, rate, at=NOW)
    attempt = partial(count_attempt, key, rate, at=NOW)
    return Meeting(attempt, attempt)


def letters(_cast: Cast) -> Meeting:
    """Two workers look for letters to try again."""
    event = OutboxEvent.objects.create(kind="a.thing", payload={}, emitted_at=NOW)
    DeadLetter.objects.create(
        event=event, subscriber="gone", error="", failed_at=NOW, next_try_at=NOW
    )
    again = partial(try_again, at=NOW)
    return Meeting(again, again)


# -- editorial, federation, messaging, organisations ----------------------------------------------


def picks(cast: Cast) -> Meeting:
    """Two editors put a shop at the end of an empty selection."""
    text = SelectionText(title=f"Noël {next(_number)}")
    selection = make_selection(cast.lot, text, by=BY, at=NOW)
    one, two = (
        partial(pick, selection, shop, by=BY, at=NOW) for shop in (cast.bakery, cast.bookshop)
    )
    return Meeting(one, two, lambda: list(selection.items.values_list("position", flat=True)))


def runs(cast: Cast) -> Meeting:
    """Two imports of one source begin."""
    source = operations.source(cast.lot)

    def work() -> str:
        with alone_on(source):
            return "alone"

    return Meeting(work, work)


def senders(cast: Cast) -> Meeting:
    """Two workers take one e-mail."""
    mail.outbox.clear()
    message = Message.objects.create(
        key=f"letter:{next(_number)}",
        portal=cast.lot,
        template="sign_in_code",
        to="nadia@exemple.test",
        subject="Bonjour",
        text="Bonjour",
        html="<p>Bonjour</p>",
        created_at=NOW,
    )
    send = partial(deliver, message.pk)
    return Meeting(send, send, lambda: len(mail.outbox))


def tellers(cast: Cast) -> Meeting:
    """Two workers tell of the documents of one order."""
    part = ordered(cast, pays="on_collection")
    told = sale(part.organisation, at=NOW, reference=part.number)
    record_sale(told, source=f"payment:{next(_number)}", at=NOW)
    invoice = Invoice.objects.get(reference__startswith=part.number)
    PaperToTell.objects.create(invoice=invoice, part=part, order=part.order, noted_at=NOW)
    tell_of = partial(tell_of_documents, at=LATER)
    return Meeting(tell_of, tell_of)


def owners(_cast: Cast) -> Meeting:
    """Two owners put each other out."""
    one, two = (
        accounts.user("Patron", email=f"patron{next(_number)}@exemple.test") for _person in range(2)
    )
    company = companies.organisation(one, two)
    of_one, of_two = (company.memberships.get(user=user) for user in (one, two))
    return Meeting(
        partial(remove_member, of_two, user=one, at=NOW),
        partial(remove_member, of_one, user=two, at=NOW),
        company.memberships.count,
    )


# -- bank ---------------------------------------------------------------------------------------


def charge() -> BankCharge:
    """A charge of 21,90 € that was paid."""
    session = bank.session(at=NOW)
    bank.pay(session, at=NOW)
    return session.charges.get()


def give_backs(_cast: Cast) -> Meeting:
    """All of a charge is given back twice."""
    paid = charge()
    back = partial(refund_charge, paid.reference, amount_cents=2190, metadata={}, at=NOW)

    def give_back() -> str:
        return type(back()).__name__

    return Meeting(give_back, give_back, BankRefund.objects.filter(charge=paid).count)


def news_due(_cast: Cast) -> Meeting:
    """Two senders look for news that are due."""
    paid = charge()
    BankEvent.objects.all().delete()
    tell(paid, "charge.captured", at=NOW, faults=set())

    def claim() -> bool:
        return news._claim(NOW) is not None

    return Meeting(claim, claim)


def payouts(_cast: Cast) -> Meeting:
    """Two workers pay one account out."""
    account = charge().account

    def pay() -> bool:
        return paying_out._pay(account.reference, at=NOW + timedelta(days=2))

    return Meeting(pay, pay, BankPayout.objects.filter(account=account).count)


def same_key(_cast: Cast) -> Meeting:
    """One request comes twice at once, with its key."""
    key = f"account:{next(_number)}"

    def ask() -> int:
        body = {"name": key, "email": "claire@exemple.test", "metadata": {}}
        return request("POST", "/accounts", body=body, key=key, at=NOW).status

    return Meeting(ask, ask, BankAccount.objects.filter(name=key).count)


# -- directory ----------------------------------------------------------------------------------


def hides(_cast: Cast) -> Meeting:
    """Two people hide one sheet."""
    shop = directory.establishment()
    hide = partial(move_listings, [shop.pk], ListingState.HIDDEN, by=BY, at=NOW)
    told = Entry.objects.filter(
        subject=f"directory.establishment:{shop.pk}", verb="became_hidden"
    ).count

    def hidden() -> int:
        return len(hide())

    return Meeting(hidden, hidden, told)


def reminders(_cast: Cast) -> Meeting:
    """Two workers ask a merchant whether the hours are still right."""
    Establishment.objects.update(reminded_at=NOW)
    directory.establishment(claimed_at=NOW, hours_verified_at=NOW - timedelta(days=200))
    remind = partial(remind_of_hours, at=NOW)
    return Meeting(remind, remind)


def codes(_cast: Cast) -> Meeting:
    """Two workers draw the code of a claim."""
    claim = operations.claim(
        directory.establishment(), channel=ClaimChannel.EMAIL, code_digest=NO_CODE
    )

    def draw() -> bool:
        return issue_code(claim, at=NOW) is not None

    return Meeting(draw, draw)


def activity_codes(_cast: Cast) -> Meeting:
    """Two people give one activity code to different categories."""
    keys = [f"rayon-{next(_number)}" for _one in range(2)]
    code = f"47.{next(_number):02}Z"

    def give(key: str) -> None:
        category = Category.objects.get(key=key)
        edit = CategoryEdit(key, key, [], category.icon, 1, [code], None)
        edit_category(category, edit, by=BY, at=NOW)

    for key in keys:
        directory.category(key, key)
    return Meeting(
        partial(give, keys[0]),
        partial(give, keys[1]),
        Category.objects.filter(naf_codes__contains=[code]).count,
    )


def new_sheets(_cast: Cast) -> Meeting:
    """Two imports bring shops of one name in one commune."""
    name = f"Chez Paulette {next(_number)}"
    facts = {
        "name": name,
        "category": directory.category(),
        "address": PostalAddress("1 rue du Marché", "46000", territories.cahors()),
    }
    source = SourceRef(SourceKind.LOCAL_FILE, "Fichier de la mairie")

    def bring() -> str:
        return type(apply_facts(None, facts, source=source, by=BY, at=NOW)).__name__

    return Meeting(bring, bring, Establishment.objects.filter(name=name).count)


# -- catalogue ----------------------------------------------------------------------------------


def same_price(cast: Cast) -> Meeting:
    """Two people at one shop change a price to the same."""
    offer = catalogue.offer(cast.bakery, price_cents=450)
    change = partial(change_price, offer, price_cents=500, by=MERCHANT, at=NOW)
    return Meeting(change, change, PriceChange.objects.filter(offer=offer, price_cents=500).count)


def yes_taken_back(cast: Cast) -> Meeting:
    """A merchant takes back the yes to a gift basket while it is put on the shelf."""
    own = catalogue.offer(cast.bakery, price_cents=500)
    other = catalogue.offer(cast.bookshop, price_cents=1200, category="livres")
    for shop in (cast.bakery, cast.bookshop):
        payments.merchant_account(shop)
    basket = compose_basket(
        cast.bakery,
        name=f"Panier {next(_number)}",
        price_cents=2500,
        parts={own.pk: 1, other.pk: 1},
        by=MERCHANT,
        at=NOW,
    )
    invitation = basket.invitations.get()
    agree_to_basket(invitation, by=MERCHANT, at=NOW)
    return Meeting(
        partial(decline_basket, invitation, by=MERCHANT, at=NOW),
        partial(publish_product, Product.objects.get(pk=basket.pk), by=MERCHANT, at=NOW),
        lambda: Product.objects.get(pk=basket.pk).state,
    )


def profiles(_cast: Cast) -> Meeting:
    """Two people of one shop write different fields of its profile."""
    company = companies.organisation()
    SellerProfile.objects.create(organisation=company)

    def write(**changes: str) -> None:
        save_seller_profile(company, changes, by=MERCHANT, at=NOW)

    return Meeting(
        partial(write, legal_name="Fournil SARL"),
        partial(write, phone="+33565000001"),
        lambda: SellerProfile.objects.values_list("legal_name", "phone").get(organisation=company),
    )


def shipped_categories(_cast: Cast) -> Meeting:
    """Two processes that have just started bring the shipped classification."""
    catalogue.categories()
    ProductCategory.objects.filter(key="livres").update(icon="old")
    load = partial(load_product_categories, by=BY, at=NOW)
    return Meeting(load, load)


# -- logistics ----------------------------------------------------------------------------------


def capacities(cast: Cast) -> Meeting:
    """One person gives a counter more places while another, who saw the old number, saves it."""
    del cast
    shop = directory.establishment(organisation=companies.organisation())
    point = logistics.counter(shop, capacity=2)
    begins = NOW + timedelta(days=1)
    SlotCount.objects.create(
        way_key=point.way_key,
        point=point,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=30),
        capacity=2,
    )

    def run(places: int, lead: int) -> int:
        settings = PickupSettings(capacity=places, lead_minutes=lead)
        return len(edit_point(point, settings=settings, by=BY, at=NOW))

    return Meeting(
        partial(run, 3, 60),
        partial(run, 2, 30),
        lambda: (
            PickupPoint.objects.get(pk=point.pk).capacity,
            SlotCount.objects.get(point=point).capacity,
        ),
    )


# -- ordering -----------------------------------------------------------------------------------


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


# -- payments -----------------------------------------------------------------------------------


def new_bank_account(_cast: Cast) -> Meeting:
    """Two workers learn that a merchant's payouts go elsewhere."""
    shop = directory.establishment(organisation=companies.organisation())
    account = refresh_account(payments.merchant_account(shop), at=NOW)
    at_the_bank = BankAccount.objects.get(reference=account.reference)
    verify_account(at_the_bank, iban="FR76 9999", at=NOW)

    def look() -> None:
        refresh_account(account, at=NOW)

    told = OutboxEvent.objects.filter(
        kind="payments.payout_account_changed", payload__account_id=account.pk
    )
    return Meeting(look, look, told.count)


RACES: dict[str, Race] = {
    "bank.queries.lock_account": Race(payouts, (True, False, 1), (True, True, 2)),
    "bank.queries.lock_charge": Race(
        give_backs, ("BankRefund", "BankRefusalError", 1), ("BankRefund", "BankRefund", 2)
    ),
    "bank.queries.lock_due_event": Race(news_due, (True, False, None), (True, True, None)),
    "bank.queries.lock_key": Race(same_key, (200, 200, 1), (200, "IntegrityError", 1)),
    "catalogue.actions.locking.lock_categories": Race(
        shipped_categories, (1, 0, None), (1, 1, None)
    ),
    "catalogue.actions.locking.lock_offers": Race(same_price, (None, None, 1), (None, None, 2)),
    "catalogue.actions.locking.lock_product": Race(
        yes_taken_back,
        (None, "NotPublishableError", "draft"),
        (None, None, "published"),
    ),
    "catalogue.actions.locking.lock_profile": Race(
        profiles,
        (None, None, ("Fournil SARL", "+33565000001")),
        (None, None, ("Fournil SARL", "")),
        stands_in_lock=True,
    ),
    "directory.actions.locking.lock_categories": Race(
        activity_codes, (None, None, 1), (None, None, 2)
    ),
    "directory.actions.locking.lock_claims": Race(codes, (True, False, None), (True, True, None)),
    "directory.actions.locking.lock_establishments": Race(hides, (1, 0, 1), (1, 1, 2)),
    "directory.actions.locking.lock_idle_establishments": Race(
        reminders, (1, 0, None), (1, 1, None)
    ),
    "directory.actions.locking.lock_slugs": Race(
        new_sheets, ("Applied", "Applied", 2), ("Applied", "IntegrityError", 1)
    ),
    "editorial.actions.lock_selection": Race(picks, (None, None, [1, 2]), (None, None, [1, 1])),
    "federation.actions.runs.lock_source": Race(
        runs, ("alone", "ImportBusyError", None), ("alone", "alone", None), stands_in_lock=True
    ),
    "journal.actions.lock_bucket": Race(
        attempts,
        (None, "RateLimitedError", None),
        (None, None, None),
        stands_in_lock=True,
    ),
    "journal.outbox.lock_due_letter": Race(letters, (1, 0, None), (1, 1, None)),
    "logistics.actions.locking.lock_point": Race(capacities, (0, 0, (2, 2)), (0, 0, (3, 2))),
    "messaging.paper_mails.lock_papers": Race(tellers, (1, 0, None), (1, 1, None)),
    "messaging.actions.lock_message": Race(senders, (None, None, 1), (None, "StaleStateError", 2)),
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
    "organisations.invitations.lock_organisation": Race(
        owners, (None, "NotFoundError", 1), (None, None, 0)
    ),
    "payments.queries.lock_account": Race(new_bank_account, (None, None, 1), (None, None, 2)),
}
