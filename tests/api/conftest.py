"""The API is tested on an index of its own, as the room `discovery` is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.discovery.conftest import build, index_folder

from chalandise.api.door import counter

__all__ = ["build", "index_folder"]


@pytest.fixture(autouse=True)
def nobody_counted() -> None:
    """Begin with no caller known."""
    counter.forget()


@pytest.fixture
def api(cast: Cast, build: Callable[[], int], client: Client) -> Callable[..., Any]:
    """Ask the API of the Lot: `api("establishments", q="pain")`, once everything is indexed."""
    build()

    def ask(path: str, **query: Any) -> Any:
        return client.get(f"/api/v1/{path}", query)

    return ask
