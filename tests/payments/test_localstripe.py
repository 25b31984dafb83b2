"""Our adapter against localstripe, where that covers Stripe: refunds and signed events."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import stripe
from tests.factories.orders import NOON
from tests.patience import eventually

from chalandise.payments.errors import EventNotGenuineError
from chalandise.payments.ports import RefundRequest
from chalandise.payments.providers.stripe_connect import StripeConnect


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "localstripe",
        "--port",
        str(port),
        "--from-scratch",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urlopen(f"{address}/js.stripe.com/v3/", timeout=2):  # noqa: S310 - our own address
                return True
        except (URLError, OSError):
            return False

    try:
        assert eventually(answers, seconds=30)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def paid(localstripe: str) -> Any:
    """Pay ten euros there, as a customer of nobody we know."""
    client = stripe.StripeClient("sk_test_12345", base_addresses={"api": localstripe})
    method = client.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"},
        }  # type: ignore[typeddict-unknown-key]
    )
    customer = client.v1.customers.create({"payment_method": method.id})
    return client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": method.id,
            "confirm": True,
        }
    )


def test_refunds_are_understood_by_localstripe(localstripe: str) -> None:
    intent = paid(localstripe)
    provider = StripeConnect("sk_test_12345", webhook_secrets=["whsec"], api_base=localstripe)
    request = RefundRequest("cs", intent.id, "acct_1", 400, {"chalandise_refund": "1"})
    done = provider.refund(request, key="r1", at=NOON)
    assert (done.state.value, done.amount_cents) == ("done", 400)
    assert re.match(r"re_", done.reference)


def test_a_signed_event_of_localstripe_is_believed_and_a_changed_one_is_not(
    localstripe: str,
) -> None:
    """Localstripe signs what it tells as Stripe does; our adapter reads it at today's date."""
    told: Queue[tuple[dict[str, str], bytes]] = Queue()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.put((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        wanted = {"url": f"http://127.0.0.1:{server.server_port}/", "secret": "whsec_local"}
        told_where = Request(  # noqa: S310 - our own address
            f"{localstripe}/_config/webhooks/ours", urlencode(wanted).encode()
        )
        with urlopen(told_where, timeout=10):  # noqa: S310 - our own address
            intent = paid(localstripe)
        headers, body = told.get(timeout=30)
    finally:
        server.shutdown()
        server.server_close()
    provider = StripeConnect("sk_test_12345", webhook_secrets=["whsec_local"], api_base=localstripe)
    event = provider.read_event(headers, body, at=datetime.now(UTC))
    assert event.payload["data"]["object"]
    assert event.event_id.startswith("evt_")
    assert intent.id
    with pytest.raises(EventNotGenuineError):
        provider.read_event(headers, body.replace(b"eur", b"usd", 1), at=datetime.now(UTC))
