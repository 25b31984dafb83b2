"""Tests are shared out a few at a time (`tests/sharing_out.py`)."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from tests.sharing_out import AHEAD, FewAhead, modules_that_stay_together


class Worker:
    """Takes tests, and is told when there are no more."""

    def __init__(self) -> None:
        self.gateway = Mock()
        self.taken: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.taken += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def sharing(tests: list[str], whole: set[str]) -> tuple[Any, list[Any]]:
    config = Mock()
    config.getvalue.return_value = ["popen", "popen"]
    config.option.tx = ["2*popen"]
    scheduler: Any = FewAhead(config)
    scheduler._whole = whole
    workers = [Worker(), Worker()]
    for worker in workers:
        scheduler.add_node(worker)
    for worker in workers:
        scheduler.add_node_collection(worker, tests)
    scheduler.schedule()
    return scheduler, workers


def test_a_worker_with_a_long_test_holds_no_more_than_two_others_back() -> None:
    scheduler, (slow, quick) = sharing([f"test_a.py::test_{n}" for n in range(100)], set())
    while scheduler.node2pending[quick] and not quick.shutting_down:
        scheduler.mark_test_complete(quick, scheduler.node2pending[quick][0], 0.001)
    assert len(slow.taken) <= AHEAD
    assert sorted(slow.taken + quick.taken) == list(range(100))
    assert quick.taken == sorted(quick.taken)  # the order is the one that was collected


def test_a_module_that_stays_together_goes_to_one_worker() -> None:
    tests = [f"test_a.py::test_{n}" for n in range(8)]
    tests += [f"test_whole.py::test_{n}" for n in range(20)]
    scheduler, (one, other) = sharing(tests, {"test_whole.py"})
    for worker in (one, other) * 20:
        if scheduler.node2pending[worker]:
            scheduler.mark_test_complete(worker, scheduler.node2pending[worker][0], 0.001)
    whole = set(range(8, 28))
    assert whole <= set(one.taken) or whole <= set(other.taken)


def test_modules_with_something_of_their_own_stay_together() -> None:
    found = modules_that_stay_together()
    assert "tests/config/test_embedded.py" in found  # by a fixture in the module
    assert "tests/territories/test_country.py" in found  # by one of its folder
    assert "tests/stock/test_races.py" not in found
