"""Each lock that has a name has a twin: a test that fails when the lock is taken out.

A new one (`lock_…`, or a statement in a constant) fails the first test until its twin is named here.
Locks taken in the middle of an action have none of their own yet; there is an end to how many.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.building import PACKAGE, modules

TESTS = Path(__file__).resolve().parents[1]
IN_SQL = re.compile(r"\bFOR UPDATE\b|\bpg_(?:try_)?advisory_(?:xact_)?lock\b")
MOST_IN_ACTIONS = 60  # 49 when this was written; beyond, a lock gets a name and a twin

HOLD = "faults/test_locks_hold.py::test_with_the_lock_off_the_other_one_comes_in"
TWINS = {
    "bank.queries.lock_session": HOLD,
    "bank.queries.lock_waiting_charges": HOLD,
    "fulfilment.queries.doors.lock_fulfilment": HOLD,
    "journal.outbox.Reader._lock_place": HOLD,
    "logistics.actions.statements.LOCK_TAKEN": HOLD,
    "ordering.actions.withdrawing.lock_parts": HOLD,
    "ordering.queries.rows._LOCKED_CHECKOUT": HOLD,
    "payments.queries.lock_created_payments": HOLD,
    "payments.queries.lock_payable_parts": HOLD,
    "payments.queries.lock_payment": HOLD,
    "payments.queries.lock_refund": HOLD,
    "settlements.queries.locking.lock_chain": HOLD,
    "settlements.queries.locking.lock_series": HOLD,
    "stock.queries.ROW_LOCK": HOLD,
}
# What goes wrong without them is shown by two people at once.
RACES = (
    "fulfilment/test_taps.py::test_without_the_lock_something_is_ready_while_its_customer_is_asked",
    "logistics/test_rivals.py::test_with_the_lock_off_the_last_place_is_taken_twice",
    "ordering/test_order_races.py::test_fault_05_without_lock_nor_constraint_there_would_be_two",
    "ordering/test_order_races.py::test_without_its_lock_it_would_be_withdrawn_twice",
    "payments/test_races.py::test_without_the_lock_of_06_one_of_two_fails",
    "payments/test_races.py::test_without_the_lock_of_21_only_the_database_stops_the_second",
    "settlements/test_races.py::test_without_the_lock_on_the_chain_one_of_them_fails",
    "settlements/test_races.py::test_without_the_lock_on_the_series_one_of_them_fails",
    "stock/test_races.py::test_without_lock_nor_constraint_the_loaf_is_sold_twice",
)


def locks() -> set[str]:
    """Return the functions, and the constants of SQL, that lock."""
    found = set()
    for path in modules():
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            found |= {f"{module}.{name}" for name in _locking(node)}
    return found


def _locking(node: ast.stmt, inside: str = "") -> set[str]:
    """Return the names of what locks in a statement of a module or a class."""
    match node:
        case ast.ClassDef():
            return {name for one in node.body for name in _locking(one, f"{node.name}.")}
        case ast.FunctionDef():
            name = f"{inside}{node.name}"
        case ast.Assign(targets=[ast.Name(id=target)]):
            name = f"{inside}{target}"
        case _:
            return set()
    return {name} if any(_locks(one) for one in ast.walk(node)) else set()


def _locks(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="select_for_update"):
            return True
        case ast.Constant(value=str(text)):
            return IN_SQL.search(text) is not None
    return False


def has_a_name(lock: str) -> bool:
    """Tell a function or statement that is there to lock from an action that also locks."""
    name = lock.rpartition(".")[2]
    return name.lstrip("_").startswith("lock_") or name.isupper()


def test_every_lock_with_a_name_has_a_twin() -> None:
    assert {lock for lock in locks() if has_a_name(lock)} == set(TWINS)


def test_every_twin_exists() -> None:
    for twin in {*TWINS.values(), *RACES}:
        path, _, name = twin.partition("::")
        assert f"def {name}(" in (TESTS / path).read_text("utf-8"), twin


def test_locks_in_the_middle_of_actions_do_not_pile_up() -> None:
    assert len([lock for lock in locks() if not has_a_name(lock)]) <= MOST_IN_ACTIONS
