"""No line of the log carries the part of an address that opens something (fault 84)."""

from __future__ import annotations

import logging
import re

import pytest
from tests.architecture.test_urls import ROUTES

from chalandise.config.logs import WithoutSecrets

PRIVATE = sorted(
    {
        one.pattern
        for one in ROUTES
        if ":token>" in one.pattern
        or one.name in {"storefront:withdraw_form", "storefront:withdraw_code"}
    }
)
CANARY = "wJ4-Yz_canary07"


def logged(message: str, *args: object) -> str:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, message, args, None)
    assert WithoutSecrets().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("pattern", PRIVATE)
def test_fault_84_a_private_link_is_not_in_the_log(pattern: str) -> None:
    secret = re.sub(r"<\w+:(?:token|key)>", CANARY, pattern)
    path = "/t/cahors/" + re.sub(r"<\w+:(\w+)>", "7", secret)
    assert CANARY in path
    for said in (logged("Internal Server Error: %s", path), logged(f"GET {path}?recu=1 500")):
        assert CANARY not in said
        assert said.startswith(("Internal Server Error: /t/cahors/", "GET /t/cahors/"))


def test_an_address_that_opens_nothing_stays_legible() -> None:
    assert len(PRIVATE) > 25
    for path in ("/commande/", "/commerces/au-pain/", "/panier/ajouter/", "/retractation/"):
        assert logged("Service Unavailable: %s", path).endswith(path)
