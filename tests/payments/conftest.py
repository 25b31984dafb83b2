"""Benches for the tests of payments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.payments.benches import BankBench, Bench, StripeBench
from tests.payments.stripe_double import Stripe, serving


@pytest.fixture(scope="session")
def stripe_address() -> Iterator[tuple[Stripe, str]]:
    books = Stripe()
    with serving(books) as address:
        yield books, address


@pytest.fixture
def stripe_bench(stripe_address: tuple[Stripe, str]) -> StripeBench:
    books, address = stripe_address
    books.__init__()  # type: ignore[misc]  # new books, the same address
    return StripeBench(books, address)


@pytest.fixture(params=["simulated", "stripe"])
def bench(request: pytest.FixtureRequest, db: None) -> Bench:
    if request.param == "simulated":
        return BankBench()
    found = request.getfixturevalue("stripe_bench")
    assert isinstance(found, Bench)
    return found
