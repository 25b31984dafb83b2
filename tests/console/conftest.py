"""The desk as its staff open it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.cast import Cast
from tests.factories import portals

from chalandise.accounts.models import User
from chalandise.portals.states import StaffRole


@pytest.fixture
def at_desk() -> Callable[[User], Client]:
    """Sit somebody down at the console of the Lot's address."""

    def sit(user: User) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit


@pytest.fixture
def gilles_everywhere(cast: Cast) -> None:
    """Let Gilles administer the neighbour too: what all portals share is his to change."""
    portals.staff(cast.gilles, cast.elsewhere, StaffRole.ADMINISTRATOR)
