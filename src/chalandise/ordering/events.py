"""Facts that ordering announces."""

from __future__ import annotations

from dataclasses import dataclass

from chalandise.journal.events import event


@event("ordering.reservation_moved")
@dataclass(frozen=True)
class ReservationMoved:
    """A reservation request took a step; ``state`` is where it now stands."""

    reservation_id: int
    state: str


@event("ordering.order_placed")
@dataclass(frozen=True)
class OrderPlaced:
    """A customer pressed the button: an order stands, paid or to be paid."""

    order_id: int


@event("ordering.slot_moved")
@dataclass(frozen=True)
class SlotMoved:
    """What is collected is collected at another time; ``moves`` counts from one."""

    merchant_order_id: int
    moves: int
    is_by_customer: bool


@event("ordering.merchant_order_moved")
@dataclass(frozen=True)
class MerchantOrderMoved:
    """A merchant order took a step; ``state`` is where it now stands."""

    merchant_order_id: int
    state: str


@event("ordering.refund_due")
@dataclass(frozen=True)
class RefundDue:
    """Money must go back to the customer of a merchant order.

    ``lines`` says how many of which order line, as pairs of line and quantity; ``key`` names the
    cause, so that the same cause never gives back twice.
    """

    merchant_order_id: int
    amount_cents: int
    reason: str
    key: str
    lines: list[list[int]]


@event("ordering.withdrawal_confirmed")
@dataclass(frozen=True)
class WithdrawalConfirmed:
    """A customer withdrew from the contract with one merchant, in whole or in part."""

    withdrawal_id: int


@event("ordering.withdrawal_moved")
@dataclass(frozen=True)
class WithdrawalMoved:
    """A withdrawal took a step after its confirmation; ``state`` is where it now stands."""

    withdrawal_id: int
    state: str


@event("ordering.withdrawal_sent")
@dataclass(frozen=True)
class WithdrawalSent:
    """A customer has shown that the goods of a withdrawal are on their way back."""

    withdrawal_id: int


@event("ordering.refund_clock")
@dataclass(frozen=True)
class RefundClockStruck:
    """The refund clock of a withdrawal says something to people.

    ``turn`` is ``near`` (the day comes), ``waiting`` (the merchant may wait for the goods) or
    ``by_hand`` (the merchant has to give back at the counter).
    """

    withdrawal_id: int
    turn: str
