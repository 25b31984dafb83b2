"""How many steps a seed takes, which seeds are played, and the time that they are given."""

from __future__ import annotations

import secrets

import pytest
from tests.simulator.seeds import FAILED, USUAL

SHARES = len(USUAL) + len(FAILED)
LONGEST_SECONDS = 900


def steps_a_seed(config: pytest.Config) -> int:
    """Share the steps of `--simulator-steps` out among the seeds."""
    return -(-int(config.getoption("simulator_steps")) // SHARES)


@pytest.fixture
def steps(request: pytest.FixtureRequest) -> int:
    """How many steps a seed takes."""
    return steps_a_seed(request.config)


@pytest.fixture
def only(request: pytest.FixtureRequest) -> list[int]:
    """Which steps are played, where `--simulator-only` names them."""
    named = request.config.getoption("simulator_only") or ""
    return [int(one) for one in named.split(",") if one]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Name the seeds of `--simulator-seed`, which may be 4711 or 1-40; none is one just drawn."""
    if "asked" in metafunc.fixturenames:
        first, _, last = (metafunc.config.getoption("simulator_seed") or "").partition("-")
        seeds = range(int(first), int(last or first) + 1) if first else [None]
        metafunc.parametrize("asked", seeds)


def drawn() -> int:
    """Draw a seed."""
    return secrets.randbelow(10**6)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a play a second a step where more steps are asked for than usual."""
    for item in items:
        if "steps" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(max(LONGEST_SECONDS, steps_a_seed(config))))
