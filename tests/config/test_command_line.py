"""The command line answers what it can without starting anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "asked", [["--help"], ["--version"], [], ["directory", "import", "--help"]]
)
def test_words_start_no_database(tmp_path: Path, asked: list[str]) -> None:
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    said = subprocess.run(
        [Path(sys.executable).with_name("chalandise"), *asked],
        env=own | {"DATABASE_URL": "", "CHALANDISE_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert re.search("Usage: |version ", said.stdout + said.stderr), said
    assert not (tmp_path / "postgres").exists()
