"""Two providers on one bench: the simulated bank, and Stripe's adapter against a double of Stripe.

A bench gives the tests the same handles on both: an account, a customer who pays, faults, events.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from uuid import uuid4

import stripe
from tests.factories import bank
from tests.factories.orders import NOON
from tests.payments.stripe_double import Stripe

from chalandise.bank.actions.disputing import end_dispute
from chalandise.bank.actions.faults import script_fault
from chalandise.bank.actions.paying_out import pay_out, send_payout_back
from chalandise.bank.actions.refunding import end_refunds
from chalandise.bank.models import BankAccount, BankCharge, BankPayout, BankSession
from chalandise.bank.signing import sign
from chalandise.bank.states import FaultKind
from chalandise.bank.wire import secrets as bank_secrets
from chalandise.payments.ports import ChargeRequest, Provider, VisitRequest
from chalandise.payments.providers.simulated import SimulatedBank
from chalandise.payments.providers.stripe_connect import StripeConnect

Signed = tuple[dict[str, str], bytes]


def charge(
    account: str, amount_cents: int = 1000, *, currency: str = "eur", fee_cents: int = 0
) -> ChargeRequest:
    return ChargeRequest(
        payment=str(uuid4()),
        account=account,
        amount_cents=amount_cents,
        currency=currency,
        description="Au Pain de Chanvre",
        metadata={"merchant_order": "TGXQ-1"},
        fee_cents=fee_cents,
    )


def visit(*charges: ChargeRequest, at: datetime = NOON, minutes: int = 40) -> VisitRequest:
    return VisitRequest(
        charges=charges,
        return_url="http://localhost:8000/retour/",
        cancel_url="http://localhost:8000/panier/",
        opened_at=at,
        expires_at=at + timedelta(minutes=minutes),
        email="nadia@exemple.test",
    )


class Bench(ABC):
    """The handles."""

    provider: Provider

    @abstractmethod
    def account(self) -> str: ...

    @abstractmethod
    def verify(self, account: str) -> None: ...

    @abstractmethod
    def pay(self, reference: str) -> None: ...

    @abstractmethod
    def dispute(self, reference: str) -> None: ...

    @abstractmethod
    def end_dispute(self, reference: str, *, is_won: bool) -> None: ...

    @abstractmethod
    def fault(self, kind: FaultKind) -> None: ...

    @abstractmethod
    def event(self, reference: str, *, at: datetime = NOON, secret: str = "") -> Signed: ...

    @abstractmethod
    def fee(self, reference: str) -> int:
        """Return what is kept of a payment for the platform now."""

    @abstractmethod
    def pay_out(self, account: str, *, at: datetime) -> None:
        """Let the payout of a day leave."""

    @abstractmethod
    def send_payouts_back(self) -> None:
        """Have the merchants' banks refuse every payout."""

    @abstractmethod
    def end_refunds(self) -> None:
        """Let what is on its way back arrive, or fail."""

    @property
    @abstractmethod
    def refunds(self) -> int: ...


class BankBench(Bench):
    def __init__(self) -> None:
        self.provider = SimulatedBank()

    def account(self) -> str:
        return bank.account().reference

    def verify(self, account: str) -> None:
        found = BankAccount.objects.get(reference=account)
        found.is_ready, found.iban_end = True, "0189"
        found.save()

    def pay(self, reference: str) -> None:
        bank.pay(BankSession.objects.get(charges__reference=reference))

    def dispute(self, reference: str) -> None:
        BankCharge.objects.filter(reference=reference).update(is_disputed=True)

    def end_dispute(self, reference: str, *, is_won: bool) -> None:
        end_dispute(reference, is_won=is_won, at=NOON)

    def fault(self, kind: FaultKind) -> None:
        script_fault(kind)

    def event(self, reference: str, *, at: datetime = NOON, secret: str = "") -> Signed:
        found = BankCharge.objects.select_related("account", "session").get(reference=reference)
        body = {
            "id": "be_1",
            "type": "charge.captured",
            "created": int(at.timestamp()),
            "demonstration": True,
            "account": found.account.reference,
            "charge": reference,
            "session": found.session.reference,
        }
        written = json.dumps(body).encode()
        return {
            "Bank-Signature": sign(written, secrets=[secret or bank_secrets()[0]], at=at)
        }, written

    def pay_out(self, account: str, *, at: datetime) -> None:
        pay_out(at=at)

    def send_payouts_back(self) -> None:
        for payout in BankPayout.objects.all():
            send_payout_back(payout, at=NOON)

    def end_refunds(self) -> None:
        end_refunds(at=NOON + timedelta(days=1))

    def fee(self, reference: str) -> int:
        found = BankCharge.objects.get(reference=reference)
        return found.fee_cents - found.fee_refunded_cents

    @property
    def refunds(self) -> int:
        return sum(BankCharge.objects.values_list("refunded_cents", flat=True))


class StripeBench(Bench):
    FAULTS = {
        FaultKind.SERVER_ERROR: "server_error",
        FaultKind.UNREACHABLE: "reset",
        FaultKind.SLOW: "lost",
        FaultKind.GARBLED: "garbled",
        FaultKind.NO_BALANCE: "no_balance",
        FaultKind.REFUND_PENDING: "refund_pending",
        FaultKind.REFUND_FAILS: "refund_fails",
    }

    def __init__(self, books: Stripe, address: str) -> None:
        self.books, self.address = books, address
        self.books.now = int(NOON.timestamp())
        self.provider = StripeConnect(
            "sk_test_123", webhook_secrets=["whsec_new", "whsec_old"], api_base=address
        )

    def account(self) -> str:
        account = self.books._open_account({})["id"]
        self.books.verify(account)
        return str(account)

    def verify(self, account: str) -> None:
        self.books.verify(account)

    def pay(self, reference: str) -> None:
        self.books.pay(reference)

    def dispute(self, reference: str) -> None:
        self.books.dispute(reference)

    def end_dispute(self, reference: str, *, is_won: bool) -> None:
        self.books.dispute(reference, "won" if is_won else "lost")

    def fault(self, kind: FaultKind) -> None:
        self.books.faults.append(self.FAULTS[kind])

    def event(self, reference: str, *, at: datetime = NOON, secret: str = "") -> Signed:
        session = self.books.sessions[reference]
        body = {
            "id": "evt_1",
            "object": "event",
            "account": session["_account"],
            "livemode": False,
            "type": "checkout.session.completed",
            "data": {"object": self.books._session(session)},
        }
        written = json.dumps(body)
        header = stripe.WebhookSignature.generate_signature_header(
            written, secret or "whsec_new", int(at.timestamp())
        )
        return {"Stripe-Signature": header}, written.encode()

    def pay_out(self, account: str, *, at: datetime) -> None:
        self.books.pay_out(account, int(at.timestamp()))

    def send_payouts_back(self) -> None:
        for payout in self.books.payouts:
            payout["status"] = "failed"

    def end_refunds(self) -> None:
        self.books.end_refunds()

    def fee(self, reference: str) -> int:
        return int(self.books.sessions[reference]["_fee"])

    @property
    def refunds(self) -> int:
        return sum(one["amount"] for one in self.books.refunds.values())
