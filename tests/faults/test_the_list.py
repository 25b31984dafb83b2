"""Every case that applies has a test that names it, here or beside the room it attacks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
APPLY = {
    *range(1, 30),
    *range(31, 34),
    *range(43, 49),
    *range(50, 59),
    *range(60, 68),
    *range(68, 73),
    *range(76, 83),
    *range(85, 91),
}
NOT_YET = {
    34: "no disk is filled: what a full one does is not tried",
    35: "no read-only database and no full pool is played; a statement ends after thirty seconds",
    36: "there is no cache to lose: sessions and counted attempts are in PostgreSQL",
    37: "no clock is skewed: actions are given their moment, and the machine's is believed",
    38: "restoring is told in docs/deployment.md and not drilled",
    39: "dumps are made by the operator's own tools, and encrypted by them",
    40: "nothing was released before: no older code meets a newer schema",
    41: "nothing was released before: there is nothing to go back to",
    42: "`make bench` measures load, no test asserts it",
    59: "no desk can take away a second lock, so nobody can be talked into it",
    64: "there is no widget yet: every page forbids frames, which 56 checks",
    73: "merchants hand in pictures and tables, no papers",
    74: "nothing fetches an address that somebody typed: test_hygiene lists the ways out",
    83: "no bot is told from a person; what one connection may do in an hour is limited",
}
PARTLY = {
    20: "there are no vouchers or gift codes to use twice: what is attacked is the other half, one"
    " customer under several spellings of an address",
    30: "what was lost is found at the bank; the restoring itself is 38",
    49: "whoever may not is refused and nothing changes; a refusal is a line in the log at most, for the"
    " journal keeps what was done, so there is no entry to audit",
    75: "the files of registers and communes are attacked; no other portal feeds this one yet",
    84: "links, codes and addresses in logs; templates and paths are kept by 61, 66 and 81",
}
ALL = range(1, 91)
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


def test_each_fault_is_attacked_or_says_why_not() -> None:
    """Nothing is left out in silence, and what is attacked by half says which half."""
    assert set(ALL) == APPLY | set(NOT_YET) | set(PARTLY)
    assert set(PARTLY) <= set(numbered_tests())
    assert all(len(why) > 30 for why in (*NOT_YET.values(), *PARTLY.values()))


def test_a_name_may_carry_several_numbers() -> None:
    assert _numbers("test_fault_46_47_two_towns_never_mix") == {46, 47}
    assert _numbers("test_nothing_tells_known_from_unknown_addresses_52") == {52}
    assert _numbers("test_week_53_exists_in_2026") == set()
