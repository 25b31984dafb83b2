"""A second bank for the market: Stripe's adapter and Stripe's own library against the double of Stripe.

The double answers inside the process, over the shapes of the wire: no socket, no thread, so a play is
the same each time. The platform changes banks while people are on their way, so that visits, news,
refunds and comparisons of both meet, for one order too. What the double has done it has done: its
books never roll back with ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import stripe
from django.conf import settings
from django.test import override_settings
from tests.payments.stripe_double import Stripe, nested
from tests.simulator.answers import Answers
from tests.simulator.laws import ask
from tests.simulator.world import START, World
from typing_extensions import override

from chalandise.kernel.errors import ChalandiseError
from chalandise.payments.actions.inbox import receive_event
from chalandise.payments.models import MerchantAccount, Visit
from chalandise.payments.ports import PAYMENT_MARK

SECRET = "whsec_of_the_play"
FAULTS = ("server_error", "reset", "lost", "garbled", "no_balance")
NEWS_KEPT = timedelta(days=3)
DISPUTE_STEPS = {
    "": ("needs_response", "warning_needs_response"),
    "warning_needs_response": ("warning_closed", "needs_response"),
    "warning_closed": ("needs_response",),
    "needs_response": ("won", "lost"),
    "won": ("needs_response", "lost"),
    "lost": ("won",),
}


@dataclass
class News:
    """An event that is on its way to us."""

    body: str
    due: datetime
    dies: datetime


@dataclass
class SecondBank:
    """The double, its post, and the platform's choice between the two banks."""

    books: Stripe = field(default_factory=Stripe)
    post: list[News] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def open_accounts(self, world: World) -> None:
        """Give every merchant an account here too."""
        for shop in world.shops:
            reference = self.books._open_account({})["id"]
            self.books.verify(reference)
            MerchantAccount.objects.get_or_create(
                organisation_id=shop.organisation_id,
                provider="stripe",
                defaults={"reference": reference, "is_ready": True, "opened_at": START},
            )

    def change(self, _world: World) -> str:
        """Let the platform take new payments by the other bank from now on."""
        is_first = settings.PAYMENT_PROVIDER == "simulated"
        settings.PAYMENT_PROVIDER = "stripe" if is_first else "simulated"
        return f"new payments by {settings.PAYMENT_PROVIDER}"

    def break_it(self, world: World) -> str:
        """Make something go wrong here, once."""
        fault = world.dice.choice(FAULTS)
        self.books.faults.append(fault)
        return fault

    def visit(self, world: World, visit: Visit) -> str:
        """Do what a customer does on the page of this bank; blank where no page is open."""
        self.books.now = int(world.now.timestamp())
        open_ones = [
            one
            for reference in visit.payments.order_by("pk").values_list(
                "provider_reference", flat=True
            )
            if (one := self.books.sessions.get(reference)) and one["status"] == "open"
        ]
        if not open_ones:
            return ""
        session = open_ones[0]
        if session["expires_at"] <= self.books.now:
            session |= {"status": "expired", "url": None}
            return "too late"
        roll = world.dice.randrange(100)
        if roll < 10:
            return "left the page"
        amount = session["amount_total"] - 1 if roll < 14 else None
        currency = "usd" if 14 <= roll < 17 else "eur"
        self.books.pay(session["id"], amount=amount, currency=currency)
        self._tell(world, session)
        return "paid"

    def _tell(self, world: World, session: dict[str, Any]) -> None:
        self._post(world, session, "checkout.session.completed", self.books._session(session))

    def _post(
        self, world: World, session: dict[str, Any], kind: str, thing: dict[str, Any]
    ) -> None:
        event = {
            "id": self.books.new("evt"),
            "object": "event",
            "account": session["_account"],
            "livemode": False,
            "type": kind,
            "data": {"object": thing},
        }
        roll = world.dice.randrange(100)
        if roll < 10:
            return  # it never comes
        late = timedelta(hours=world.dice.randint(1, 60)) if roll < 25 else timedelta()
        news = News(json.dumps(event), world.now + late, world.now + late + NEWS_KEPT)
        self.post += [news] * (2 if roll > 85 else 1)
        self.sent.append(news.body)

    def dispute(self, world: World) -> str:
        """Let a cardholder dispute what they paid, the bank decide, and go back on it."""
        paid = [one for one in self.books.sessions.values() if one["_intent"]]
        session = world.one_of(paid)
        if session is None:
            return ""
        charge = session["_intent"]["latest_charge"]
        was = self.books.disputes.get(session["_intent"]["id"], {}).get("status", "")
        if was in ("", "won") and charge["amount_refunded"] >= charge["amount"]:
            return ""  # nothing is left
        now = world.dice.choice(DISPUTE_STEPS[was])
        self.books.dispute(session["id"], now)
        is_over = now in ("won", "lost")
        self._post(
            world,
            session,
            f"charge.dispute.{'closed' if is_over else 'created'}",
            self.books.disputes[session["_intent"]["id"]],
        )
        return f"dispute {was or 'opened'}, now {now}"

    def hear(self, world: World) -> str:
        """Let what is due arrive; what is not taken comes again, for three days."""
        due = [one for one in self.post if one.due <= world.now]
        for one in due:
            try:
                self._arrive(world, one.body)
            except ChalandiseError:
                one.due = world.now + timedelta(minutes=30)
                if one.dies > world.now:
                    continue
            self.post.remove(one)
        return "news" if due else ""

    def hear_again(self, world: World) -> str:
        """Hear some event of the past once more."""
        body = world.one_of(self.sent)
        return "" if body is None else self._arrive(world, body)

    def _arrive(self, world: World, body: str) -> str:
        header = stripe.WebhookSignature.generate_signature_header(
            body, SECRET, int(world.now.timestamp())
        )
        headers = {"Stripe-Signature": header}
        return str(receive_event("stripe", headers, body.encode(), at=world.now))

    def heal(self, world: World) -> None:
        """Go wrong no more, and decide what is disputed."""
        self.books.faults.clear()
        for session, dispute in self._disputed():
            if dispute["status"] not in ("won", "lost"):
                self.books.dispute(session["id"], world.dice.choice(("won", "lost")))

    def _disputed(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Return the sessions whose payment was disputed, each with its dispute."""
        for session in self.books.sessions.values():
            intent = session["_intent"]
            if intent and (known := self.books.disputes.get(intent["id"])):
                yield session, known

    def broken(self, answers: Answers) -> list[str]:
        """Return breaches of I5 and I6 between these books and ours."""
        charges = self._charges()
        found = [
            f"I5 {session['id']} was given back and disputed"
            for session, dispute in self._disputed()
            if dispute["status"] not in ("won", "warning_closed")
            and charges[session["id"]][1] + dispute["amount"] > charges[session["id"]][0]
        ]
        for reference, captured, _refunded, _state, _faults in answers.ask(_PAYMENTS):
            taken = charges.get(reference, (0, 0, ""))[0]
            if captured > taken:
                found.append(f"I5 {reference}: {captured} taken, {taken} at the second bank")
        given: dict[str, int] = {}
        for refund in self.books.refunds.values():
            mark = refund["metadata"].get("chalandise_refund", "")
            if mark in given:
                found.append(f"I5 {mark} was given back twice by the second bank")
            given[mark] = refund["amount"]
        for mark, state, cents in answers.ask(_REFUNDS):
            if state == "done" and given.get(mark) != cents:
                found.append(f"I5 refund {mark}: {cents} said, {given.get(mark)} given back")
            if state == "refused" and mark in given:
                found.append(f"I5 refund {mark} is refused and was given back")
        marks = {mark for (mark,) in answers.ask(_MARKS)}
        for reference, (_taken, _back, mark) in charges.items():
            if mark not in marks:
                found.append(f"I6 the second bank took {reference}, which carries no mark")
        return found

    def unsettled(self) -> list[str]:
        """Return breaches of I6 and I9 once the jobs have had their time."""
        charges, found = self._charges(), []
        known = {row[0]: row for row in ask(_PAYMENTS)}
        for reference, (taken, back, _mark) in charges.items():
            _reference, captured, refunded, state, faults = known[reference]
            if not faults and state != "captured":
                found.append(f"I6 the second bank took {reference} and nobody knows")
            if not faults and (taken, back) != (captured, refunded):
                found.append(f"I9 {reference}: {taken, back} there, {captured, refunded} here")
        for reference, state in ask(_DISPUTES):
            intent = self.books.sessions[reference]["_intent"]["id"]
            there = self.books.disputes[intent]["status"]
            if state != there.replace("warning_closed", "won"):
                found.append(f"I9 dispute of {reference}: {there} there, {state} here")
        return found

    def _charges(self) -> dict[str, tuple[int, int, str]]:
        """What was taken and given back by session, and the mark that it carries."""
        return {
            reference: (
                one["_intent"]["amount_received"],
                one["_intent"]["latest_charge"]["amount_refunded"],
                one["_intent_metadata"].get(PAYMENT_MARK, ""),
            )
            for reference, one in self.books.sessions.items()
            if one["_intent"]
        }


_PAYMENTS = """
    SELECT p.provider_reference, p.captured_cents, coalesce(r.done, 0), p.state, count(d.id)
    FROM payments_payment p
    LEFT JOIN LATERAL (
        SELECT sum(amount_cents) AS done FROM payments_refund
        WHERE payment_id = p.id AND state = 'done'
    ) r ON true
    LEFT JOIN payments_discrepancy d ON d.payment_id = p.id
    WHERE p.provider = 'stripe' AND p.provider_reference <> ''
    GROUP BY p.id, r.done
    """
_DISPUTES = """
    SELECT p.provider_reference, d.state
    FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
    WHERE p.provider = 'stripe'
    """
_REFUNDS = """
    SELECT r.public_id::text, r.state, r.amount_cents
    FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
    WHERE p.provider = 'stripe'
    """
_MARKS = "SELECT public_id::text FROM payments_payment"


class _Wire(stripe.HTTPClient):
    """What Stripe's library speaks to: the double, without a socket."""

    name = "double"

    def __init__(self, books: Stripe) -> None:
        super().__init__()
        self._books = books

    @override
    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        parts, books = urlsplit(url), self._books
        said = post_data.decode() if isinstance(post_data, bytes) else post_data
        body = nested(parse_qsl(parts.query if method.upper() == "GET" else said or ""))
        named = {name.lower(): value for name, value in (headers or {}).items()}
        is_hit = bool(books.faults) and books.faults[0] != "no_balance"
        fault = books.faults.pop(0) if is_hit else ""
        if fault == "reset":
            raise stripe.APIConnectionError("reset")
        if fault == "server_error":
            return b'{"error": {"type": "api_error"}}', 500, {}
        status, answer = books.answer(method.upper(), parts.path, body, named)
        if fault == "lost":  # it was done, and the answer never comes
            raise stripe.APIConnectionError("lost")
        return (b"<html>Maintenance</html>" if fault == "garbled" else answer), status, {}

    @override
    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def second_bank() -> Iterator[SecondBank]:
    """Let the platform know this bank too, until the block ends."""
    bank = SecondBank()
    keys = {"STRIPE_KEY": "sk_test_play", "STRIPE_WEBHOOK_SECRETS": [SECRET]}
    with (
        mock.patch.object(stripe, "RequestsClient", return_value=_Wire(bank.books)),
        override_settings(PAYMENT_PROVIDER="simulated", **keys),
    ):
        yield bank
