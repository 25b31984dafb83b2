"""Keeping a sheet right: hours in one screen, a closing in two taps, the reminder in one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import answered, look, refused
from tests.journeys.post import link_in
from tests.patience import eventually

from chalandise.accounts.models import User
from chalandise.directory.actions.reminding import remind_of_hours
from chalandise.directory.models import Establishment

pytestmark = pytest.mark.browser

LetIn = Callable[[Page, User], None]


class Thumb:
    """Taps, and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        """Touch something that is large enough for a thumb."""
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 43.5, f"only {box['height']} pixels high"
        target.tap()
        self.taps += 1


@pytest.mark.parametrize(
    ("width", "javascript"), [(390, True), (1280, True), (390, False)], ids=str
)
def test_hours_and_services_are_confirmed_in_one_screen(
    open_page: Opener, town: Town, let_in: LetIn, width: int, javascript: bool
) -> None:
    page = open_page(width=width, javascript=javascript)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery))
    look(page, "hours-home")
    page.get_by_role("link", name="Vérifier mes horaires").click()
    look(page, "hours-screen")
    page.get_by_label("Lundi, ferme à").first.fill("18:30")
    page.get_by_text("Livraison", exact=True).click()
    page.get_by_role("button", name="Tout est exact").click()
    expect(page.get_by_role("status").first).to_contain_text("à jour")
    look(page, "hours-confirmed")
    page.goto(town.sheet(town.cast.bakery))
    expect(page.get_by_role("main")).to_contain_text("Horaires vérifiés le")
    expect(page.locator(".hours").first).to_contain_text("18 h 30".replace(" ", "\u00a0"))
    expect(page.locator("#ways").locator("xpath=../..")).to_contain_text("Livraison")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_hours_that_cannot_be_are_told_and_nothing_is_lost(
    open_page: Opener, town: Town, let_in: LetIn, javascript: bool
) -> None:
    page = open_page(width=390, javascript=javascript)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery, "horaires/"))
    page.get_by_label("Mardi, ferme à").first.fill("")
    page.get_by_role("button", name="Tout est exact").click()
    refused(page)
    expect(page.get_by_label("Mardi, ouvre à").first).to_have_value("08:00")
    look(page, "hours-refused")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_an_exceptional_closing_takes_two_taps(
    open_page: Opener, town: Town, let_in: LetIn, javascript: bool
) -> None:
    thumb = Thumb()
    page = open_page(width=390, javascript=javascript, has_touch=True, is_mobile=True)
    let_in(page, town.cast.claire)
    page.goto(town.counter(town.cast.bakery))
    thumb.tap(page.get_by_role("button", name="Fermer aujourd’hui"))
    expect(page.get_by_role("status").first).to_contain_text("C’est noté")
    assert thumb.taps <= 2
    look(page, "closing-today")
    guest = open_page(width=390)
    guest.goto(town.sheet(town.cast.bakery))
    expect(guest.locator(".status--large")).to_contain_text("Fermé")
    thumb.tap(page.get_by_role("button", name="Rouvrir"))
    expect(page.get_by_role("status").first).to_be_visible()

    def sees_it_open() -> bool:
        guest.reload()
        return "Ouvert jusqu’à 19" in guest.locator(".status--large").inner_text()

    assert eventually(sees_it_open, seconds=5)  # the page of visitors is shared for half a second

    tomorrow = Thumb()
    tomorrow.tap(page.get_by_role("link", name="Horaires", exact=True))
    tomorrow.tap(page.get_by_role("button", name="Fermer demain"))
    expect(page.get_by_role("status").first).to_contain_text("C’est noté")
    assert tomorrow.taps == 2


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_the_reminder_takes_one_tap(open_page: Opener, town: Town, javascript: bool) -> None:
    bakery = town.cast.bakery
    long_ago = timezone.now() - timedelta(days=200)
    Establishment.objects.filter(pk=bakery.pk).update(hours_verified_at=long_ago)
    remind_of_hours(at=timezone.now())
    letter = town.post.letter_to("claire@exemple.test", "Au Pain de Chanvre")
    thumb = Thumb()
    page = open_page(width=390, javascript=javascript, has_touch=True, is_mobile=True)
    page.goto(link_in(letter, "/toujours-exact/"))
    look(page, "reminder")
    bakery.refresh_from_db()
    assert bakery.hours_verified_at == long_ago  # a mail scanner confirms nothing
    thumb.tap(page.get_by_role("button", name="Oui, toujours exact"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci !".replace(" ", "\u202f"))
    assert thumb.taps == 1
    bakery.refresh_from_db()
    assert bakery.hours_verified_at > long_ago
    look(page, "reminder-thanks")
    page.goto(link_in(letter, "/toujours-exact/"))  # the same e-mail, opened a second time
    answered(page, 404)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien a déjà servi")
