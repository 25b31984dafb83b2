"""Every address, visited by everybody: who may enters, who may not learns nothing.

The rows are in `tests/architecture/url_policy/`; its docstring tells how to write one.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import MappingProxyType

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls import converters as url_converters
from tests.architecture.url_policy import RULES, THIRD_PARTY
from tests.architecture.url_policy.config import THEIRS_WITHOUT_SIGN_IN
from tests.architecture.url_policy.rules import ANYONE, PEOPLE, SIGNED_OUT, Rule
from tests.cast import Cast

REACHED = {400, 405, 409, 422}  # the view answered; it did not like what it was given
REFUSED = {401, 403, 404}
MADE_UP = MappingProxyType(
    {
        url_converters.IntConverter: 987_654_321,
        url_converters.SlugConverter: "introuvable",
        url_converters.UUIDConverter: uuid.UUID(int=7),
        url_converters.PathConverter: "introuvable/introuvable",
    }
)


@dataclass(frozen=True)
class Route:
    """One address of the site, as the resolver knows it."""

    name: str
    pattern: str
    made_up: dict[str, object]


def walk(resolver: URLResolver, spaces: tuple[str, ...] = (), before: str = "") -> Iterator[Route]:
    inherited = _made_up(resolver)
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*spaces, entry.name or pattern])
            yield Route(name, pattern, inherited | _made_up(entry))
        else:
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            for route in walk(entry, inner, pattern):
                yield Route(route.name, route.pattern, inherited | route.made_up)


def _made_up(entry: URLPattern | URLResolver) -> dict[str, object]:
    converters = entry.pattern.converters
    named = {name: _value(kind) for name, kind in converters.items()}
    groups = getattr(entry.pattern, "regex", None)
    if not named and groups is not None:
        named = dict.fromkeys(groups.groupindex, "7")
    return named


def _value(kind: object) -> object:
    found = (value for known, value in MADE_UP.items() if isinstance(kind, known))
    return next(found, "introuvable")


ROUTES = list(walk(get_resolver()))
OURS = sorted({route.name for route in ROUTES if not route.name.startswith(tuple(THIRD_PARTY))})
WITH_ARGUMENTS = sorted(
    {route.name for route in ROUTES if route.made_up and route.name in RULES}
    & {name for name, rule in RULES.items() if rule.absent}
)
THEIRS = [route for route in ROUTES if route.name.startswith(tuple(THIRD_PARTY))]


def sign_in(cast: Cast, name: str) -> Client:
    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    if name != SIGNED_OUT:
        client.force_login(getattr(cast, name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit(cast: Cast, name: str, address: str, rule: Rule, data: object = None) -> HttpResponse:
    """Let somebody come, and forget afterwards what the visit changed."""
    options = {"content_type": rule.content_type} if rule.content_type else {}
    with transaction.atomic():
        client = sign_in(cast, name)
        response = getattr(client, rule.method)(address, data or {}, **options)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def is_refused(response: HttpResponse) -> bool:
    if response.status_code in REFUSED:
        return True
    target = response.headers.get("Location", "")
    gates = [reverse(settings.LOGIN_URL), reverse("account_reauthenticate")]
    return response.status_code in {301, 302, 303} and target.startswith(tuple(gates))


def is_let_in(response: HttpResponse) -> bool:
    reached = response.status_code < 400 or response.status_code in REACHED
    return reached and not is_refused(response)


def test_the_site_has_addresses() -> None:
    assert len(ROUTES) > 20


def test_every_route_says_who_may() -> None:
    undeclared = [name for name in OURS if name not in RULES]
    assert not undeclared, f"add a row in tests/architecture/url_policy/ for: {undeclared}"


def test_no_row_is_left_of_a_route_that_is_gone() -> None:
    assert not set(RULES) - set(OURS)


def test_rows_name_people_of_the_cast() -> None:
    assert not {who for rule in RULES.values() for who in rule.may} - ANYONE


@pytest.mark.parametrize("name", sorted(set(RULES) & set(OURS)))
def test_who_may_enters_and_who_may_not_learns_nothing(name: str, cast: Cast) -> None:
    rule = RULES[name]
    extra = [rule.make(cast)] if rule.make else []
    address = reverse(name, kwargs=dict(rule.given(cast, *extra)))
    data = rule.data(cast, *extra)
    faults = []
    for who in sorted(ANYONE):
        response = visit(cast, who, address, rule, data)
        right = is_let_in(response) if who in rule.may else is_refused(response)
        if not right:
            wish = "should enter" if who in rule.may else "should be refused"
            faults.append(f"{who} {wish}, got {response.status_code}")
    assert not faults, f"{rule.method} {address}: {faults}"


@pytest.mark.parametrize("name", WITH_ARGUMENTS)
def test_what_does_not_exist_is_not_found(name: str, cast: Cast) -> None:
    rule = RULES[name]
    made_up = next(route.made_up for route in ROUTES if route.name == name)
    address = reverse(name, kwargs=made_up)
    faults = []
    for who in sorted(ANYONE):
        response = visit(cast, who, address, rule)
        if not is_refused(response) and response.status_code != 405:
            faults.append(f"{who} got {response.status_code}")
    assert not faults, f"{rule.method} {address}: {faults}"


@pytest.mark.parametrize("who", [SIGNED_OUT, "nadia", "claire", "odile", "gilles"])
def test_addresses_of_other_packages_keep_strangers_out(cast: Cast, who: str) -> None:
    """Each of them is asked and posted to, by somebody of every sort; none is left out."""
    faults = []
    signed_in = sign_in(cast, who).cookies
    for route in THEIRS:
        beginning = max((b for b in THIRD_PARTY if route.name.startswith(b)), key=len)
        is_free = who in THIRD_PARTY[beginning]
        is_free = is_free or route.name.split(":")[-1] in THEIRS_WITHOUT_SIGN_IN
        address = _address_of(route)
        for method in ("get", "post"):
            response = _try(signed_in, method, address)
            if response.status_code >= 500 or not (is_free or is_refused(response)):
                faults.append(f"{method} {address}: {who} got {response.status_code}")
    assert not faults, "\n".join(faults)


def _try(cookies: SimpleCookie, method: str, address: str) -> HttpResponse:
    """Ask or post, signed in as these cookies say, and forget what it changed."""
    client = Client(SERVER_NAME="localhost")
    client.cookies = SimpleCookie({name: one.value for name, one in cookies.items()})
    with transaction.atomic():
        response: HttpResponse = getattr(client, method)(address)
        transaction.set_rollback(True)
    return response


def _address_of(route: Route) -> str:
    """Where a route of another package answers; some have no name."""
    if "/" in route.name and not route.made_up:
        return f"/{route.pattern}"
    return reverse(route.name, kwargs=route.made_up)


def test_the_cast_covers_the_rows() -> None:
    fields = set(Cast.__dataclass_fields__)
    assert fields >= PEOPLE
