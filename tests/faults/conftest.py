"""The faults the platform must survive, attacked through HTTP and real code.

Each test is named after the number of its case: `test_fault_61_…`. Other rooms keep some beside
their own tests; `test_the_list.py` holds the list and finds them all.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from chalandise.accounts.models import User
from chalandise.api.door import counter
from chalandise.discovery import names, reader
from chalandise.discovery.rebuild import rebuild
from chalandise.storefront.finding import drawing

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def fresh_memory(tmp_path: Path, settings: Any) -> Iterator[None]:
    """An empty index, no picture, and nobody counted yet."""
    settings.INDEX_DIR = tmp_path / "index"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.VAR_DIR = tmp_path
    _forget()
    yield
    _forget()


@pytest.fixture
def build() -> Callable[[], int]:
    """Index everything that the test has made so far."""
    return rebuild


@pytest.fixture
def sign_in(cast: Cast) -> Callable[..., Client]:
    """Give a browser in which somebody of the cast is signed in."""

    def enter(user: User, **options: Any) -> Client:
        client = Client(**{"SERVER_NAME": "localhost", **options})
        client.force_login(user, backend=BACKEND)
        return client

    return enter


def _forget() -> None:
    reader.drop()
    reader.forget()
    names.forget()
    drawing._kept.clear()
    drawing._grounds.clear()
    counter.forget()
