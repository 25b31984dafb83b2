"""Having something put aside and collecting it: a guest and a baker, each with their own device."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.cast import Cast
from tests.journeys.conftest import Opener, Town
from tests.journeys.looking import NARROW, WIDE, look, look_twice, refused
from tests.journeys.post import link_in
from tests.journeys.signing_in import sign_in

from chalandise.ordering.models import ReservationRequest
from chalandise.ordering.states import ReservationState

pytestmark = pytest.mark.browser

GUEST = "lucile@exemple.test"


def fill_in(page: Page) -> None:
    page.get_by_label("Que faut-il mettre de côté").fill("Deux pains de seigle, bien cuits.")
    page.get_by_label("Quand passeriez-vous").select_option(index=3)
    page.get_by_label("Votre nom").fill("Lucile Rivière")
    page.get_by_label("Votre adresse e-mail").fill(GUEST)


@pytest.mark.parametrize(("width", "javascript"), [(WIDE, True), (NARROW, False)], ids=str)
def test_a_guest_has_bread_put_aside_and_collects_it(
    open_page: Opener, town: Town, width: int, javascript: bool
) -> None:
    see = look_twice if javascript else look
    guest = open_page(width=width, javascript=javascript)
    guest.goto(town.sheet(town.cast.bakery))
    guest.get_by_role("link", name="Mettez-le-moi de côté").first.click()
    see(guest, "aside-form")
    guest.get_by_label("Que faut-il mettre de côté").fill("Deux pains de seigle, bien cuits.")
    guest.get_by_role("button", name="Envoyer ma demande").click()
    refused(guest)
    expect(guest.get_by_label("Que faut-il mettre de côté")).to_have_value(
        "Deux pains de seigle, bien cuits."
    )
    see(guest, "aside-form-refused")
    fill_in(guest)
    guest.get_by_role("button", name="Envoyer ma demande").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Votre demande est partie")
    see(guest, "aside-requested")

    # The private link of the e-mail opens on another device, without signing in.
    letter = town.post.letter_to(GUEST, "Au Pain de Chanvre")
    elsewhere = open_page(width=width, javascript=javascript)
    elsewhere.goto(link_in(letter, "/reservation/"))
    expect(elsewhere.get_by_text("Deux pains de seigle, bien cuits.")).to_be_visible()

    # The baker opens her e-mail on her phone and answers with a price.
    baker = open_page(width=390, javascript=javascript)
    baker.goto(link_in(town.post.letter_to("claire@exemple.test", "Lucile"), "/comptoir/"))
    look(baker, "aside-sign-in")
    sign_in(baker, town, "claire@exemple.test")
    expect(baker.get_by_text("Deux pains de seigle, bien cuits.")).to_be_visible()
    look(baker, "aside-board")
    baker.get_by_role("link", name="Oui, prix").click()
    baker.get_by_label("Prix").fill("7,50")
    look(baker, "aside-answer")
    baker.get_by_role("button", name="Oui, je mets de côté").click()
    expect(baker.get_by_role("status")).to_contain_text("oui")
    look(baker, "aside-answered")

    accepted = town.post.letter_to(GUEST, "oui")
    assert "7,50 €" in accepted.replace("\u00a0", " ").replace("\u202f", " ")
    guest.reload()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Le commerce dit oui")
    expect(guest.get_by_text("7,50")).to_be_visible()
    see(guest, "aside-accepted")

    baker.get_by_role("button", name="C’est prêt").click()
    ready = town.post.letter_to(GUEST, "prêt")
    guest.goto(link_in(ready, "/reservation/"))
    expect(guest.get_by_role("heading", level=1)).to_have_text("C’est prêt, on vous attend")
    code = guest.locator(".pickup__code").inner_text()
    assert code in ready
    see(guest, "aside-ready")

    # At the counter, the guest says the code; a wrong one first.
    baker.get_by_role("link", name="Remettre", exact=True).click()
    baker.get_by_label("Le code du client").fill("AAAA")
    baker.get_by_role("button", name="Remettre", exact=True).click()
    refused(baker)
    look(baker, "aside-wrong-code")
    baker.get_by_label("Le code du client").fill(code.lower())
    baker.get_by_role("button", name="Remettre", exact=True).click()
    expect(baker.get_by_role("status")).to_contain_text("Lucile Rivière")
    look(baker, "aside-handed-over")
    guest.reload()
    expect(guest.get_by_role("heading", level=1)).to_have_text("C’est entre vos mains")
    see(guest, "aside-collected")
    assert ReservationRequest.objects.get().state == ReservationState.COLLECTED


def test_a_guest_who_presses_twice_asks_once(open_page: Opener, town: Town) -> None:
    page = open_page(width=390)
    page.goto(f"{town.sheet(town.cast.bakery)}mettre-de-cote/")
    fill_in(page)
    page.get_by_role("button", name="Envoyer ma demande").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre demande est partie")
    page.go_back()
    page.go_forward()
    assert ReservationRequest.objects.count() == 1


def test_a_guest_changes_their_mind_without_script(
    open_page: Opener, town: Town, cast: Cast
) -> None:
    page = open_page(width=320, javascript=False)
    page.goto(f"{town.sheet(cast.bakery)}mettre-de-cote/")
    fill_in(page)
    page.get_by_role("button", name="Envoyer ma demande").click()
    page.get_by_text("J’ai changé d’avis").click()
    page.get_by_role("button", name="Annuler ma demande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous avez annulé")
    assert "annul" in town.post.letter_to("claire@exemple.test", "nnul").lower()
