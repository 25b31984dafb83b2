"""What stands of order lines: what was ordered, and everything that happened to it since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum

from chalandise.ordering.models import LineChange, MerchantOrder, OrderLine, WithdrawalLine
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
    """Return what stands of each merchant order, by its key: three statements, any number."""
    ids = [part if isinstance(part, int) else part.pk for part in parts]
    lines = list(OrderLine.objects.filter(merchant_order__in=ids).order_by("position"))
    changes = {
        row["line"]: row
        for row in LineChange.objects.filter(line__merchant_order__in=ids)
        .values("line")
        .annotate(
            count=Sum("quantity"),
            sum=Sum("cents"),
            weighed=Sum("cents", filter=Q(kind=ChangeKind.WEIGHED)),
        )
        .order_by("line")
    }
    pending = {
        row["line"]: row
        for row in WithdrawalLine.objects.filter(
            line__merchant_order__in=ids, withdrawal__applied_at=None
        )
        .values("line")
        .annotate(count=Sum("quantity"), sum=Sum("cents"))
        .order_by("line")
    }
    found: dict[int, list[Standing]] = {pk: [] for pk in ids}
    for line in lines:
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
    return found


def standing_cents(part: MerchantOrder) -> int:
    """Return what a merchant order costs as it stands, delivery included where anything does."""
    items = sum(one.cents for one in standing_of([part])[part.pk])
    return items + part.fee_cents if items else 0
