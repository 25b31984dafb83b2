"""Payment at the counter: cash or card, noted by the merchant at hand-over, given back there too."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime

from chalandise.payments.errors import EventNotGenuineError, FinalProviderError
from chalandise.payments.ports import (
    MerchantIdentity,
    ProviderAccount,
    ProviderEvent,
    ProviderPayment,
    ProviderPayout,
    ProviderRefund,
    RefundFound,
    RefundRequest,
    VisitOpened,
    VisitRequest,
)


class OnCollection:
    """The merchant's own till: nothing is asked of anybody, so nothing can fail."""

    key = "on_collection"
    pays_all_on_one_page = True

    def open_visit(self, request: VisitRequest, *, key: str, at: datetime) -> VisitOpened:
        """Refuse: there is no page to visit."""
        raise FinalProviderError("paid_at_the_counter")

    def close_visit(self, reference: str, *, account: str, key: str, at: datetime) -> None:
        """Do nothing: there is no page to close."""

    def look_up(self, reference: str, *, account: str, at: datetime) -> ProviderPayment:
        """Refuse: only the merchant knows, and has said so already."""
        raise FinalProviderError("paid_at_the_counter")

    def list_payments(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[ProviderPayment]:
        """Tell of no payment: nobody else keeps a list."""
        return iter(())

    def list_payouts(
        self, *, since: datetime, account: str, known: Container[str], at: datetime
    ) -> Iterator[ProviderPayout]:
        """Tell of no payout: the money is in the till."""
        return iter(())

    def list_returned_payouts(
        self, *, since: datetime, account: str, at: datetime
    ) -> Iterator[str]:
        """Tell of none: nothing was paid out."""
        return iter(())

    def refund(self, request: RefundRequest, *, key: str, at: datetime) -> ProviderRefund:
        """Note that the merchant gives the money back at the counter."""
        return ProviderRefund(f"counter-{key}", RefundFound.DONE, request.amount_cents)

    def look_up_refund(self, reference: str, *, account: str, at: datetime) -> ProviderRefund:
        """Refuse: what is given back at the counter is given back at once."""
        raise FinalProviderError("paid_at_the_counter")

    def list_refunds(
        self, charge_reference: str, *, account: str, at: datetime
    ) -> Iterator[ProviderRefund]:
        """Tell of no refund: nobody else keeps a list."""
        return iter(())

    def read_event(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> ProviderEvent:
        """Believe nobody: a till sends no events."""
        raise EventNotGenuineError("signature")

    def open_account(self, identity: MerchantIdentity, *, key: str, at: datetime) -> str:
        """Refuse: a till needs no account."""
        raise FinalProviderError("paid_at_the_counter")

    def invite(self, account: str, *, return_url: str, refresh_url: str, at: datetime) -> str:
        """Refuse: a till asks no questions."""
        raise FinalProviderError("paid_at_the_counter")

    def look_up_account(self, account: str, *, at: datetime) -> ProviderAccount:
        """Call every till ready."""
        return ProviderAccount(account, is_ready=True, missing=(), payout_mark="")

    def set_payouts(self, account: str, rhythm: str, *, key: str, at: datetime) -> None:
        """Refuse: a till pays nothing out."""
        raise FinalProviderError("paid_at_the_counter")
