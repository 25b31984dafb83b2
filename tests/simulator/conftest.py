"""How many steps a seed takes, and the time that it is given."""

from __future__ import annotations

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a play a second a step where more steps are asked for than usual."""
    for item in items:
        if "steps" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(max(LONGEST_SECONDS, steps_a_seed(config))))
