"""Time that passes in the demonstration: stories told in the order of their moments.

A story is a generator of moments: it yields when it goes on, and what comes after the yield is done
then. All stories are told together, so that the books, whose records are chained, are written in the
order in which they would have been. What the worker does meanwhile (books, refunds, the seal of each
day) is done at its moment too, by the very actions that the worker calls; no e-mail is written about
days that are over.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from chalandise.bank.actions.paying_out import pay_out
from chalandise.fulfilment.actions.steps import follow_order
from chalandise.fulfilment.queries.goods import goods_of
from chalandise.journal.events import from_payload
from chalandise.journal.models import OutboxEvent
from chalandise.journal.states import Actor
from chalandise.kernel.errors import ChalandiseError
from chalandise.ordering.actions.refund_turns import turn_refund_clock
from chalandise.ordering.actions.withdrawing import note_refunded
from chalandise.ordering.events import MerchantOrderMoved, RefundDue
from chalandise.ordering.states import MerchantOrderState
from chalandise.payments.actions.paying_out import note_payouts
from chalandise.payments.actions.refunding import Cause, refund_merchant_order
from chalandise.payments.actions.sending import send_refund
from chalandise.payments.events import PaymentCaptured, PayoutPaid, RefundDone
from chalandise.payments.models import MerchantAccount, Payment, Refund
from chalandise.settlements.actions.closing import close_periods_of
from chalandise.settlements.actions.following import follow_payment, follow_payout, follow_refund
from chalandise.settlements.actions.statements import issue_statements_of_last_month

Story = Generator["datetime | Story", None, None]
"""Yields when it goes on, or another story that begins with it."""
PARIS = ZoneInfo("Europe/Paris")
SEALED_AFTER = timedelta(minutes=25)
TURNED_AFTER = timedelta(hours=1)
STATED_AFTER = timedelta(hours=4, minutes=40)
_STANDS_NOT = {MerchantOrderState.AWAITING_PAYMENT, MerchantOrderState.EXPIRED}


def live_through(stories: Iterable[Story], *, until: datetime) -> int:
    """Live through stories until a moment; what would come later has not happened.

    Returns:
        How many steps were taken.
    """
    agenda = _Agenda()
    for story in stories:
        agenda.go_on_with(story)
    worker = _Worker()
    steps = 0
    while (turn := agenda.next_until(until)) is not None:
        at, story = turn
        worker.sleep_until(at)
        agenda.go_on_with(story)
        worker.react(at=at)
        steps += 1
    worker.sleep_until(until)
    return steps


class _Agenda:
    """Which story goes on when."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Story]] = []
        self._noted = 0  # of two stories at one moment, the one noted first goes on first

    def next_until(self, until: datetime) -> tuple[datetime, Story] | None:
        """Take the next story that goes on before a moment."""
        if not self._entries or self._entries[0][0] > until:
            return None
        at, _number, story = heappop(self._entries)
        return at, story

    def go_on_with(self, story: Story) -> None:
        """Let a story go on, and note when it wants to next; one that cannot stays where it is."""
        try:
            while not isinstance(said := next(story), datetime):
                self.go_on_with(said)
        except (StopIteration, ChalandiseError):  # it has ended; or a shelf was empty, as in life
            return
        self._noted += 1
        heappush(self._entries, (said, self._noted, story))


class _Worker:
    """What the worker process would have done, at the moments when it would."""

    def __init__(self) -> None:
        last = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        self._heard = last or 0
        self._now: datetime | None = None
        self._sold: set[int] = set()  # who has records of a day that is not sealed yet

    def sleep_until(self, at: datetime) -> None:
        """Pass the nights on the way: days are sealed, and months told once they are over."""
        if self._now is not None:
            for night in _nights(self._now, at):
                for organisation in sorted(self._sold):
                    close_periods_of(organisation, at=night + SEALED_AFTER)
                self._sold.clear()
                turn_refund_clock(at=night + TURNED_AFTER, goods_of=goods_of)
                paid_out = pay_out(at=night + TURNED_AFTER)
                for account in MerchantAccount.objects.filter(reference__in=paid_out):
                    note_payouts(account, at=night + TURNED_AFTER)
                self.react(at=night + TURNED_AFTER)
                if night.astimezone(PARIS).day == 1:
                    issue_statements_of_last_month(at=night + STATED_AFTER)
        self._now = at

    def react(self, *, at: datetime) -> None:
        """Take the events of this moment, and those that follow from them."""
        while rows := list(OutboxEvent.objects.filter(pk__gt=self._heard).order_by("pk")):
            self._heard = rows[-1].pk
            for row in rows:
                self._take(from_payload(row.kind, row.payload), at)

    def _take(self, event: object, at: datetime) -> None:
        match event:
            case PaymentCaptured():
                payment = Payment.objects.select_related("merchant_order").get(pk=event.payment_id)
                follow_payment(payment, at=at)
                self._sold.add(payment.merchant_order.organisation_id)
            case RefundDue():
                for one in refund_merchant_order(
                    event.merchant_order_id,
                    amount_cents=event.amount_cents,
                    cause=Cause(event.key, event.reason, event.lines),
                    by=Actor.system("ordering"),
                    at=at,
                ):
                    send_refund(one.pk, at=at)
            case RefundDone():
                refund = Refund.objects.select_related("payment__merchant_order").get(
                    pk=event.refund_id
                )
                follow_refund(refund, at=at)
                note_refunded(refund.key, at=at)
                self._sold.add(refund.payment.merchant_order.organisation_id)
            case PayoutPaid():
                follow_payout(event.payout_id, at=at)
            case MerchantOrderMoved() if event.state not in _STANDS_NOT:
                follow_order(event.merchant_order_id, at=at)


def _nights(since: datetime, until: datetime) -> Iterable[datetime]:
    """Return each midnight of the place between two moments."""
    day = since.astimezone(PARIS).date() + timedelta(days=1)
    last = until.astimezone(PARIS).date()
    while day <= last:
        yield datetime(day.year, day.month, day.day, tzinfo=PARIS)
        day += timedelta(days=1)
