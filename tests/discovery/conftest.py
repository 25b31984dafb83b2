"""An index of its own for each test, and a town raised once for a whole file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalandise.discovery import names, reader
from chalandise.discovery.rebuild import rebuild


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An empty folder for the index."""
    settings.INDEX_DIR = tmp_path / "index"
    _forget()
    yield settings.INDEX_DIR
    _forget()


@pytest.fixture
def build() -> Callable[[], int]:
    """Index everything that the test has made so far."""
    return rebuild


def _forget() -> None:
    reader.drop()
    reader.forget()
    names.forget()
