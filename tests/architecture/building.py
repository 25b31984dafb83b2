"""What the tests of the building read: the floors, the rooms, the files under version control."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "chalandise"
DOCS = ROOT / "docs"
LONGEST_MODULE = 400


@cache
def floors() -> dict[str, int]:
    """Each room's floor, the lowest being 0, as the import contract of pyproject.toml draws it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one["id"] == "floors")
    return {
        room.strip(" ()"): floor
        for floor, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def rooms() -> list[str]:
    """The rooms that exist."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def room_of(module: str) -> str | None:
    """The room a dotted module name belongs to, None for other people's code."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] if package == "chalandise" and rest else None


@cache
def tracked_files() -> list[Path]:
    """Files that a commit of this moment would hold."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    return sorted({ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()})


def modules() -> list[Path]:
    """Our Python modules, migrations left out."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]


def templates() -> list[Path]:
    """Our page templates."""
    return sorted(PACKAGE.rglob("*.html"))


def shown(path: Path) -> str:
    """A path as a person names it."""
    return str(path.relative_to(ROOT))
