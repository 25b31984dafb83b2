"""Signing in as everybody does: an address, six digits from an e-mail, no password."""

from __future__ import annotations

from playwright.sync_api import Page
from tests.journeys.conftest import Town
from tests.journeys.post import digits_in


def sign_in(page: Page, town: Town, email: str) -> None:
    """Go through the page of signing in, which is open already."""
    assert page.locator("input[type=password]").count() == 0
    page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    letter = town.post.letter_to(email, "code")
    page.get_by_label("Code").fill(digits_in(letter))
    page.get_by_role("button", name="Se connecter").click()
