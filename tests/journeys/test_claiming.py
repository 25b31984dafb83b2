"""Taking a sheet in hand: by the code of the e-mail, by the code of the letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import look, refused
from tests.journeys.post import spoken_code_in
from tests.journeys.signing_in import sign_in

from chalandise.accounts.models import User
from chalandise.outreach import actions as outreach
from chalandise.outreach.letters import Letter, Sender

pytestmark = pytest.mark.browser

FLORIST = "rose@exemple.test"


def knock(page: Page, town: Town, button: str) -> None:
    """Come from the public sheet, sign in on the way, and choose a way to prove oneself."""
    page.goto(town.sheet(town.florist))
    page.get_by_role("link", name="C’est mon commerce").click()
    look(page, "claiming-ways")
    page.get_by_role("button", name=button).click()
    sign_in(page, town, FLORIST)  # the way chosen before is followed without a second press


@pytest.mark.parametrize(
    ("width", "javascript"), [(320, True), (1280, True), (320, False)], ids=str
)
def test_a_florist_claims_her_sheet_by_the_code_of_the_e_mail(
    open_page: Opener, town: Town, width: int, javascript: bool
) -> None:
    page = open_page(width=width, javascript=javascript)
    knock(page, town, "Envoyer le code")
    look(page, "claiming-code")
    page.get_by_label("Le code").fill("AAAA AAAA")
    page.get_by_role("button", name="Prendre ma fiche en main").click()
    refused(page)
    look(page, "claiming-wrong-code")
    letter = town.post.letter_to("pont@exemple.test", "Fleurs du Pont")
    page.get_by_label("Le code").fill(spoken_code_in(letter).lower())
    page.get_by_role("button", name="Prendre ma fiche en main").click()
    expect(page.get_by_role("status").first).to_contain_text("entre vos mains")
    expect(page).to_have_url(town.counter(town.florist))
    look(page, "claiming-home")
    page.goto(town.sheet(town.florist))
    expect(page.get_by_role("link", name="C’est mon commerce")).to_have_count(0)
    assert "Fleurs du Pont" in town.post.letter_to(FLORIST, "Fleurs du Pont")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_florist_claims_her_sheet_by_the_code_of_the_letter(
    open_page: Opener,
    town: Town,
    let_in: Callable[[Page, User], None],
    monkeypatch: pytest.MonkeyPatch,
    javascript: bool,
) -> None:
    drawn: list[Letter] = []
    real = outreach.render_letters

    def draw(letters: Sequence[Letter], sender: Sender) -> bytes:
        drawn.extend(letters)
        return real(letters, sender)

    monkeypatch.setattr(outreach, "render_letters", draw)
    page = open_page(width=390, javascript=javascript)
    knock(page, town, "Recevoir la lettre")
    expect(page.get_by_role("heading", level=1)).to_contain_text("lettre")
    look(page, "claiming-letter")

    agent = open_page(width=1280)
    let_in(agent, town.cast.helene)
    agent.goto(f"{town.url}/console/demandes/")
    with agent.expect_download() as download:
        agent.get_by_role("button", name="Imprimer 1 courrier").click()
    with open(download.value.path(), "rb") as pdf:  # noqa: PTH123 - Playwright's own file
        assert pdf.read(5) == b"%PDF-"

    page.get_by_role("link", name="J’ai la lettre").click()
    page.get_by_label("Le code").fill(drawn[0].code)
    page.get_by_role("button", name="Prendre ma fiche en main").click()
    expect(page.get_by_role("status").first).to_contain_text("entre vos mains")
