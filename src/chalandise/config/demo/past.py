"""Five weeks that are over: orders and requests lived to their end, told as stories (`diary`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random

from chalandise.accounts.models import User
from chalandise.config.demo.buying import WHO, bring, order_at, pay, weigh_all
from chalandise.config.demo.diary import PARIS, Story
from chalandise.config.demo.life import PRICES, ask_for
from chalandise.config.demo.ways import SENT_TRADES
from chalandise.directory.models import Establishment
from chalandise.fulfilment.actions.arriving import note_arrival
from chalandise.fulfilment.actions.asking import Substitute, choose_offer, report_missing
from chalandise.fulfilment.actions.handing import Checks, deliver, hand_over, send_out
from chalandise.fulfilment.actions.letting_go import let_go
from chalandise.fulfilment.actions.preparing import accept, mark_ready, refuse
from chalandise.fulfilment.states import Proof
from chalandise.journal.states import Actor
from chalandise.ordering.actions import reservations
from chalandise.ordering.actions.refund_turns import say_sent
from chalandise.ordering.actions.withdrawing import confirm_withdrawal, return_withdrawal
from chalandise.ordering.models import MerchantOrder, Order
from chalandise.ordering.states import Pays, WayKind
from chalandise.portals.models import Portal

DAYS = 35
ORDERS = 48
REQUESTS = 14
AT_THE_HEART = 12
"""So many shops share the orders of the past: a statement of one line tells nothing."""
MORE = 60
LASTING_TRADES = {"librairie", "poterie-ceramique", "jeux-jouets", "vannerie-bois", "velo"}
"""What these sell can be sent back."""
REFUSED, UNCOLLECTED, MISSING, GIVEN_BACK, ON_ITS_WAY_BACK = 5, 9, 12, 16, 21
TURN = 24
"""What becomes of an order, by its number in a turn of so many; all others are collected."""
PATIENCE = timedelta(days=3)


def stories_of(
    shops: Sequence[Establishment], portal: Portal, *, nadia: User, until: datetime, seed: int
) -> Iterator[Story]:
    """Return the stories of the weeks before a moment, a few each day, Sundays fewer."""
    begins = until - timedelta(days=DAYS)
    for number in range(ORDERS):
        random = Random(f"{seed}-order-{number}")  # noqa: S311 - repeatable on purpose
        day = begins + timedelta(days=(DAYS - 1) * number / ORDERS)
        placed_at = _on_the_clock(day, random.randint(8 * 60, 21 * 60))
        user = nadia if number % 6 == 0 else None
        yield _ordering(shops, portal, user, number, placed_at, random)
    for number in range(REQUESTS):
        random = Random(f"{seed}-request-{number}")  # noqa: S311 - repeatable on purpose
        day = begins + timedelta(days=(DAYS - 1) * (number + 0.5) / REQUESTS)
        asked_at = _on_the_clock(day, random.randint(9 * 60, 19 * 60))
        shop = shops[0] if number % 2 else random.choice(shops[1:AT_THE_HEART])
        yield _asking(shop, portal, nadia, number, asked_at, random)


def _ordering(
    shops: Sequence[Establishment],
    portal: Portal,
    user: User | None,
    number: int,
    placed_at: datetime,
    random: Random,
) -> Story:
    """Order; then each of the shops has a story of its own."""
    yield placed_at
    some = _shops_for(number, shops, random)
    order = order_at(some, portal, user, number, placed_at, random)
    parts = list(order.merchant_orders.order_by("pk"))
    if parts[0].pays == Pays.ONLINE:
        yield placed_at + timedelta(minutes=2)
        pay(order, at=placed_at + timedelta(minutes=2))
    answered_at = _in_working_hours(placed_at + timedelta(minutes=random.randint(6, 50)))
    for place, part in enumerate(parts):
        if part.gathered_by_id is None:
            answered_at += timedelta(minutes=9)
            fate = (number + 7 * place) % TURN
            yield _serving(order, part, fate, answered_at, Random(f"{number}-{place}"))  # noqa: S311


def _shops_for(number: int, shops: Sequence[Establishment], random: Random) -> list[Establishment]:
    """Choose where an order is placed: at Claire's every other time, and where its fate can be."""
    if number % TURN in (GIVEN_BACK, ON_ITS_WAY_BACK):
        lasting = [one for one in shops[:MORE] if one.category_id in LASTING_TRADES]
        return lasting and [random.choice(lasting)]
    if number % 8 == 3:
        senders = [one for one in shops[:MORE] if one.category_id in SENT_TRADES]
        return senders and [random.choice(senders)]
    some = [shops[0]] if number % 2 == 0 else []
    return some + random.sample(list(shops[1:AT_THE_HEART]), random.choice((1, 1, 2)))


