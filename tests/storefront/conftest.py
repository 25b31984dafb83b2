"""The town as visitors find it: an index of its own, hours that can be told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalandise.discovery import names, reader
from chalandise.discovery.rebuild import rebuild
from chalandise.storefront.finding import drawing


@pytest.fixture(autouse=True)
def fresh_memory(tmp_path: Path, settings: Any) -> Iterator[None]:
    """An empty index, and nothing drawn yet."""
    settings.INDEX_DIR = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    _forget()
    yield
    _forget()


@pytest.fixture
def build() -> Callable[[], int]:
    """Index everything that the test has made so far."""
    return rebuild


def _forget() -> None:
    reader.drop()
    reader.forget()
    names.forget()
    drawing._kept.clear()
    drawing._grounds.clear()
