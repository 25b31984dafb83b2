"""Where the data lie that the project tests against and never ships.

    from tests.shared_data import shared_data

    @shared_data("horaires/vectors.json")
    def test_...():
        text = (SHARED / "horaires/vectors.json").read_text()

A test that reads them is skipped, with the reason, where they are absent.
"""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("CHALANDISE_SHARED") or _ROOT.parent / "shared" / "data")


def find_shared(path: str) -> Path:
    """The file or folder of that name, or a skipped test that says where it was looked for."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not there: put it under {SHARED}, or set CHALANDISE_SHARED.")
    return found


def shared_data(*paths: str) -> pytest.MarkDecorator:
    """Mark a test that reads these files: skipped, with a reason, where one is absent."""
    missing = [path for path in paths or ("",) if not (SHARED / path).exists()]
    return pytest.mark.skipif(
        bool(missing),
        reason=f"{', '.join(missing)} not under {SHARED}; CHALANDISE_SHARED may say where",
    )
