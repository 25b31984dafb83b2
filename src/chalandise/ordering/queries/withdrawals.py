"""Reads about withdrawals: what may be given back, until when, and the door without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from chalandise.accounts.models import User
from chalandise.kernel.errors import NotFoundError
from chalandise.ordering.models import MerchantOrder, Order, Withdrawal
from chalandise.ordering.numbers import tidy_order_number
from chalandise.ordering.queries.lines import Standing, standing_of
from chalandise.ordering.queries.orders import with_parts
from chalandise.ordering.states import MerchantOrderState
from chalandise.ordering.withdrawal_clock import is_running, last_day_after

SERVICE = "service"
WITHDRAWABLE = (
    MerchantOrderState.PLACED,
    MerchantOrderState.ACCEPTED,
    MerchantOrderState.COMPLETED,
)


@dataclass(frozen=True)
class WithdrawableLine:
    """One line as the form shows it.

    Attributes:
        standing: how many may still be given back.
        exception: the reason of L221-28 the merchant may object with; blank for none. It is shown,
            and never hides the line.
        last_day: the last day; None while nothing was received.
        is_open: whether that day has not passed.
    """

    standing: Standing
    exception: str
    last_day: date | None
    is_open: bool

    @property
    def may_withdraw(self) -> bool:
        """Whether the form offers it."""
        return self.is_open and self.standing.free > 0


@dataclass(frozen=True)
class WithdrawablePart:
    """One merchant order as the form shows it."""

    part: MerchantOrder
    lines: tuple[WithdrawableLine, ...]

    @property
    def may_withdraw(self) -> bool:
        """Whether anything of it can be given back."""
        return any(line.may_withdraw for line in self.lines)


def find_order_for_withdrawal(number: str, email: str) -> Order:
    """Return the order of a number and the address it was placed with, for whoever has no account.

    Raises:
        NotFoundError: no such order, or another address: never told apart.
    """
    orders = Order.objects.filter(
        number=tidy_order_number(number), customer_email__iexact=email.strip()[:254]
    ).exclude(customer_email="")
    found = with_parts(orders).first()
    if found is None:
        raise NotFoundError
    return found


def get_order_to_withdraw(order_id: int) -> Order:
    """Return the order that a signed key of the form names.

    Raises:
        NotFoundError: it is no more.
    """
    found = with_parts(Order.objects.filter(pk=order_id)).first()
    if found is None:
        raise NotFoundError
    return found


def list_withdrawals_with(order: Order) -> list[Withdrawal]:
    """Return everything that was withdrawn from an order, first things first; two statements."""
    return list(
        _withdrawals().filter(merchant_order__order=order.pk).order_by("confirmed_at", "number")
    )


def withdrawable(order: Order, *, at: datetime) -> list[WithdrawablePart]:
    """Return every part that stands, with what may be given back; five statements."""
    parts = list(
        order.merchant_orders.filter(state__in=WITHDRAWABLE)
        .select_related("establishment__commune")
        .order_by("number")
    )
    standing = standing_of(parts)
    return [
        WithdrawablePart(part, tuple(_line(part, one, at) for one in standing[part.pk]))
        for part in parts
    ]


def _line(part: MerchantOrder, standing: Standing, at: datetime) -> WithdrawableLine:
    last = last_day_of(part, standing)
    return WithdrawableLine(
        standing=standing,
        exception=standing.line.withdrawal_exception,
        last_day=last,
        is_open=is_running(
            _event_of(part, standing),
            at=at,
            timezone=part.establishment.timezone,
            holiday_zone=part.establishment.commune.holiday_zone,
        ),
    )


def last_day_of(part: MerchantOrder, standing: Standing) -> date | None:
    """Return the last day on which a line may be given back; None while it is not received."""
    event = _event_of(part, standing)
    if event is None:
        return None
    shop = part.establishment
    return last_day_after(event, timezone=shop.timezone, holiday_zone=shop.commune.holiday_zone)


def _event_of(part: MerchantOrder, standing: Standing) -> datetime | None:
    """Return what starts the clock: the receipt of goods, the contract of a service (L221-18)."""
    return part.placed_at if standing.line.goods_kind == SERVICE else part.received_at


def get_withdrawal_by_token(token: str) -> Withdrawal:
    """Return the withdrawal behind the private link of its acknowledgement.

    Raises:
        NotFoundError: the link opens nothing.
    """
    found = _withdrawals().filter(token=token).first()
    if found is None:
        raise NotFoundError
    return found


def get_withdrawal_for_member(user: User, withdrawal_id: int) -> Withdrawal:
    """Return a withdrawal made to a shop the person looks after.

    Raises:
        NotFoundError: absent, or made to somebody else.
    """
    found = (
        _withdrawals()
        .filter(
            pk=withdrawal_id,
            merchant_order__establishment__organisation__memberships__user=user,
        )
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def _withdrawals() -> QuerySet[Withdrawal]:
    return Withdrawal.objects.select_related(
        "merchant_order__order__portal", "merchant_order__establishment__commune"
    ).prefetch_related("lines__line")
