"""Merging a doubtful pair: the agent compares, decides, and the sheet knows more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.factories import operations
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look

from chalandise.accounts.models import User
from chalandise.federation.models import Match
from chalandise.federation.states import MatchState

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("width", "javascript"), [(390, True), (1280, True), (390, False)], ids=str
)
def test_an_agent_merges_a_doubtful_pair_and_tells_another_apart(
    open_page: Opener,
    town: Town,
    let_in: Callable[[Page, User], None],
    width: int,
    javascript: bool,
) -> None:
    same = operations.match(town.cast.bakery, town.cast.lot)
    other = operations.match(town.cast.bookshop, town.cast.lot, name="Livre d’Olt")
    page = open_page(width=width, javascript=javascript)

    def look_at(name: str) -> None:
        look(page, f"merging-{name}")

    let_in(page, town.cast.helene)
    page.goto(f"{town.url}/console/")
    look_at("desk")
    page.get_by_role("link", name="2 doutes à trancher").click()
    look_at("list")
    page.get_by_role("link", name="Commencer par le premier").click()
    look_at("pair")
    page.get_by_role("button", name="Même endroit").click()
    expect(page.get_by_text("en sait plus")).to_be_visible()
    look_at("next")
    page.get_by_role("button", name="Deux endroits").click()
    expect(page.get_by_text("sa propre fiche")).to_be_visible()
    same.refresh_from_db()
    other.refresh_from_db()
    assert (same.state, other.state) == (MatchState.MERGED, MatchState.REJECTED)
    assert not Match.objects.filter(state=MatchState.DOUBTFUL).exists()
