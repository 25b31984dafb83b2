"""The board of orders without any script: it comes back by itself, and by a link."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.factories.fulfilment import placed
from typing_extensions import override

pytestmark = pytest.mark.django_db


class Head(HTMLParser):
    """Where a page asks to be fetched again: the elements around each `meta refresh`."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.refreshes: list[tuple[list[str], str]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and given.get("http-equiv") == "refresh":
            self.refreshes.append((list(self.open), given.get("content") or ""))
        elif tag in {"head", "noscript", "body"}:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            self.open.remove(tag)


def test_without_script_the_board_is_fetched_again_each_minute_and_by_a_link(cast: Cast) -> None:
    claire = Client(SERVER_NAME="localhost")
    claire.force_login(cast.claire, backend="django.contrib.auth.backends.ModelBackend")
    board = reverse("counter:board", args=[cast.bakery.slug])
    page = claire.get(board).content.decode()
    head = Head()
    head.feed(page)
    assert head.refreshes == [(["head", "noscript"], "60")]  # with script, nothing jumps away
    assert '<a href="?list=todo">Actualiser</a>' in page
    assert "<title>Commandes" in page
    placed(cast.lot, cast.bakery)
    again = claire.get(f"{board}?list=todo").content.decode()
    assert "<title>(1) Commandes" in again
    assert "Nadia Customer" in again
