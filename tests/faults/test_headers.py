"""What every answer tells the browser, and which hosts and origins are believed (55, 56, 60, 67)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.architecture.test_urls import OURS, REFUSED, ROUTES
from tests.architecture.url_policy import RULES
from tests.cast import Cast
from tests.factories.ordering import reservation
from tests.faults.pages import read_page

from chalandise.accounts.models import User
from chalandise.directory.reminders import reminder_token
from chalandise.messaging.models import Message
from chalandise.messaging.subscribers import tell_about_reservation
from chalandise.ordering.events import ReservationMoved
from chalandise.portals.models import Portal
from chalandise.web import freshness

FRAMED = {"demo:letter_page"}  # shown in a frame of the demonstration's own mailbox
SIGNING = "django.contrib.auth.backends.ModelBackend"


def _insider(cast: Cast, name: str) -> User:
    """Choose who gets furthest at an address."""
    return cast.gilles if "gilles" in RULES[name].may else cast.claire


def policy_of(response: HttpResponse) -> dict[str, list[str]]:
    """Read the Content-Security-Policy."""
    parts = response.headers.get("Content-Security-Policy", "").split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def faults_of(response: HttpResponse) -> list[str]:
    """Say what an answer forgot to forbid."""
    policy = policy_of(response)
    faults = []
    if "script-src" in policy and policy["script-src"] != ["'self'"]:
        faults.append(f"script-src {policy['script-src']}")
    if policy.get("default-src") != ["'none'"]:
        faults.append(f"default-src {policy.get('default-src')}")
    if policy.get("frame-ancestors", ["'none'"]) != ["'none'"]:
        faults.append(f"frame-ancestors {policy['frame-ancestors']}")
    if "'unsafe-inline'" in str(policy) or "'unsafe-eval'" in str(policy):
        faults.append("unsafe")
    if response.headers.get("X-Frame-Options") != "DENY":
        faults.append("X-Frame-Options")
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("nosniff")
    if response.headers.get("Referrer-Policy") not in {
        "strict-origin-when-cross-origin",
        "no-referrer",
        "same-origin",
    }:
        faults.append("Referrer-Policy")
    if "geolocation=(self)" not in response.headers.get("Permissions-Policy", ""):
        faults.append("Permissions-Policy")
    return faults


def test_fault_56_every_route_forbids_frames_and_inline_code(cast: Cast) -> None:
    faults = {}
    visited = 0
    for name in OURS:
        rule = RULES[name]
        extra = [rule.make(cast)] if rule.make else []
        address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
        for who in (None, _insider(cast, name)):
            client = Client(SERVER_NAME="localhost")
            if who is not None:
                client.force_login(who, backend=SIGNING)
            response = client.get(address)
            visited += 1
            if wrong := faults_of(response):
                faults[f"{address} {who} {response.status_code}"] = wrong
    assert not faults, faults
    assert visited > 100


@pytest.mark.parametrize(
    ("host", "address", "status"),
    [
        ("localhost", "/rien-du-tout/", 404),
        ("localhost", "/t/inconnu/", 404),
        ("localhost", "/t/inconnu/commerces/", 404),
        ("evil.test", "/", 400),
        ("localhost", "/media/photos/absente.webp", 404),
        ("localhost", "/api/v1/nulle-part", 404),
        ("localhost", "/api/v1/map", 422),
        ("localhost", "/compte/connexion/", 200),
        ("localhost", "/health/live", 200),
        ("localhost", "/t/grand-cahors/", 200),
        ("voisin.test", "/commerces/", 200),
    ],
)
def test_fault_56_errors_and_odd_corners_are_guarded_too(
    cast: Cast, host: str, address: str, status: int
) -> None:
    response = Client(SERVER_NAME=host).get(address)
    assert response.status_code == status
    assert faults_of(response) == []


def test_fault_56_an_error_of_ours_is_guarded_and_says_nothing_of_the_inside(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("chalandise.storefront.home.render", breaks)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    response = client.get("/")
    assert response.status_code == 500
    assert b"hunter2" not in response.content
    assert faults_of(response) == []


def test_fault_56_before_the_first_portal_the_door_is_guarded_too(db: None) -> None:
    response = Client(SERVER_NAME="localhost").get("/")
    assert response.status_code == 503
    assert faults_of(response) == []


def test_fault_56_a_page_from_the_shared_cache_is_guarded_as_the_first(
    cast: Cast, client: Client
) -> None:
    first, second = client.get("/commerces/"), client.get("/commerces/")
    kept = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options")
    assert [first.headers[name] for name in kept] == [second.headers[name] for name in kept]
    assert faults_of(second) == []


SIGNED = "storefront:payment_events"  # a provider signs the very body; see faults 11 to 13
POSTS = sorted(
    {
        route.name
        for route in ROUTES
        if route.name in RULES
        and not route.name.startswith(("api:", "health", "media"))
        and route.name != SIGNED
    }
)


def test_fault_55_no_post_is_taken_without_the_token(cast: Cast) -> None:
    taken = {}
    for name in POSTS:
        rule = RULES[name]
        extra = [rule.make(cast)] if rule.make else []
        address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
        for who in (None, _insider(cast, name)):
            client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
            if who is not None:
                client.force_login(who, backend=SIGNING)
            for shape in ({}, {"headers": {"HX-Request": "true"}}, {"content_type": "text/plain"}):
                response = (
                    client.post(address, {} if "headers" in shape else "{}", **shape)
                    if ("content_type" in shape)
                    else client.post(address, **shape)
                )
                refused = response.status_code in {403, 404, 405} or _is_to_sign_in(response)
                if not refused:
                    taken[f"{address} {who} {shape}"] = response.status_code
    assert not taken, taken


def _is_to_sign_in(response: HttpResponse) -> bool:
    return response.headers.get("Location", "").startswith(reverse("account_login"))


def test_fault_55_a_form_of_another_site_is_refused_even_with_a_token(cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    token = client.cookies["csrftoken"].value
    body = {"email": "nadia@exemple.test", "csrfmiddlewaretoken": token}
    address = reverse("account_login")
    for origin in ("https://evil.test", "null", "http://localhost.evil.test", "http://voisin.test"):
        assert client.post(address, body, headers={"Origin": origin}).status_code == 403, origin
    assert not Message.objects.exists()
    ours = client.post(address, body, headers={"Origin": "http://localhost"})
    assert ours.status_code == 302
    assert Message.objects.count() == 1


def test_fault_55_the_api_writes_nothing_whatever_the_method(cast: Cast, client: Client) -> None:
    for route in ("establishments", "map", "categories", "suggest", "territories", "contours"):
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(
                f"/api/v1/{route}", {"status": "closed"}, content_type="application/json"
            )
            assert response.status_code == 405, (method, route)
        assert "Access-Control-Allow-Credentials" not in client.get(f"/api/v1/{route}").headers


def test_fault_55_cookies_stay_at_home(cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost")
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"email": "nadia@exemple.test"})
    client.get("/langue/en/")
    told = {
        name: (one["samesite"], bool(one["httponly"]), one["domain"], one["path"])
        for name, one in client.cookies.items()
    }
    assert told["sessionid"] == ("Lax", True, "", "/")
    assert told["csrftoken"][0] == "Lax"
    assert told["django_language"][:3] == ("Lax", True, "")
    assert {one[2] for one in told.values()} == {""}  # no cookie reaches a neighbour's sub-domain


WRONG_HOSTS = [
    "evil.test",
    "localhost.evil.test",
    "evil.test:localhost",
    "localhost@evil.test",
    "localhost:80@evil.test",
    "localhost evil.test",
    "localhost/evil.test",
    "localhost\\evil.test",
    "localhost#evil.test",
    "localhost,evil.test",
    ".localhost",
    "sub.voisin.test",
    "voisin.test.evil.test",
    "",
    "[::1",
    "localhost:port",
    "<script>",
]


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_fault_60_an_unknown_host_is_refused(cast: Cast, host: str) -> None:
    response = Client().get("/", headers={"Host": host}, SERVER_NAME="evil.test")
    assert response.status_code == 400
    assert b"evil" not in response.content
    assert b"<script>" not in response.content


def test_fault_60_no_page_repeats_a_forwarded_host(cast: Cast) -> None:
    lies = {
        "X-Forwarded-Host": "evil.test",
        "X-Host": "evil.test",
        "X-Forwarded-Server": "evil.test",
        "Forwarded": "host=evil.test;proto=https",
        "X-Original-URL": "/console/",
        "X-Rewrite-URL": "/console/",
        "X-Forwarded-Proto": "evil",
        "X-Forwarded-Prefix": "//evil.test",
        "X-Script-Name": "//evil.test",
    }
    for address in ("/", "/commerces/", f"/commerces/{cast.bakery.slug}/", "/sitemap.xml"):
        told = Client(SERVER_NAME="localhost").get(address, headers=lies)
        assert told.status_code == 200
        assert b"evil" not in told.content
        plain = Client(SERVER_NAME="localhost").get(address)
        assert b"evil" not in plain.content  # nor is the lie kept for the next visitor


def test_fault_60_a_strange_port_reaches_no_absolute_address(cast: Cast) -> None:
    client = Client()
    for address in ("/", f"/commerces/{cast.bakery.slug}/", "/plan-des-pages.xml", "/robots.txt"):
        response = client.get(address, headers={"Host": "localhost:6666"})
        assert response.status_code == 200
        assert b"6666" not in response.content, address


def test_fault_60_links_in_emails_come_from_the_portal(cast: Cast, freeze: Callable) -> None:
    at = freeze("2026-11-18 09:00")
    asked = reservation(cast.bakery, cast.cahors, at=at, wanted_at=freeze("2026-11-18 17:30"))
    Portal.objects.filter(pk=cast.lot.pk).update(host="achat-lot.test")
    asked.refresh_from_db()
    freshness.forget()
    tell_about_reservation(ReservationMoved(asked.pk, "requested"))
    hosts = {
        urlsplit(link).hostname
        for message in Message.objects.all()
        for link in read_page(message.html).links()
        if link.startswith("http")
    }
    assert hosts == {"achat-lot.test"}


ELSEWHERE = [
    "https://evil.test/",
    "http://evil.test",
    "//evil.test",
    "///evil.test",
    "////evil.test/",
    "/\\evil.test",
    "\\\\evil.test",
    "\\/evil.test",
    "https:///evil.test",
    "https:evil.test",
    "http:evil.test",
    "https:/evil.test",
    "HtTpS://evil.test",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ftp://evil.test/",
    "\x00//evil.test",
    "/\x00/evil.test",
    "\t//evil.test",
    " //evil.test",
    "\n//evil.test",
    "\r\n//evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r\n/evil.test",
    "/%0d%0aLocation:%20https://evil.test",
    "/\r\nSet-Cookie: a=b",
    "https://localhost@evil.test/",
    "https://localhost:80@evil.test/",
    "https://localhost.evil.test/",
    "//localhost@evil.test/",
    "//evil.test\\@localhost",
    "//evil.test#localhost",
    "//evil.test?localhost",
    "https://evil.test/localhost",
    "http://[::1]@evil.test/",
    "https://evil。test/",
    "/／evil.test",
    "／／evil.test",
    "//ⓔvil.test",
    "/.evil.test",
    "./\\evil.test",
    "//evil.test/%2f..",
    "/%5cevil.test",
    "/%2fevil.test",
    "%2f%2fevil.test",
    "//%65vil.test",
    "https://user:pw@evil.test",
    "mailto:a@evil.test",
    "tel:evil",
    "blob:https://evil.test",
    "file:///etc/passwd",
    "\u200b//evil.test",
    "\ufeff//evil.test",
    "\u2028//evil.test",
    "//evil.test:443",
    "?next=//evil.test",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_fault_67_no_redirect_leaves_the_site(cast: Cast, client: Client, target: str) -> None:
    for address in ("/langue/en/", "/t/grand-cahors/langue/fr/"):
        _stays(client.get(address, {"next": target}))
    signed_in = Client(SERVER_NAME="localhost")
    signed_in.force_login(cast.nadia, backend=SIGNING)
    _stays(signed_in.get(reverse("account_login"), {"next": target}))
    _stays(signed_in.post(reverse("account_logout"), {"next": target}))


def _stays(response: HttpResponse) -> None:
    location = response.headers.get("Location")
    assert location is not None
    assert location.startswith("/")
    assert "\\" not in location
    # A browser drops tabs and line ends before it reads an address.
    read = "".join(character for character in location if character > " ")
    parts = urlsplit(urljoin("http://localhost/langue/", read.replace("\\", "/")))
    assert (parts.scheme, parts.hostname) == ("http", "localhost"), location
    assert "Set-Cookie: a=b" not in str(response.headers)


def test_the_language_leads_back_to_the_page_where_it_was_chosen(cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost")
    response = client.get("/langue/en/", {"next": "/commerces/?q=pain"})
    assert response.headers["Location"] == "/commerces/?q=pain"
    assert settings.LANGUAGE_COOKIE_NAME in client.cookies


def test_fault_55_the_reminders_link_confirms_nothing_by_itself(cast: Cast) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    address = reverse("counter:still_right", args=[reminder_token(cast.bakery)])
    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 403
    cast.bakery.refresh_from_db()
    assert cast.bakery.hours_verified_at is None
    assert REFUSED
