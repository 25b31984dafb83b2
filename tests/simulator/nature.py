"""What happens by itself: time, jobs, the outbox, the bank's news and its faults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from tests.simulator.world import DST_NIGHT, World

from chalandise.bank.actions.disputing import end_dispute, open_dispute, reverse_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.news import deliver_events
from chalandise.bank.actions.paying_out import pay_out
from chalandise.bank.actions.refunding import end_refunds
from chalandise.bank.actions.sessions import expire_sessions
from chalandise.bank.models import BankCharge, BankEvent, BankFault
from chalandise.bank.queries import disputed_charges
from chalandise.bank.signing import sign
from chalandise.bank.states import FaultKind
from chalandise.bank.wire import SIGNATURE_HEADER, secrets
from chalandise.fulfilment.actions.asking import settle_overdue
from chalandise.fulfilment.actions.letting_go import release_uncollected, remind_of_uncollected
from chalandise.journal.models import DeadLetter, OutboxEvent
from chalandise.journal.outbox import dispatch, try_again
from chalandise.logistics.actions import expire_slot_holds
from chalandise.ordering.actions.expiring import expire_unpaid
from chalandise.payments.actions.arriving import follow_refunds
from chalandise.payments.actions.inbox import receive_event
from chalandise.payments.actions.sending import send_refunds
from chalandise.payments.actions.watching import compare_books, watch_payments
from chalandise.payments.breaker import BREAKERS
from chalandise.payments.queries import refunds_on_their_way, refunds_to_send
from chalandise.settlements.actions.closing import close_finished_periods
from chalandise.stock.actions import expire_holds

COMPARED = timedelta(days=4)
LATER = (
    FaultKind.REFUND_PENDING,
    FaultKind.REFUND_FAILS,
)  # played by `tests/payments/test_arriving`
FAULTS = tuple(kind for kind in FaultKind if kind not in LATER)
SILENT = (FaultKind.SERVER_ERROR, FaultKind.UNREACHABLE, FaultKind.SLOW, FaultKind.GARBLED)


def pass_time(world: World) -> str:
    """Some minutes, now and then hours, rarely days; the long night of October is on the way."""
    roll = world.dice.randrange(100)
    if world.now < DST_NIGHT and roll < 3:
        world.now = DST_NIGHT
        return "the long night"
    if roll < 88:
        world.wait(minutes=world.dice.randint(1, 5))
    elif roll < 98:
        world.wait(minutes=world.dice.randint(20, 240))
    else:
        world.wait(hours=world.dice.randint(10, 80))
    return "waited"


def read_outbox(world: World) -> str:
    """Hand the next events to their subscribers, some at a time, as the worker does.

    The place moves with the transaction, as `journal.outbox.Reader` keeps it; its wait for other
    transactions of the server is left out, because other tests' transactions would change the play.
    """
    with transaction.atomic():
        rows = list(
            OutboxEvent.objects.filter(pk__gt=world.outbox_read).order_by("pk")[
                : world.dice.randint(1, 30)
            ]
        )
        dispatch(rows)
    if rows:
        world.outbox_read = rows[-1].pk
    return "read" if rows else ""


def dispute(world: World) -> str:
    """A cardholder disputes what they paid, however long ago; the bank decides, also anew."""
    taken = BankCharge.objects.filter(captured_cents__gt=0).order_by("pk")
    roll = world.dice.randrange(100)
    if roll < 45:
        charge = world.one_of(list(taken.exclude(is_disputed=True, dispute_end="lost")))
        if charge is None:
            return ""
        open_dispute(charge.reference, at=world.now)
        return "disputed again" if charge.dispute_end else "disputed"
    told = taken.filter(is_disputed=True)
    if roll < 75:
        charge = world.one_of(list(told.filter(dispute_end="")))
        if charge is None:
            return ""
        is_won = world.chance(50)
        end_dispute(charge.reference, is_won=is_won, at=world.now)
        return "dispute won" if is_won else "dispute lost"
    charge = world.one_of(list(told.exclude(dispute_end="")))
    if charge is None:
        return ""
    reverse_dispute(charge.reference, at=world.now)
    return f"dispute {charge.dispute_end}, and decided the other way"


def decide_disputes(world: World) -> None:
    """Have the bank decide what cardholders dispute: half for the shop, half for them."""
    for charge in disputed_charges().filter(dispute_end="").order_by("pk"):
        end_dispute(charge.reference, is_won=world.dice.randrange(2) == 0, at=world.now)


def run_job(world: World) -> str:
    """Run one of the jobs, in any order; production runs them all every minute or hour."""
    jobs = _jobs(world)
    name = world.dice.choice(list(jobs))
    jobs[name]()
    return name


def run_all(world: World) -> None:
    """Run every job once."""
    for job in _jobs(world).values():
        job()


def retry_letters(world: World) -> bool:
    """Give subscribers that failed their next chance; tell whether any is left to be tried."""
    due = DeadLetter.objects.exclude(next_try_at=None).order_by("next_try_at").first()
    if due is None or due.next_try_at is None:
        return False
    world.now = max(world.now, due.next_try_at)
    try_again(at=world.now)
    return True


def compare(world: World) -> None:
    """Compare the books; note from when on every difference must be told, if the bank answers."""
    silent = BankFault.objects.filter(kind__in=SILENT, left__gt=0).exists()
    is_asked = BREAKERS.of("simulated").lets_through(world.now)
    compare_books(since=world.now - COMPARED, at=world.now)
    if is_asked and not silent:
        world.compared_since = world.now - COMPARED


def send_and_follow_refunds(at: datetime) -> None:
    """Send what waits and ask after what is on its way, as production does in one job."""
    send_refunds(refunds_to_send(at=at, most=20), at=at)
    follow_refunds(refunds_on_their_way(at=at, most=20), at=at)


def _jobs(world: World) -> dict[str, Callable[[], object]]:
    at = world.now
    return {
        "watch": lambda: watch_payments(at=at),
        "refunds": lambda: send_and_follow_refunds(at),
        "unpaid": lambda: expire_unpaid(at=at),
        "holds": lambda: expire_holds(at=at),
        "slots": lambda: expire_slot_holds(at=at),
        "questions": lambda: settle_overdue(at=at),
        "uncollected": lambda: release_uncollected(at=at),
        "remind": lambda: remind_of_uncollected(at=at),
        "compare": lambda: compare(world),
        "letters": lambda: try_again(at=at),
        "periods": lambda: close_finished_periods(at=at),
    }


def hear_news(world: World) -> str:
    """Let the bank send what is due, close what ran out, end what is on its way back, pay merchants out."""
    expire_sessions(at=world.now)
    end_refunds(at=world.now)
    is_news = bool(deliver_events(at=world.now, most=world.dice.randint(1, 10)))
    if pay_out(at=world.now):
        return "paid out"
    return "news" if is_news else ""


def hear_again(world: World) -> str:
    """Hear some event of the past once more, genuine, too old, or from somebody else."""
    event = world.one_of(list(BankEvent.objects.order_by("pk")))
    if event is None:
        return ""
    body = event.body.encode()
    roll = world.dice.randrange(4)
    signed_at = world.now - timedelta(hours=2) if roll == 0 else world.now
    keys = ["somebody else's"] if roll == 1 else secrets()
    headers = {SIGNATURE_HEADER: sign(body, secrets=keys, at=signed_at)}
    return str(receive_event("simulated", headers, body, at=world.now))


def break_bank(world: World) -> str:
    """Make something go wrong at the bank, once or twice."""
    kind = world.dice.choice(FAULTS)
    script_fault(kind, times=world.dice.randint(1, 2))
    return kind.value
