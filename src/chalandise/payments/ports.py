"""What the room asks of whoever takes the money: one port, any number of adapters.

An adapter translates and nothing more: it stores nothing, decides nothing, and turns every failure
into one of `errors`. Amounts are integer cents of euro at this boundary; an adapter hands any other
currency on as it is told, and `settling` refuses it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

STOPPED = "manual"  # payouts leave only when somebody asks for one
USUAL_RHYTHM = "daily"
PAYMENT_MARK = "chalandise_payment"  # under this name a provider keeps our number of a payment
REFUND_MARK = "chalandise_refund"  # and of a refund


class Found(Enum):
    """What a provider says about a payment."""

    OPEN = "open"  # the customer may still pay
    CAPTURED = "captured"
    FAILED = "failed"  # refused, for good
    CANCELLED = "cancelled"  # left or expired: nobody can pay it any more


class DisputeFound(Enum):
    """How a provider says that a dispute ended."""

    WON = "won"  # the money is the merchant's again
    LOST = "lost"


class RefundFound(Enum):
    """What a provider says about a refund."""

    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"


class About(Enum):
    """What an event is about."""

    PAYMENT = "payment"
    REFUND = "refund"  # of a payment, which is looked up too
    ACCOUNT = "account"
    OTHER = "other"


@dataclass(frozen=True)
class ChargeRequest:
    """One merchant's part of a visit.

    Attributes:
        payment: our public number of the payment.
        account: the merchant's account at the provider.
        amount_cents: how much.
        currency: lower-case ISO 4217.
        description: what the customer reads on the provider's page.
        metadata: what the provider keeps with the payment and gives back.
        fee_cents: how much of it the provider keeps for the operator: the commission of the order.
    """

    payment: str
    account: str
    amount_cents: int
    currency: str
    description: str
    metadata: Mapping[str, str]
    fee_cents: int = 0


@dataclass(frozen=True)
class VisitRequest:
    """What a visit shall pay.

    Attributes:
        charges: one for each merchant.
        return_url: where the customer comes back after paying.
        cancel_url: where the customer comes back without paying.
        opened_at: when the visit was recorded: what is asked again after a crash must not differ.
        expires_at: until when the customer may pay.
        email: the customer's, for the provider's page; may be empty.
    """

    charges: tuple[ChargeRequest, ...]
    return_url: str
    cancel_url: str
    opened_at: datetime
    expires_at: datetime
    email: str = ""


@dataclass(frozen=True)
class VisitOpened:
    """A page of the provider, ready for the customer.

    Attributes:
        url: where to send the customer.
        references: the provider's number for each of our payments that this page covers. A
            provider that takes one merchant at a time covers the first only; the next page is
            opened when the customer comes back.
    """

    url: str
    references: Mapping[str, str]


@dataclass(frozen=True)
class ProviderPayment:
    """A payment as the provider knows it now.

    Attributes:
        reference: the provider's number, under which it is looked up.
        charge_reference: the number under which it is refunded; empty until it is captured.
        state: what became of it.
        account: the account the money goes to.
        amount_cents: what was asked.
        captured_cents: what was taken.
        refunded_cents: what was given back.
        currency: lower-case ISO 4217.
        metadata: what we gave it to keep.
        decline: why it was refused last; empty otherwise.
        is_disputed: the cardholder disputes it, or did.
        created_at: when it was made.
        dispute: how that ended; None while it goes on, or where nobody looked.
        disputed_cents: how much of it; 0 where all of it, or nothing, is disputed.
        failed_refunds_count: of how many of our refunds, known to have failed on their way, it is certain
            that ``refunded_cents`` leaves them out; no adapter's word but that of `looking`.
    """

    reference: str
    charge_reference: str
    state: Found
    account: str
    amount_cents: int
    captured_cents: int
    refunded_cents: int
    currency: str
    metadata: Mapping[str, str]
    decline: str
    is_disputed: bool
    created_at: datetime
    dispute: DisputeFound | None = None
    disputed_cents: int = 0
    failed_refunds_count: int = 0


@dataclass(frozen=True)
class RefundRequest:
    """Money to give back.

    Attributes:
        reference: the number under which the payment is looked up.
        charge_reference: the number under which it is refunded.
        account: the merchant's account.
        amount_cents: how much.
        metadata: what the provider keeps with the refund.
        has_fee: a part of the payment was kept for the operator: it goes back in proportion.
    """

    reference: str
    charge_reference: str
    account: str
    amount_cents: int
    metadata: Mapping[str, str]
    has_fee: bool = False


@dataclass(frozen=True)
class ProviderRefund:
    """A refund as the provider knows it now.

    Attributes:
        reference: the provider's number, under which it is looked up.
        state: what became of it.
        amount_cents: how much.
        reason: why it was refused; empty otherwise.
        mark: our own number of it, which the provider keeps; empty where somebody else gave it back.
    """

    reference: str
    state: RefundFound
    amount_cents: int
    reason: str = ""
    mark: str = ""


@dataclass(frozen=True)
class ProviderPayout:
    """Money that left a merchant's balance for their own bank.

    Attributes:
        reference: the provider's number.
        amount_cents: how much; below zero where the bank account was debited instead.
        fees_cents: what the provider took for its own service of the payments in it.
        left_at: when.
    """

    reference: str
    amount_cents: int
    left_at: datetime
    fees_cents: int = 0


@dataclass(frozen=True)
class ProviderEvent:
    """News whose signature and age were checked; what it says is looked up all the same.

    Attributes:
        event_id: the provider's number, to notice repetitions.
        kind: the provider's word.
        about: what to look up.
        account: the account concerned.
        references: numbers of the provider that it names.
        payment: our own number of the payment, if it carries it.
        payload: the whole, for whoever inquires later.
    """

    event_id: str
    kind: str
    about: About
    account: str
    references: tuple[str, ...]
    payment: str
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class MerchantIdentity:
    """Who asks for an account."""

    name: str
    email: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class ProviderAccount:
    """A merchant's account as the provider knows it now.

    Attributes:
        reference: its number.
        is_ready: whether it can be paid into.
        missing: what the provider still asks, in its own words.
        payout_mark: tells one bank account for payouts from another, and nothing more.
        payout_rhythm: when payouts leave: ``daily``, ``weekly:monday``, ``monthly:15``; `STOPPED`
            where none does.
    """

    reference: str
    is_ready: bool
    missing: tuple[str, ...]
    payout_mark: str
    payout_rhythm: str = USUAL_RHYTHM


class Provider(Protocol):
    """Whoever takes the money.

    Every call may raise a `ProviderError`. A ``key`` makes a call that is repeated do its work
    once; it is the caller's duty to store it first.

    Attributes:
        key: its name.
        pays_all_on_one_page: whether a page covers all merchants of a visit, or each has its own.
    """

    key: str
    pays_all_on_one_page: bool

    def open_visit(self, request: VisitRequest, *, key: str, at: datetime) -> VisitOpened:
        """Prepare a page on which the customer pays."""

    def close_visit(self, reference: str, *, account: str, key: str, at: datetime) -> None:
        """Make sure that nobody can pay any more on the page that covers ``reference``."""

    def look_up(self, reference: str, *, account: str, at: datetime) -> ProviderPayment:
        """Tell what became of a payment."""

    def list_payments(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[ProviderPayment]:
        """Tell every payment of ours made into an account since a moment."""

    def list_payouts(
        self, *, since: datetime, account: str, known: Container[str], at: datetime
    ) -> Iterator[ProviderPayout]:
        """Tell every payout of an account begun since a moment, but those whose number is known."""

    def list_returned_payouts(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[str]:
        """Tell the numbers of payouts begun since a moment that a merchant's bank sent back."""

    def refund(self, request: RefundRequest, *, key: str, at: datetime) -> ProviderRefund:
        """Give money back."""

    def look_up_refund(self, reference: str, *, account: str, at: datetime) -> ProviderRefund:
        """Tell what became of a refund."""

    def list_refunds(
        self, charge_reference: str, *, account: str, at: datetime
    ) -> Iterator[ProviderRefund]:
        """Tell every refund of a payment, ours or not, those that failed among them."""

    def read_event(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """Check who sent an event and when, and read it.

        Raises:
            EventNotGenuineError: it is not to be believed.
        """

    def open_account(self, identity: MerchantIdentity, *, key: str, at: datetime) -> str:
        """Open an account for a merchant and return its number."""

    def invite(self, account: str, *, return_url: str, refresh_url: str, at: datetime) -> str:
        """Return the address where the merchant answers the provider's questions."""

    def look_up_account(self, account: str, *, at: datetime) -> ProviderAccount:
        """Tell whether an account can be paid into."""

    def set_payouts(self, account: str, rhythm: str, *, key: str, at: datetime) -> None:
        """Have payouts leave in a rhythm, or not at all (`STOPPED`).

        What is not paid out stays the merchant's, on the merchant's own balance at the provider.
        """