def _serving(
    order: Order, part: MerchantOrder, fate: int, answered_at: datetime, random: Random
) -> Story:
    yield answered_at
    part.refresh_from_db()
    if fate == REFUSED:
        refuse(part, reason="Plus rien en rayon ce matin, désolée.", by=WHO, at=answered_at)
        return
    accept(part, by=WHO, at=answered_at)
    for other in part.gathered.order_by("pk"):
        bring(other, accepted_at=answered_at, at=answered_at)
    ready_at = _before(part.starts_at, answered_at + timedelta(minutes=random.randint(30, 90)))
    ready_at = max(ready_at, answered_at + timedelta(minutes=25))
    if fate == MISSING:
        yield from _replacing(part, answered_at)
    yield ready_at
    weigh_all(part, at=ready_at)
    if part.way_kind == WayKind.SHIPPING:
        send_out(
            part,
            by=WHO,
            at=ready_at,
            carrier="Colis de démonstration",
            tracking=f"DEMO{part.pk:06d}",
        )
        arrived_at = _on_the_clock(ready_at + timedelta(days=2), random.randint(10 * 60, 17 * 60))
        yield arrived_at
        deliver(
            part,
            checks=Checks(Proof.KNOWN, is_age_checked=True, means="card"),
            by=WHO,
            at=arrived_at,
        )
        yield from _withdrawing(order, part, fate, arrived_at)
        return
    mark_ready(
        part, by=WHO, at=ready_at, place=random.choice(("Étagère du fond", "Frigo, bac 2", ""))
    )
    if part.way_kind == WayKind.POINT and part.gathered_by_id is None:
        note_arrival(part, by=WHO, at=ready_at)
    came_at = max(part.starts_at or ready_at, ready_at) + timedelta(minutes=random.randint(3, 25))
    if fate == UNCOLLECTED and part.way_kind in (WayKind.PICKUP, WayKind.POINT):
        yield came_at + PATIENCE
        let_go(part, by=WHO, at=came_at + PATIENCE)
        return
    yield came_at
    give = hand_over if part.way_kind in (WayKind.PICKUP, WayKind.POINT) else deliver
    means = random.choice(("card", "card", "cash"))
    give(part, checks=Checks(Proof.KNOWN, is_age_checked=True, means=means), by=WHO, at=came_at)
    yield from _withdrawing(order, part, fate, came_at)


def _replacing(part: MerchantOrder, at: datetime) -> Story:
    """Something is missing, something else is offered, and the customer takes it."""
    asked_at, chosen_at = at + timedelta(minutes=6), at + timedelta(minutes=21)
    yield asked_at
    line = part.lines.order_by("pk")[0]
    instead = Substitute(name="Le même, un peu plus petit", cents=line.total_cents * 8 // 10)
    question = report_missing(line, quantity=line.quantity, by=WHO, at=asked_at, substitute=instead)
    yield chosen_at
    if question is not None:
        choose_offer(question, by=Actor.guest("customer"), at=chosen_at)


def _withdrawing(order: Order, part: MerchantOrder, fate: int, given_at: datetime) -> Story:
    """Some think better of it: one sends back and has the money, one has only just sent."""
    if fate not in (GIVEN_BACK, ON_ITS_WAY_BACK):
        return
    at = given_at + timedelta(days=3, minutes=40)
    yield at
    wanted = {line.pk: 1 for line in part.lines.all() if not line.withdrawal_exception}
    name, email = order.customer_name, order.customer_email
    (withdrawal,) = confirm_withdrawal(order, wanted, name=name, email=email, at=at)
    posted_at = at + timedelta(days=1)
    yield posted_at
    say_sent(
        withdrawal,
        sent_on=posted_at.date(),
        tracking="DEMO-RETOUR",
        by=Actor.guest("customer"),
        at=posted_at,
    )
    if fate == GIVEN_BACK:
        back_at = posted_at + timedelta(days=3)
        yield back_at
        return_withdrawal(withdrawal, by=WHO, at=back_at, goes_on_shelf=True)


def _asking(
    shop: Establishment, portal: Portal, nadia: User, number: int, at: datetime, random: Random
) -> Story:
    """Have something put aside, without obligation, and come for it most of the time."""
    yield at
    asked = ask_for(shop, portal, nadia=nadia, at=at, number=number, random=random)
    if asked is None:
        return
    by = Actor("merchant", "", shop.name)
    answered_at = min(at + timedelta(minutes=random.randint(4, 24)), asked.wanted_at)
    yield answered_at
    if number % 7 == 3:
        no = "Désolés, il n’en reste plus cette semaine."
        reservations.decline_reservation(asked, by=by, at=answered_at, answer=no)
        return
    price, word = random.choice(PRICES), "Avec plaisir, à bientôt\u202f!"
    reservations.accept_reservation(asked, by=by, at=answered_at, price_cents=price, answer=word)
    came_at = asked.wanted_at + timedelta(minutes=random.randint(2, 30))
    yield came_at - timedelta(minutes=1)
    reservations.mark_ready(asked, by=by, at=came_at - timedelta(minutes=1))
    yield came_at
    reservations.hand_over(asked, by=by, at=came_at)


def _on_the_clock(day: datetime, minutes: int) -> datetime:
    """Return a moment of a day by the clock on the wall."""
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day.astimezone(PARIS).date(), clock, tzinfo=PARIS).astimezone(UTC)


def _in_working_hours(at: datetime) -> datetime:
    """Nobody answers at night: what comes then is answered when the shutters go up."""
    local = at.astimezone(PARIS)
    if 8 <= local.hour < 19:
        return at
    morning = local if local.hour < 8 else local + timedelta(days=1)
    return _on_the_clock(morning, 8 * 60 + local.minute // 2)


def _before(slot: datetime | None, at: datetime) -> datetime:
    """Be ready before the customer comes."""
    return min(at, slot - timedelta(minutes=4)) if slot is not None else at
