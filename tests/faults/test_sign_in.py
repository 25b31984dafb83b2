"""Guessing, flooding and lying about one's address (51, 53, 54); more in `tests/web/test_sign_in.py`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.cast import Cast
from tests.clock import PARIS, moment
from tests.faults.scene import a_request

from chalandise.accounts.models import User
from chalandise.directory.actions.claims import issue_code
from chalandise.directory.models import Claim, ErrorReport, Establishment
from chalandise.journal.actions import count_attempt
from chalandise.journal.models import RateBucket
from chalandise.messaging.models import Message
from chalandise.ordering.actions.reservations import SAME_SHOP, Customer, request_reservation
from chalandise.ordering.errors import ShopOverrunError
from chalandise.ordering.models import ReservationRequest
from chalandise.web.request import client_address

CHANCE = random.Random(54)


def somewhere() -> str:
    """Make up where a request says it comes from."""
    hops = [".".join(str(CHANCE.randrange(256)) for _part in range(4)) for _hop in range(3)]
    return ", ".join(hops[: CHANCE.randrange(1, 4)])


def test_fault_54_a_thousand_lies_about_the_caller_count_as_one_caller(
    cast: Cast, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 60
    client = Client(SERVER_NAME="localhost")
    codes = [
        client.get(
            "/api/v1/nulle-part?x=1",
            headers={
                "X-Forwarded-For": somewhere(),
                "X-Real-IP": somewhere(),
                "Forwarded": "for=1",
            },
        ).status_code
        for _number in range(1000)
    ]
    assert 55 <= codes.count(404) <= 80  # some come back while the test runs
    assert set(codes) == {404, 429}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "caller"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "", "127.0.0.1"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),  # fewer hops than proxies: somebody went round them
        (1, "6.6.6.6, ", "127.0.0.1"),
        (1, "2001:db8:1:2::7", "2001:db8:1:2::/64"),  # one subscriber, however many addresses
        (1, "2001:0db8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "unknown", "unknown"),
    ],
)
def test_fault_54_only_the_proxies_we_know_are_believed(
    settings: Any, trusted: int, forwarded: str, caller: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = trusted
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == caller


def test_fault_54_requests_to_a_shop_are_limited_by_connection_too(
    cast: Cast, freeze: Callable[[str], Any]
) -> None:
    """Each request writes to an address the caller made up: nobody sends by the hundred."""
    freeze("2026-11-18 09:00")
    codes = []
    wished = moment("2026-11-18 17:30").astimezone(PARIS).isoformat()
    for number in range(34):
        client = Client(SERVER_NAME="localhost", headers={"X-Forwarded-For": somewhere()})
        body = {
            "text": "Pain",
            "wanted_at": wished,
            "name": "N",
            "email": f"v{number}@exemple.test",
        }
        response = client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", body)
        codes.append(response.status_code)
    assert codes == [302] * 30 + [429] * 4
    assert ReservationRequest.objects.count() == 30
    assert int(response.headers["Retry-After"]) > 0


def test_fault_54_reports_are_limited_whatever_the_caller_says(cast: Cast) -> None:
    codes = []
    for _number in range(12):
        client = Client(SERVER_NAME="localhost", headers={"X-Forwarded-For": somewhere()})
        address = f"/commerces/{cast.bakery.slug}/signaler/"
        codes.append(client.post(address, {"kind": "hours"}).status_code)
    assert codes == [302] * 8 + [429] * 4
    assert ErrorReport.objects.count() == 8


def test_fault_54_a_code_is_not_guessed_from_many_browsers(cast: Cast) -> None:
    """Six codes an hour, twelve tries an hour, whichever browser and connection they come from."""
    tried = 0
    for _browser in range(10):
        client = Client(SERVER_NAME="localhost", headers={"X-Forwarded-For": somewhere()})
        if (
            client.post(reverse("account_login"), {"email": "claire@exemple.test"}).status_code
            != 302
        ):
            continue
        for guess in range(6):
            answer = client.post(
                reverse("account_confirm_login_code"), {"code": f"{guess:06d}"}
            ).content.decode()
            tried += "code que nous" in answer or "not the code" in answer
        assert "_auth_user_id" not in client.session
    assert tried <= 12
    assert Message.objects.filter(to="claire@exemple.test").count() == 6


def test_fault_54_the_code_of_a_claim_is_not_guessed(
    cast: Cast, sign_in: Callable[..., Client], freeze: Callable[[str], Any]
) -> None:
    at = freeze("2026-11-18 09:00")
    shop = Establishment.objects.get(pk=cast.bakery.pk)
    Establishment.objects.filter(pk=shop.pk).update(
        organisation=None, claimed_at=None, email="enseigne@exemple.test"
    )
    address = f"/comptoir/reprendre/{shop.slug}/"
    nadia = sign_in(cast.nadia)
    nadia.post(address, {"channel": "email"})
    claim = Claim.objects.get()
    code = issue_code(claim, at=at)
    assert code is not None
    codes = []
    for number in range(8):
        client = sign_in(cast.nadia, headers={"X-Forwarded-For": somewhere()})
        codes.append(client.post(f"{address}code/", {"code": f"3333333{number}"}).status_code)
    codes.append(nadia.post(f"{address}code/", {"code": code}).status_code)
    assert 302 not in codes[5:]  # five tries, then even the right one comes too late
    shop.refresh_from_db()
    assert shop.organisation is None
    assert code not in Message.objects.filter(to="nadia@exemple.test").values_list(
        "text", flat=True
    )


def test_fault_54_a_pickup_code_is_not_guessed_at_the_counter(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    a_request(cast, state="ready", pickup_code="CXYZ")
    claire = sign_in(cast.claire)
    address = f"/comptoir/{cast.bakery.slug}/remettre/"
    for number in range(20):
        assert claire.post(address, {"code": f"33{number:02d}"}).status_code == 422
    assert claire.post(address, {"code": "CXYZ"}).status_code == 422  # too many tries
    assert ReservationRequest.objects.get().state == "ready"


@pytest.mark.parametrize("length", [150, 240, 300, 5000])
def test_fault_54_a_very_long_address_is_counted_and_breaks_nothing(
    cast: Cast, length: int, freeze: Callable[[str], Any]
) -> None:
    freeze("2026-11-18 09:00")
    domain = ".".join(["a" * 60] * (length // 61 + 1))[: length - 12]
    email = f"moi@{domain}.test"
    client = Client(SERVER_NAME="localhost")
    asked = client.post(reverse("account_login"), {"email": email})
    assert asked.status_code == (302 if length < 255 else 422)
    wished = moment("2026-11-18 17:30").astimezone(PARIS).isoformat()
    body = {"text": "Pain", "wanted_at": wished, "name": "N", "email": email}
    sent = client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", body)
    assert sent.status_code == (302 if length < 255 else 422)
    keys = [one.key for one in RateBucket.objects.all()]
    assert bool(keys) == (length < 255)
    assert all(len(key) <= 160 for key in keys)


def test_fault_53_a_session_planted_before_signing_in_opens_nothing(cast: Cast) -> None:
    planted = Client(SERVER_NAME="localhost")
    planted.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    planted.post(reverse("account_login"), {"email": "claire@exemple.test"})
    assert planted.cookies[django_settings.SESSION_COOKIE_NAME].value != "a" * 32
    before = planted.session.session_key
    code = re.search(r"^(\d{6})$", Message.objects.get().text, re.MULTILINE)
    assert code is not None
    planted.post(reverse("account_confirm_login_code"), {"code": code[1]})
    assert planted.session.session_key != before
    thief = Client(SERVER_NAME="localhost")
    for key in (before, "a" * 32):
        thief.cookies[django_settings.SESSION_COOKIE_NAME] = str(key)
        assert thief.get("/compte/").status_code == 302


def test_fault_53_leaving_and_being_suspended_end_every_use_of_the_cookie(
    cast: Cast, sign_in: Callable[..., Client]
) -> None:
    claire = sign_in(cast.claire)
    kept = claire.cookies[django_settings.SESSION_COOKIE_NAME].value
    claire.post(reverse("account_logout"))
    thief = Client(SERVER_NAME="localhost")
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = kept
    assert thief.get("/comptoir/").status_code == 302
    again = sign_in(cast.claire)
    assert again.get("/comptoir/", follow=True).status_code == 200
    User.objects.filter(pk=cast.claire.pk).update(is_active=False)
    assert again.get("/comptoir/").status_code == 302


@pytest.mark.parametrize(
    "cookie",
    [
        '"aaaaaaaa\\000"',
        "a" * 40_00,
        "'; DROP TABLE django_session; --",
        "é" * 30,
        "%00",
        "../../etc",
    ],
)
def test_fault_53_a_cookie_that_is_no_session_is_a_visitor(cast: Cast, cookie: str) -> None:
    client = Client(SERVER_NAME="localhost")
    raw = f"{django_settings.SESSION_COOKIE_NAME}={cookie}"
    assert client.get("/", HTTP_COOKIE=raw).status_code == 200
    assert client.get("/compte/", HTTP_COOKIE=raw).status_code == 302


def test_fault_54_a_shop_is_not_drowned_from_a_thousand_connections(
    cast: Cast, freeze: Callable[[str], Any]
) -> None:
    at = freeze("2026-11-18 09:00")
    wished = moment("2026-11-18 17:30")

    def ask(shop: Establishment, number: int) -> ReservationRequest:
        return request_reservation(
            shop,
            portal=cast.lot,
            customer=Customer("N", f"n{number}@exemple.test", client=f"2001:db8:{number:x}::1"),
            text="Un pain",
            wanted_at=wished,
            at=at,
        )

    for number in range(60):
        ask(cast.bakery, number)
    for number in range(60, 70):
        with pytest.raises(ShopOverrunError):
            ask(cast.bakery, number)
    assert ReservationRequest.objects.count() == 60
    body = {
        "text": "Pain",
        "wanted_at": wished.astimezone(PARIS).isoformat(),
        "name": "N",
        "email": "n72@exemple.test",
    }
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.72")
    answer = client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", body)
    assert answer.status_code == 422
    assert "Rien n’a été envoyé" in answer.content.decode()
    assert "05\u00a065\u00a000\u00a000\u00a001" in answer.content.decode()
    freeze("2026-11-18 09:02")  # one place a minute comes back
    assert client.post(f"/commerces/{cast.bakery.slug}/mettre-de-cote/", body).status_code == 302


def test_fault_54_one_drowned_shop_leaves_the_others_dry(cast: Cast) -> None:
    at, wished = moment("2026-11-18 09:00"), moment("2026-11-18 17:30")
    RateBucket.objects.all().delete()
    for _number in range(60):
        count_attempt(f"reservation-of:{cast.bookshop.pk}", SAME_SHOP, at=at)
    request_reservation(
        cast.bakery,
        portal=cast.lot,
        customer=Customer("N", "n@exemple.test", client="203.0.113.1"),
        text="Un pain",
        wanted_at=wished,
        at=at,
    )
    assert ReservationRequest.objects.count() == 1
