"""What stands of order lines: what was ordered, and everything that happened to it since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from chalandise.catalogue.states import WithdrawalException
from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine, WithdrawalLine
from chalandise.ordering.queries.rows import lines_of_orders
from chalandise.ordering.states import ChangeKind


@dataclass(frozen=True)
class Standing:
    """One line as it stands.

    Attributes:
        line: as it was ordered.
        quantity: how many of it stand.
        cents: what they cost.
        withdrawing: how many of those the customer has withdrawn from, not settled yet.
        withdrawing_cents: what they cost.
        is_weighed: whether ``cents`` comes from the scales.
    """

    line: OrderLine
    quantity: int
    cents: int
    withdrawing: int = 0
    withdrawing_cents: int = 0
    is_weighed: bool = False

    @property
    def free(self) -> int:
        """How many may still be withdrawn from."""
        return self.quantity - self.withdrawing

    @property
    def free_cents(self) -> int:
        """What those cost."""
        return self.cents - self.withdrawing_cents


def standing_of(parts: Iterable[MerchantOrder | int]) -> dict[int, list[Standing]]:
    """Return what stands of each merchant order, by its key: three statements at most."""
    return standing_and_touched(parts)[0]


def perishable_lines(part: MerchantOrder) -> set[int]:
    """Return the lines of a merchant order, and of what is gathered with it, that do not keep."""
    return set(_perishable([part.pk]).values_list("pk", flat=True))


def perishable_parts(parts: Iterable[MerchantOrder]) -> set[int]:
    """Return which merchant orders do not keep, alone or by what is gathered with them: one statement."""
    ids = {part.pk for part in parts}
    rows = _perishable(ids).values_list("merchant_order", "merchant_order__gathered_by")
    return {pk for pair in rows for pk in pair if pk in ids}


def _perishable(merchant_order_ids: Collection[int]) -> QuerySet[OrderLine]:
    perishes = Q(withdrawal_exception=WithdrawalException.PERISHABLE) | Q(
        offer__variant__product__is_perishable=True
    )
    there = Q(merchant_order__in=merchant_order_ids)
    with_it = Q(merchant_order__gathered_by__in=merchant_order_ids)
    return OrderLine.objects.filter(there | with_it).filter(perishes)


@dataclass(frozen=True)
class Touched:
    """What happened to any line of some merchant orders since they were placed."""

    is_changed: bool
    is_withdrawn: bool


def standing_and_touched(
    parts: Iterable[MerchantOrder | int],
) -> tuple[dict[int, list[Standing]], Touched]:
    """Return what stands of each merchant order, and whether anything ever happened to it.

    One statement while nothing has, which the reader then need not ask about either; three else.
    """
    ids = [part if isinstance(part, int) else part.pk for part in parts]
    rows = lines_of_orders(ids)
    touched = Touched(any(row[1] for row in rows), any(row[2] for row in rows))
    changes = _changes_of(ids) if touched.is_changed else {}
    pending = _pending_of(ids) if touched.is_withdrawn else {}
    found: dict[int, list[Standing]] = {pk: [] for pk in ids}
    for line, _is_changed, _is_withdrawn in rows:
        change, declared = changes.get(line.pk), pending.get(line.pk)
        found[line.merchant_order_id].append(
            Standing(
                line=line,
                quantity=line.quantity + (change["count"] if change else 0),
                cents=line.total_cents + (change["sum"] if change else 0),
                withdrawing=declared["count"] if declared else 0,
                withdrawing_cents=declared["sum"] if declared else 0,
                is_weighed=bool(change and change["weighed"] is not None),
            )
        )
    return found, touched


def _changes_of(merchant_order_ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = (
        LineChange.objects.filter(line__merchant_order__in=merchant_order_ids)
        .values("line")
        .annotate(
            count=Sum("quantity"),
            sum=Sum("cents"),
            weighed=Sum("cents", filter=Q(kind=ChangeKind.WEIGHED)),
        )
        .order_by("line")
    )
    return {row["line"]: dict(row) for row in rows}


def _pending_of(merchant_order_ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = (
        WithdrawalLine.objects.filter(
            line__merchant_order__in=merchant_order_ids, withdrawal__applied_at=None
        )
        .values("line")
        .annotate(count=Sum("quantity"), sum=Sum("cents"))
        .order_by("line")
    )
    return {row["line"]: dict(row) for row in rows}


def gestures_on(line: OrderLine) -> int:
    """Return what was taken off a line out of kindness, as a positive amount; one statement."""
    given = LineChange.objects.filter(line=line, kind=ChangeKind.GESTURE)
    return -(given.aggregate(sum=Sum("cents"))["sum"] or 0)


def fee_given_back(changes: Iterable[LineChange]) -> int:
    """Return how much of delivery went back with a whole merchant order, as its changes say."""
    return sum(int(one.detail.get("delivery_cents", 0)) for one in changes)


def fee_left(part: MerchantOrder) -> int:
    """Return what of delivery was given back neither with a withdrawal nor with the whole."""
    withdrawn = part.withdrawals.values_list("content", flat=True)
    gone = sum(int(one.get("delivery_cents", 0)) for one in withdrawn)
    given = LineChange.objects.filter(
        line__merchant_order=part, kind=ChangeKind.GESTURE, detail__has_key="delivery_cents"
    )
    return max(0, part.fee_cents - gone - fee_given_back(given))


def standing_cents(part: MerchantOrder) -> int:
    """Return what a merchant order costs as it stands, delivery included where anything does."""
    items = sum(one.cents for one in standing_of([part])[part.pk])
    return items + part.fee_cents if items else 0
