"""`docs/law.md` names modules and tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.building import DOCS, PACKAGE, ROOT

ROW = re.compile(
    r"^\| (?P<duty>[^|]+) \| `(?P<where>[^`]+)` \| `(?P<test>[^`]+)` \|$", re.MULTILINE
)
TEXT = (DOCS / "law.md").read_text("utf-8")


def test_every_row_of_the_table_is_whole() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and "duty |" not in line]
    assert len(rows) == len(ROW.findall(TEXT)) > 40


def test_what_the_table_names_is_there() -> None:
    lost = []
    for row in ROW.finditer(TEXT):
        path, _, name = row["test"].partition("::")
        if not (PACKAGE / row["where"]).is_file():
            lost.append(row["where"])
        if name not in _tests_of(ROOT / "tests" / path):
            lost.append(row["test"])
    assert not lost


def _tests_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
