"""The desk as its staff open it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from chalandise.accounts.models import User


@pytest.fixture
def at_desk() -> Callable[[User], Client]:
    """Sit somebody down at the console of the Lot's address."""

    def sit(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit
