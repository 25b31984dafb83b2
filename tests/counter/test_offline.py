"""What a device may keep of the counter, and when it forgets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from chalandise.accounts.models import User

pytestmark = pytest.mark.django_db
MARK = re.compile(r' data-offline="([0-9a-f]{16})"')


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def board(client: Client, cast: Cast) -> str:
    return client.get(reverse("counter:board", args=[cast.bakery.slug])).content.decode()


def test_a_board_is_kept_for_the_person_who_sees_it(cast: Cast) -> None:
    [first] = MARK.findall(board(client_of(cast.claire), cast))
    [again] = MARK.findall(board(client_of(cast.claire), cast))
    assert first == again
    page = client_of(cast.claire).get(reverse("counter:papers", args=[cast.bakery.slug]))
    assert not MARK.findall(page.content.decode())  # papers are never kept


def test_nothing_is_kept_for_an_agent_who_stands_in(cast: Cast, freeze: Any) -> None:
    freeze("2026-11-18 10:30")
    agent = client_of(cast.helene)
    asked = {"reason": "Une cliente sans téléphone portable", "is_asked": "on"}
    agent.post(reverse("console:stand_in", args=[cast.bakery.pk]), asked)
    page = board(agent, cast)
    assert cast.bakery.name in page
    assert not MARK.findall(page)


def test_signing_out_has_the_browser_forget(cast: Cast) -> None:
    claire = client_of(cast.claire)
    asked = claire.get(reverse("account_logout"))
    assert "Clear-Site-Data" not in asked
    left = claire.post(reverse("account_logout"))
    assert left["Clear-Site-Data"] == '"storage"'


def test_the_worker_serves_the_counter_and_nothing_else(client: Client, cast: Cast) -> None:
    address = reverse("counter:offline")
    assert address == "/comptoir/hors-ligne.js"  # its folder is its scope
    answer = client.get(address)
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer
    assert client.post(address).status_code == 405
