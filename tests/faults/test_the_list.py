"""Every case that applies has a test that names it, here or beside the room it attacks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
APPLY = {
    *range(1, 30),
    *range(31, 34),
    *range(43, 59),
    *range(60, 68),
    *range(68, 73),
    *range(76, 83),
    *range(85, 91),
}
NOT_YET = {
    64: "there is no widget yet: every page forbids frames, which 56 checks",
}
NUMBER = re.compile(r"(?:fault_|_)(\d\d)(?=_|$)")


def numbered_tests() -> dict[int, list[str]]:
    """Return the tests by the numbers their names carry: `test_fault_61_62_…` or `…_61`."""
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in _numbers(node.name):
                    found.setdefault(number, []).append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _numbers(name: str) -> set[int]:
    head = re.match(r"test_fault((?:_\d\d)+)_", name)
    tail = re.search(r"((?:_\d\d)+)$", name)
    return {int(one) for part in (head, tail) if part for one in NUMBER.findall(part[1])}


def test_each_fault_that_applies_is_attacked_by_a_test_that_names_it() -> None:
    found = numbered_tests()
    assert not {number for number in APPLY if number not in found} - set(NOT_YET)
    assert not set(NOT_YET) & set(found)  # once there is a test, the excuse goes


def test_a_name_may_carry_several_numbers() -> None:
    assert _numbers("test_fault_46_47_two_towns_never_mix") == {46, 47}
    assert _numbers("test_nothing_tells_known_from_unknown_addresses_52") == {52}
    assert _numbers("test_week_53_exists_in_2026") == set()
