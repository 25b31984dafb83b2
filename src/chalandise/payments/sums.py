"""What an order costs now: as ordered, what became of it, what was taken and what came back.

The order's page showed the sums of the day it was placed; a customer must be able to read, for each
merchant and in all, what is due, paid and paid back today (L111-1, L221-24). These figures are the
ones the ledger is written from, and a test compares both, cent for cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine, Withdrawal
from chalandise.ordering.queries.lines import fee_given_back, standing_and_touched
from chalandise.ordering.states import ChangeKind, MerchantOrderState
from chalandise.payments.models import Payment, Refund
from chalandise.payments.states import PaymentState, RefundState

ENDED = (
    MerchantOrderState.DECLINED,
    MerchantOrderState.CANCELLED,
    MerchantOrderState.EXPIRED,
    MerchantOrderState.UNCOLLECTED,
)


@dataclass(frozen=True)
class LineChanged:
    """One thing that became of a line.

    ``name`` is what replaces it, ``grams`` what the scales said, ``word`` why the merchant was kind.
    """

    kind: ChangeKind
    quantity: int
    cents: int
    name: str = ""
    grams: int = 0
    word: str = ""


@dataclass(frozen=True)
class LineSum:
    """One line: as it was ordered, what became of it, as it stands.

    Attributes:
        line: as ordered.
        quantity: how many stand.
        cents: what they cost.
        changes: what happened, first things first.
        withdrawing: how many the customer has withdrawn from, not settled yet.
    """

    line: OrderLine
    quantity: int
    cents: int
    changes: tuple[LineChanged, ...] = ()
    withdrawing: int = 0


@dataclass(frozen=True)
class Sums:
    """The figures of one merchant order, or of several together, in cents.

    Attributes:
        ordered: when the button was pressed, delivery included.
        now: what it costs as it stands.
        taken: paid by the customer.
        back: given back already.
        coming: promised back, under way.
        announced: withdrawn from, waiting for its day or for the goods.
        due: what remains to be paid.
    """

    ordered: int = 0
    now: int = 0
    taken: int = 0
    back: int = 0
    coming: int = 0
    announced: int = 0
    due: int = 0

    @property
    def kept(self) -> int:
        """What the customer has paid once everything promised is back."""
        return self.taken - self.back - self.coming

    @property
    def has_changed(self) -> bool:
        """Whether anything is otherwise than ordered."""
        return self.now != self.ordered or bool(self.back or self.coming or self.announced)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.ordered + other.ordered,
            self.now + other.now,
            self.taken + other.taken,
            self.back + other.back,
            self.coming + other.coming,
            self.announced + other.announced,
            self.due + other.due,
        )


@dataclass(frozen=True)
class PartSums:
    """One merchant order: its lines, its delivery, its figures."""

    part: MerchantOrder
    lines: tuple[LineSum, ...]
    fee_cents: int
    sums: Sums


def sums_of(parts: Iterable[MerchantOrder], *, has_payments: bool = True) -> dict[int, PartSums]:
    """Return the figures of merchant orders by their key: seven statements at most, any number.

    Args:
        parts: which.
        has_payments: whether any of them was ever to be paid online or noted as paid, if known.
    """
    wanted = {part.pk: part for part in parts}
    standing, touched = standing_and_touched(wanted)
    known: dict[int, list[LineChange]] = {}
    if touched.is_changed:
        for change in LineChange.objects.filter(line__merchant_order__in=wanted).order_by("pk"):
            known.setdefault(change.line_id, []).append(change)
    moved = _moved(wanted) if has_payments else {}
    fees = {
        pk: fee_given_back(change for one in standing[pk] for change in known.get(one.line.pk, ()))
        for pk in wanted
    }
    announced: dict[int, int] = {}
    for one in _withdrawals_of(wanted) if touched.is_withdrawn else ():
        if one.applied_at is None:
            announced[one.merchant_order_id] = (
                announced.get(one.merchant_order_id, 0) + one.amount_cents
            )
        else:
            fee = int(one.content.get("delivery_cents", 0))
            fees[one.merchant_order_id] = fees.get(one.merchant_order_id, 0) + fee
    found = {}
    for pk, part in wanted.items():
        fee = 0 if part.state in ENDED else max(0, part.fee_cents - fees.get(pk, 0))
        lines = tuple(
            LineSum(
                line=one.line,
                quantity=one.quantity,
                cents=one.cents,
                changes=tuple(map(_changed, known.get(one.line.pk, ()))),
                withdrawing=one.withdrawing,
            )
            for one in standing[pk]
        )
        items = 0 if part.state in ENDED else sum(one.cents for one in lines)
        taken, back, coming = moved.get(pk, (0, 0, 0))
        now = items + fee
        due = max(0, now - taken)  # what was given back out of kindness is not asked for again
        sums = Sums(part.total_cents, now, taken, back, coming, announced.get(pk, 0), due)
        found[pk] = PartSums(part, lines, fee, sums)
    return found


def _withdrawals_of(parts: Iterable[int]) -> Iterable[Withdrawal]:
    return Withdrawal.objects.filter(merchant_order__in=parts)


def _moved(parts: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """Return what was taken, given back and promised back of each merchant order."""
    taken: dict[int, int] = {}
    for payment in Payment.objects.filter(merchant_order__in=parts, state=PaymentState.CAPTURED):
        pk = payment.merchant_order_id
        taken[pk] = taken.get(pk, 0) + payment.captured_cents
    back: dict[int, int] = {}
    coming: dict[int, int] = {}
    refunds = Refund.objects.filter(payment__merchant_order__in=parts).exclude(
        state=RefundState.REFUSED
    )
    for refund in refunds.select_related("payment"):
        into = back if refund.state == RefundState.DONE else coming
        pk = refund.payment.merchant_order_id
        into[pk] = into.get(pk, 0) + refund.amount_cents
    return {pk: (taken.get(pk, 0), back.get(pk, 0), coming.get(pk, 0)) for pk in parts}


def _changed(change: LineChange) -> LineChanged:
    return LineChanged(
        kind=ChangeKind(change.kind),
        quantity=change.quantity,
        cents=change.cents,
        name=str(change.detail.get("name", "")),
        grams=int(change.detail.get("grams", 0)),
        word=str(change.detail.get("reason", "")),
    )
