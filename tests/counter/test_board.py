"""The board of orders without any script: a link brings what is new."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories.fulfilment import placed

pytestmark = pytest.mark.django_db


def test_without_script_the_board_is_fetched_again_by_a_link(cast: Cast) -> None:
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    board = reverse("counter:board", args=[cast.bakery.slug])
    page = claire.get(board).content.decode()
    assert '<a href="?list=todo">Actualiser</a>' in page
    assert "<title>Commandes" in page
    placed(cast.lot, cast.bakery)
    again = claire.get(f"{board}?list=todo").content.decode()
    assert "<title>(1) Commandes" in again
    assert "Nadia Customer" in again
