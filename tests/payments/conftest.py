"""Benches for the tests of payments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.payments.benches import BankBench, Bench, StripeBench
from tests.payments.stripe_double import Stripe, serving
from tests.payments.stripe_spec import faults_of


@pytest.fixture(scope="session")
def stripe_address() -> Iterator[tuple[Stripe, str]]:
    books = Stripe()
    with serving(books) as address:
        yield books, address


@pytest.fixture
def stripe_bench(stripe_address: tuple[Stripe, str]) -> Iterator[StripeBench]:
    """A double of Stripe; what it was asked and what it told is held against Stripe's own word."""
    books, address = stripe_address
    books.__init__()  # type: ignore[misc]  # new books, the same address
    yield StripeBench(books, address)
    faults = faults_of(books)
    assert not faults, "\n".join(faults)


@pytest.fixture(params=["simulated", "stripe"])
def bench(request: pytest.FixtureRequest, db: None) -> Bench:
    if request.param == "simulated":
        return BankBench()
    found = request.getfixturevalue("stripe_bench")
    assert isinstance(found, Bench)
    return found
