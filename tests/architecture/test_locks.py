"""Each lock has a name and a twin: a test that fails when the lock is taken out.

A lock is taken in a function that is there for it alone (`lock_…`); who needs it calls the function.
One taken anywhere else, or without its twin, fails here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.building import PACKAGE, modules
from tests.faults.races import RACES
from tests.faults.test_locks_hold import LOCKS as HELD

TESTS = Path(__file__).resolve().parents[1]
IN_SQL = re.compile(
    r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b|\bLOCK TABLE\b"
    r"|\bpg_(?:try_)?advisory_(?:xact_)?lock(?:_shared)?\b"
)
# The statements that stand apart from the function which runs them.
STATEMENTS = {
    "logistics.actions.statements.LOCK": "logistics.actions.holding.lock_slots",
    "logistics.actions.statements.LOCK_TAKEN": "logistics.actions.booking._lock_taken",
    "ordering.queries.locking._LOCK_CART": "ordering.queries.locking.lock_cart",
    "ordering.queries.rows._LOCKED_CHECKOUT": "ordering.queries.rows.locked_checkout",
    "stock.queries.ROW_LOCK": "stock.queries.lock_levels",
}
# An upsert holds what it would have written: only its absence can be shown.
BY_UPSERT = {"logistics.actions.holding.lock_slots"}
# What goes wrong without them is shown by two people at once, in the rooms' own races.
RACES_OF_ROOMS = (
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
            name = f"{inside}line {node.lineno}"
    texts = _said(node)
    return {name} if any(_locks(one, texts) for one in ast.walk(node)) else set()


def _said(node: ast.stmt) -> set[ast.AST]:
    """Return the docstrings inside a statement: words about locks lock nothing."""
    return {
        one.body[0].value
        for one in ast.walk(node)
        if isinstance(one, ast.FunctionDef | ast.ClassDef) and isinstance(one.body[0], ast.Expr)
    }


def _locks(node: ast.AST, texts: set[ast.AST]) -> bool:
    match node:
        case ast.Attribute(attr="select_for_update"):
            return True
        case ast.Constant(value=str(text)):
            return node not in texts and IN_SQL.search(text) is not None
    return False


def test_every_lock_has_a_name_and_a_twin() -> None:
    taken = {STATEMENTS.get(lock, lock) for lock in locks()}
    assert taken == {*RACES, *HELD, *BY_UPSERT}


def test_a_lock_is_taken_where_its_name_says_so() -> None:
    names = {lock.rpartition(".")[2].lstrip("_") for lock in {*RACES, *HELD, *BY_UPSERT}}
    assert {name for name in names if not name.startswith(("lock_", "locked_"))} == set()


def test_every_lock_is_used() -> None:
    called = re.compile(r"(?<!def )\b(_?lock\w*)\(")
    taken = {name for path in modules() for name in called.findall(path.read_text("utf-8"))}
    assert {lock.rpartition(".")[2] for lock in {*RACES, *HELD, *BY_UPSERT}} - taken == set()


def test_a_lock_without_a_name_is_seen() -> None:
    hidden = ast.parse("def pay(x):\n    'No FOR UPDATE here.'\n    rows.select_for_update()")
    said = ast.parse("def pay(x):\n    'No FOR UPDATE here.'\n    return x")
    raw = ast.parse("def pay(x):\n    run('SELECT 1 FOR NO KEY UPDATE')")
    assert [_locking(one.body[0]) for one in (hidden, said, raw)] == [{"pay"}, set(), {"pay"}]


def test_every_race_exists() -> None:
    for race in RACES_OF_ROOMS:
        path, _, name = race.partition("::")
        assert f"def {name}(" in (TESTS / path).read_text("utf-8"), race
