"""What every test may ask for: the moment, the browser, the slow ones on request.

    client                       Django's, asking `localhost`, where the Lot's portal answers
    freeze("2026-11-18 10:30")   stop the clock at that moment in Paris
    page                         a Chromium page in French that tolerates no error of its own
    new_page(width=320)          another one, at that width

The database comes from `tests/settings.py`, the shared data from `tests/shared_data.py`. Tests that
commit leave it as `tests/emptying.py` says.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from tests import emptying
from tests.clock import moment
from tests.sharing_out import FewAhead

from chalandise.payments.breaker import BREAKERS
from chalandise.web import freshness, page_cache, portal_map

hypothesis.settings.register_profile(
    "house",
    deadline=None,
    print_blob=True,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "thorough", hypothesis.settings.get_profile("house"), max_examples=2000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

emptying.install()

pytest_plugins = ["tests.browser", "tests.cast", "tests.database"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="run the tests marked slow too")
    parser.addoption(
        "--simulator-steps",
        type=int,
        default=10_000,
        metavar="N",
        help="how many steps the simulator of the market plays, all seeds together",
    )
    parser.addoption(
        "--simulator-seed",
        metavar="SEED",
        help="what --run-slow plays beside the usual seeds, instead of one just drawn: 4711 or 1-40",
    )
    parser.addoption(
        "--simulator-only",
        metavar="STEPS",
        help="play only these steps of --simulator-seed, as a failing play prints them: 3,17,40",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FewAhead | None:
    """Share the tests out as `tests/sharing_out.py` says, unless another way was asked for."""
    return FewAhead(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    slow = pytest.mark.skip(reason="slow: runs with --run-slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(slow)


def pytest_collection_finish() -> None:
    """Look through what was collected no more: five thousand tests and all that they import stay.

    The collector goes through everything that lives, again and again, to find next to nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def freeze() -> Iterator[Callable[[str], datetime]]:
    """Stop the clock at a moment in Paris; call it again to move on."""
    with ExitStack() as stack:

        def stop(text: str) -> datetime:
            instant = moment(text)
            stack.enter_context(time_machine.travel(instant, tick=False))
            return instant

        yield stop


@pytest.fixture(autouse=True)
def forgetful_process() -> None:
    """Begin each test as a process that has just started: nothing is remembered in memory.

    A test that changes a portal and asks for a page within half a second calls
    `chalandise.web.freshness.forget()` in between.
    """
    freshness.forget()
    portal_map._known = None
    page_cache.shelf.clear()
    cache.clear()
    BREAKERS.forget()
    translation.deactivate()


@pytest.fixture
def client() -> Client:
    """A visitor of the portal that answers on `localhost`."""
    return Client(SERVER_NAME="localhost")
