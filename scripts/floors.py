"""Write docs/floors.md from the import contracts of pyproject.toml: `.venv/bin/python scripts/floors.py`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "floors.md"
HEAD = """# The floors

A room imports from itself and from lower floors, never from a neighbour, and its foreign keys do the
same. import-linter holds the imports, `tests/architecture/` the foreign keys. A room without link is
drawn and not built yet. This page is written by `scripts/floors.py` from the contracts in
`pyproject.toml`; a test says when it is stale.

| floor | rooms |
|---:|---|
"""


def write() -> str:
    """Return the page as it should be."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    by_id = {contract["id"]: contract for contract in contracts}
    layers = by_id["floors"]["layers"]
    lines = [
        f"| {len(layers) - 1 - rank} | {' · '.join(_shown(room) for room in _rooms(layer))} |"
        for rank, layer in enumerate(layers)
    ]
    inside = " › ".join(" · ".join(_rooms(layer)) for layer in by_id["rooms"]["layers"])
    others = [f"- {contract['name']}." for name, contract in by_id.items() if name != "floors"]
    return (
        HEAD
        + "\n".join(lines)
        + f"\n\nInside a room, from what may import to what is imported: {inside}.\n\n"
        + "The other contracts:\n\n"
        + "\n".join(others)
        + "\n"
    )


def _rooms(layer: str) -> list[str]:
    return re.findall(r"\w+", layer)


def _shown(room: str) -> str:
    is_built = (ROOT / "src" / "chalandise" / room / "__init__.py").exists()
    return f"[{room}](rooms/{room}.md)" if is_built else room


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")
